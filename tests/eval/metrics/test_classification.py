"""Classification figures against worked examples and their definitions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.classification import auroc, balanced_accuracy, brier, calibration_error, f1, macro_f1

TRUTHS = [True, True, True, False]
DECISIONS = [True, True, False, True]


def test_balanced_accuracy_is_the_mean_of_both_recalls() -> None:
    """Two of three, and none of one."""
    assert balanced_accuracy(TRUTHS, DECISIONS) == pytest.approx((2 / 3 + 0) / 2)


def test_f1_of_each_class() -> None:
    """Two hits, one miss, one false alarm for True; nothing right for False."""
    assert f1(TRUTHS, DECISIONS) == pytest.approx(2 / 3)
    assert f1(TRUTHS, DECISIONS, positive=False) == 0
    assert macro_f1(TRUTHS, DECISIONS) == pytest.approx(1 / 3)


def test_figures_that_need_both_classes_are_none_without() -> None:
    """No figure is made up where it is not defined."""
    assert auroc([True, True], [0.1, 0.2]) is None
    assert balanced_accuracy([False], [True]) is None


def test_calibration_error_is_the_gap_in_each_bin() -> None:
    """Two answers at 0.9 of which one is right are 0.4 off; one at 1.0 that is right is not off."""
    assert calibration_error([True, False, True], [0.85, 0.85, 1.0]) == pytest.approx((abs(1.7 - 1) + 0) / 3)


def test_brier_score_is_the_mean_squared_distance() -> None:
    """(0.2^2 + 0.5^2) / 2."""
    assert brier([True, False], [0.8, 0.5]) == pytest.approx(0.145)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.25, 0.5, 1.0])), min_size=2, max_size=30))
def test_auroc_counts_pairs(rows: list[tuple[bool, float]]) -> None:
    """The share of pairs in the right order, ties for a half."""
    truths, scores = [truth for truth, _ in rows], [score for _, score in rows]
    ones = [score for truth, score in rows if truth]
    zeros = [score for truth, score in rows if not truth]
    pairs = [(one > zero) + (one == zero) / 2 for one in ones for zero in zeros]

    assert auroc(truths, scores) == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)
