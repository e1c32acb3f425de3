"""Two rankings made one."""

from __future__ import annotations

import numpy as np
import pytest

from server.stages.fusion import Candidate, fuse, fuse_neighbours
from server.stores.index.ranking import Ranking


def _ranking(scores: dict[int, float]) -> Ranking:
    """Chunks with their scores, given best first."""
    return Ranking(np.array(list(scores), np.int64), np.array(list(scores.values()), np.float32))


def test_a_chunk_that_both_rank_high_beats_one_that_one_does() -> None:
    """The sum of 1 / (k + rank); each keeps the scores of the rankings that have it."""
    fused = fuse(_ranking({1: 0.75, 2: 0.5}), _ranking({2: 9.0, 3: 8.0}), 60, 2)
    assert fused == [Candidate(2, pytest.approx(1 / 62 + 1 / 61), 0.5, 9.0), Candidate(1, 1 / 61, 0.75, None)]


def test_of_equals_the_first_ranking_goes_first() -> None:
    """The order depends on nothing but the rankings."""
    fused = fuse(_ranking({7: 0.5, 5: 0.25}), _ranking({3: 9.0, 4: 8.0}), 60, 4)
    assert [each.chunk_id for each in fused] == [7, 3, 5, 4]


def test_one_ranking_stays_as_it_is() -> None:
    """With its own scores."""
    assert fuse(None, _ranking({4: 9.0, 2: 8.0}), 60, 1) == [Candidate(4, 9.0, None, 9.0)]


def test_neighbours_support_each_other() -> None:
    """Two chunks side by side, found second and third, come before one alone that was found first."""
    fused = fuse_neighbours(None, _ranking({9: 3.0, 1: 2.0, 2: 1.0}), 5, 2)
    assert [each.chunk_id for each in fused] == [1, 2]
    assert fused[0].score == pytest.approx(1 / 7 + 0.6 / 8)
