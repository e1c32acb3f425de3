"""The recursive splitter: exact slices, limits, and the published way of splitting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eval.chunking.baselines import split_recursively

TEXTS = st.text(alphabet="ab .?!\n", max_size=200)


def chunks(text: str, size: int, shared: int = 0) -> list[str]:
    """The chunks as texts, counted in characters."""
    return [text[start:end] for start, end in split_recursively(text, size, shared, len)]


def test_paragraphs_are_kept_together_while_they_fit() -> None:
    """The first separator of the list that the text has decides."""
    assert chunks("one two.\n\nthree four.\n\nfive", 25) == ["one two.\n\nthree four.", "five"]


def test_long_paragraphs_are_split_at_finer_separators() -> None:
    """A full stop opens the next piece, as the published splitter has it."""
    assert chunks("one two three. four five six", 16) == ["one two three", ". four five six"]


def test_neighbours_share_up_to_the_overlap() -> None:
    """Whole pieces are repeated, none of more than the overlap together."""
    assert chunks("aa bb cc dd", 7, 3) == ["aa bb", "bb cc", "cc dd"]


@given(TEXTS, st.integers(2, 40))
def test_chunks_hold_every_character_that_is_not_blank_once(text: str, size: int) -> None:
    """Without overlap nothing is lost and nothing repeated."""
    assert "".join("".join(chunk.split()) for chunk in chunks(text, size)) == "".join(text.split())


@given(TEXTS, st.integers(2, 40), st.integers(0, 10))
def test_chunks_are_ordered_slices_within_the_limit(text: str, size: int, shared: int) -> None:
    """Starts and ends only grow, and no chunk is longer than the limit."""
    ranges = split_recursively(text, size, min(shared, size // 2), len)

    assert ranges == sorted(ranges)
    assert all(0 < end - start <= size for start, end in ranges)
