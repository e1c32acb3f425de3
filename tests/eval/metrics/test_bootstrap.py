"""Intervals that say how sure a difference is."""

from __future__ import annotations

import numpy as np

from eval.metrics.bootstrap import interval, paired_difference


def test_an_interval_encloses_its_mean_and_narrows_with_the_sample() -> None:
    """A hundred times the values make it about a tenth as wide."""
    random = np.random.default_rng(3)
    few, many = interval(random.normal(size=50).tolist()), interval(random.normal(size=5_000).tolist())

    assert few.low < few.mean < few.high
    assert (many.high - many.low) < (few.high - few.low) / 5


def test_a_small_difference_on_every_question_is_significant() -> None:
    """Pairing removes how hard each question is."""
    theirs = np.random.default_rng(5).uniform(0, 0.9, 200)

    assert paired_difference((theirs + 0.02).tolist(), theirs.tolist()).excludes_zero


def test_no_difference_is_not_significant() -> None:
    """Two samples of the same kind differ by chance alone."""
    random = np.random.default_rng(7)

    assert not paired_difference(random.normal(size=80).tolist(), random.normal(size=80).tolist()).excludes_zero


def test_intervals_are_the_same_for_the_same_seed() -> None:
    """A report can be made again."""
    assert interval([0.0, 1.0, 1.0], seed=4) == interval([0.0, 1.0, 1.0], seed=4)
