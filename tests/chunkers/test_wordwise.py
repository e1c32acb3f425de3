"""Counting by words: the same sum as the tokenizer's own, and each word asked for once."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chunkers import ChunkLimits, DocumentType, WordwiseCounter, chunk, parse
from server.models.tokens import load_tokenizer, token_counter
from tests.chunkers.counting import count_tokens
from tests.chunkers.invariants import check_invariants, parsed_unless_refused

COUNTER = token_counter(load_tokenizer(Path(__file__).parents[2] / "server/models/weights/embedder/tokenizer.json"))
PIECES = st.sampled_from(
    ["naïve", "[SEP]", "e\u0301", "中文", "a\x0cb", "\x1c", "\u00a0", "\u2028", "\u200b", "4.50", "don't", "x" * 120]
)
TEXTS = st.lists(PIECES | st.text(max_size=12) | st.sampled_from(list(" \t\r\n\x0b\x85")), max_size=20).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_words_of_the_bundled_tokenizer_add_up(text: str) -> None:
    """Whatever a text holds, its words have as many tokens as it has itself, rare white space and accents included."""
    assert isinstance(COUNTER, WordwiseCounter)
    assert COUNTER.words(text) + COUNTER.special_tokens == COUNTER(text)


def test_special_tokens_are_counted_once_a_chunk() -> None:
    """A counter that adds special tokens to every text adds them to a chunk, not to each of its words."""
    parsed = parse(("One fee is due. " * 40).encode(), DocumentType.TEXT)

    for one in chunk(parsed, ChunkLimits(40), WordwiseCounter(count_tokens)):
        assert one.tokens == count_tokens(one.embedding_text)


def test_each_word_is_counted_once() -> None:
    """Words that come again, in one document or the next, are looked up."""
    asked: list[str] = []

    def counter(text: str) -> int:
        asked.append(text)
        return count_tokens(text)

    wordwise = WordwiseCounter(counter)
    for _ in range(2):
        chunk(parse(b"The fee is due. " * 100, DocumentType.TEXT), ChunkLimits(40), wordwise)

    assert sorted(filter(None, asked)) == ["The", "due.", "fee", "is"]


@pytest.mark.parametrize("kind", [DocumentType.TEXT, DocumentType.MARKDOWN, DocumentType.CONTRACT, DocumentType.CODE])
@settings(max_examples=30, deadline=None)
@given(text=TEXTS.filter(str.strip), limits=st.builds(ChunkLimits, st.integers(16, 60), st.integers(0, 7)))
def test_chunks_counted_by_words_keep_every_invariant(kind: DocumentType, text: str, limits: ChunkLimits) -> None:
    """Cuts inside words and rare white space do not make a chunk count for less than it has."""
    parsed = parsed_unless_refused((text * 3).encode("utf-8", "replace"), kind)

    if parsed:
        check_invariants(parsed, limits, COUNTER)
