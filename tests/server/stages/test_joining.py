"""Chunks that were found next to each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import Passage
from server.stages.joining import runs_of, supported


def test_a_chunk_beside_good_ones_is_worth_more_than_one_alone() -> None:
    """A neighbour's score counts the less the farther away it is."""
    assert supported({1: 0.5, 2: 0.1, 3: 0.5, 9: 0.2}) == pytest.approx({1: 0.74, 2: 0.7, 3: 0.74, 9: 0.2})


@given(st.lists(st.integers(0, 30), unique=True), st.integers(1, 5))
def test_runs_are_neighbours_and_never_too_many(ids: list[int], most: int) -> None:
    """Each run is an unbroken row, no two could be joined, and the best chunk is in the first."""
    runs = runs_of([(chunk, Passage(str(chunk), "")) for chunk in ids], most)
    assert len(runs) <= most
    assert all(sorted(run) == list(range(min(run), max(run) + 1)) for run in runs)
    ends = {min(run) - 1 for run in runs} | {max(run) + 1 for run in runs}
    assert not ends & {chunk for run in runs for chunk in run}
    assert not ids or next(iter(runs[0])) == ids[0]
