"""Windows over texts that are too long: nothing is lost, nothing exceeds the model."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import InvalidConfiguration
from server.models.tokens import count_tokens, load_tokenizer, pair_windows, text_windows
from tests.fakes_models import tiny_tokenizer

SPECIAL = {6, 7}
WORDS = st.lists(st.sampled_from(["yes", "maybe", "no", "shop", "opens"]), max_size=60)


def words(tokens: list[int]) -> list[int]:
    """What is left without the special tokens."""
    return [token for token in tokens if token not in SPECIAL]


@given(WORDS, st.integers(4, 20))
def test_windows_of_a_text_hold_every_token_once(text: list[str], longest: int) -> None:
    """Put together, the windows are the text; none is longer than the model reads."""
    tokenizer = tiny_tokenizer()
    windows = text_windows(tokenizer, " ".join(text), longest)

    assert [i for window in windows for i in words(list(window.ids))] == tokenizer.encode(
        " ".join(text), add_special_tokens=False
    ).ids
    assert all(len(window) <= longest for window in windows)


@given(WORDS, WORDS, st.integers(8, 40))
def test_every_window_of_a_pair_holds_the_whole_second_text(first: list[str], second: list[str], longest: int) -> None:
    """The hypothesis is never cut: it stands whole, in segment 1, beside each part of the premise."""
    tokenizer = tiny_tokenizer()
    whole = tokenizer.encode(" ".join(second), add_special_tokens=False).ids
    windows = pair_windows(tokenizer, " ".join(first), " ".join(second), longest)

    for window in windows:
        assert len(window) <= longest
        assert [i for i, segment in zip(window.ids, window.segments, strict=True) if segment == 1] == [*whole, 7]


@given(WORDS)
def test_windows_of_a_premise_reach_from_its_first_to_its_last_token(first: list[str]) -> None:
    """Neighbours overlap, so that no seam falls between two words unseen; the ends are both read."""
    tokenizer = tiny_tokenizer()
    ids = tokenizer.encode(" ".join(first), add_special_tokens=False).ids
    parts = [
        words(list(window.ids)[: list(window.ids).index(7)])
        for window in pair_windows(tokenizer, " ".join(first), "yes", 16)
    ]

    assert parts[0] == ids[:12]
    assert parts[-1] == ids[len(ids) - len(parts[-1]) :]
    assert all(left[-3:] == right[:3] for left, right in pairwise(parts))


def test_a_second_text_that_leaves_no_room_gets_no_window() -> None:
    """With less than a quarter of the length left, a premise would be read in crumbs."""
    assert pair_windows(tiny_tokenizer(), "yes", "no " * 11, 16) == []


def test_counting_leaves_special_tokens_out() -> None:
    """Two words are two tokens."""
    assert count_tokens(tiny_tokenizer(), "shop opens") == 2


def test_truncation_and_padding_of_a_file_are_switched_off(tmp_path: Path) -> None:
    """A tokenizer saved for training must not cut texts in service."""
    tokenizer = tiny_tokenizer()
    tokenizer.enable_truncation(4)
    tokenizer.enable_padding(length=50)
    tokenizer.save(str(tmp_path / "tokenizer.json"))

    assert len(load_tokenizer(tmp_path / "tokenizer.json").encode("shop " * 9).ids) == 11


def test_a_broken_tokenizer_is_refused_by_name(tmp_path: Path) -> None:
    """The path is in the message."""
    (tmp_path / "tokenizer.json").write_text("{}")

    with pytest.raises(InvalidConfiguration, match=r"tokenizer\.json: cannot be read as a tokenizer"):
        load_tokenizer(tmp_path / "tokenizer.json")
