"""How well times tell two cases apart."""

from __future__ import annotations

import numpy as np
import pytest

from eval.access.timing import auc, measure_timing


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1.0, 2.0], [3.0, 4.0], 1.0),
        ([3.0, 4.0], [1.0, 2.0], 1.0),
        ([1.0, 4.0], [2.0, 3.0], 0.5),
        ([1.0, 1.0], [1.0, 1.0], 0.5),
        ([1.0, 2.0], [2.0, 3.0], 0.875),
    ],
)
def test_the_area_is_that_of_the_better_guess(one: list[float], other: list[float], expected: float) -> None:
    """Whichever of the two is slower; equal times tell nothing."""
    assert auc(one, other) == pytest.approx(expected)


def test_the_area_agrees_with_counting_pairs() -> None:
    """The share of pairs in which the one is larger, half of those that are equal."""
    random = np.random.default_rng(0)
    one, other = random.integers(0, 30, 40) + 2, random.integers(0, 30, 50)
    pairs = [(a > b) + (a == b) / 2 for a in one for b in other]
    assert auc(one, other) == pytest.approx(max(np.mean(pairs), 1 - np.mean(pairs)))


def test_every_case_is_timed() -> None:
    """Searches in three modes over three kinds of difference, and a look at what is forbidden or absent."""
    timing = measure_timing(20, seed=0, hidden=3)
    assert len(timing) == 10
    assert all(0.5 <= told.auc <= 1 and told.median_a > 0 for told in timing.values())
