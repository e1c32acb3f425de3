"""Counting words from the vocabulary: the tokenizer's own counts."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Tokenizer

from server.models.tokens import count_tokens, load_tokenizer
from server.models.wordpiece import WordPieces

BUNDLED = Path(__file__).parents[3] / "server/models/weights/embedder/tokenizer.json"
WORDS = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1, max_size=20) | st.text(
    st.characters(exclude_categories=["Cs", "Z"]), min_size=1, max_size=6
)


def bundled(*added: str) -> Tokenizer:
    """The bundled tokenizer, with more tokens that it finds inside words."""
    tokenizer = load_tokenizer(BUNDLED)
    tokenizer.add_tokens([AddedToken(each) for each in added])
    return tokenizer


PLAIN, EXTENDED = bundled(), bundled("Fee", "a.b")
PLAIN_WORDS, EXTENDED_WORDS = (WordPieces(each, partial(count_tokens, each)) for each in (PLAIN, EXTENDED))


@settings(deadline=None)
@given(WORDS)
@example("[SEP]")
@example("unaffable,")
@example("x" * 100)
@example("x" * 101)
@example("e" * 40 + "-" * 70)
@example("\x7f")
@example("don't/can't")
def test_words_have_the_tokens_that_the_tokenizer_finds(word: str) -> None:
    """Runs, marks, unknown and overlong runs, and characters of any script."""
    assert PLAIN_WORDS(word) == count_tokens(PLAIN, word)


@settings(deadline=None)
@given(st.sampled_from(["coffeefee", "FEES", "a.bc", "fee"]) | WORDS)
def test_added_tokens_are_found_inside_words(word: str) -> None:
    """A token that was added to the vocabulary's is left to the tokenizer, in whatever case it stands."""
    assert EXTENDED_WORDS(word) == count_tokens(EXTENDED, word)


def test_plain_words_are_not_asked_of_the_tokenizer() -> None:
    """Words of ASCII letters, digits and marks need the vocabulary alone."""

    def refusing(text: str) -> int:
        raise AssertionError(text)

    count = WordPieces(PLAIN, refusing)

    assert [count(word) for word in ("Fees,", "unaffable", "4.50")] == [2, 3, 3]
