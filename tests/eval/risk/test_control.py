"""A derived threshold keeps its target as often as it says, and too few labels give none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.risk.binomial import at_most, least_rows, upper_bound
from eval.risk.control import Controlled, Refused, Scored, Target, control
from eval.risk.splits import measure_splits

TARGET = Target(0.05, 0.95)


def drawn(rows: int, seed: int, power: float = 1.0) -> list[Scored]:
    """Answers whose confidence is uniform, and which are supported with the probability confidence ** power."""
    random = np.random.default_rng(seed)
    confidences = random.random(rows)
    supported = random.random(rows) < confidences**power
    return [Scored(float(c), bool(s)) for c, s in zip(confidences, supported, strict=True)]


def true_risk(threshold: float, power: float) -> float:
    """Of such answers that pass, how many are unsupported: an integral."""
    return 1 - (1 - threshold ** (power + 1)) / ((power + 1) * (1 - threshold))


@pytest.mark.parametrize("power", [0.3, 3.0])
def test_the_true_risk_keeps_the_target_in_19_of_20_sets(power: float) -> None:
    """200 sets of known truth, under- and overconfident: a set without a threshold lets nothing through."""
    risks = []
    for seed in range(200):
        found = control(drawn(2500, seed, power), TARGET)
        if isinstance(found, Controlled):
            risks.append(true_risk(found.threshold, power))
    assert sum(risk > TARGET.risk for risk in risks) <= 10
    assert len(risks) > 100 or power > 1


def test_more_labels_let_more_pass() -> None:
    """The bound comes closer to the risk, so the review load falls."""
    few, many = (control(drawn(rows, 7, 0.3), TARGET) for rows in (3000, 30_000))
    assert isinstance(few, Controlled)
    assert isinstance(many, Controlled)
    assert many.review_load < few.review_load


def test_the_number_of_labels_that_is_asked_for_is_enough() -> None:
    """With so many more of the same kind, most draws give a threshold."""
    refused = control(drawn(300, 3, 0.3), TARGET)
    assert isinstance(refused, Refused)
    assert refused.more_labels is not None
    assert "94 that pass without an error" in refused.reason
    derived = [control(drawn(300 + refused.more_labels, seed, 0.3), TARGET) for seed in range(20)]
    assert sum(isinstance(each, Controlled) for each in derived) > 10


def test_labels_that_no_threshold_tells_apart_are_refused_for_good() -> None:
    """When a third is wrong whatever the confidence, more labels do not help, and it says so."""
    rows = [Scored(0.1 * (at % 10), at % 3 > 0) for at in range(3000)]
    refused = control(rows, TARGET)
    assert isinstance(refused, Refused)
    assert refused.more_labels is None
    assert "would not change that" in refused.reason


@pytest.mark.parametrize("rows", [[], [Scored(None, True)] * 100, [Scored(0.9, True)], [Scored(0.9, False)] * 3])
def test_no_threshold_comes_from_next_to_nothing(rows: list[Scored]) -> None:
    """Empty, unscored and tiny sets are refused."""
    assert isinstance(control(rows, TARGET), Refused)


def test_no_threshold_lies_below_the_floor() -> None:
    """A category can only raise the bar."""
    found = control([Scored(at / 2000, True) for at in range(2000)], TARGET, floor=0.4)
    assert isinstance(found, Controlled)
    assert found.threshold >= 0.4
    assert found.review_load == pytest.approx(0.4, abs=0.01)


def test_halves_that_were_not_used_keep_the_target() -> None:
    """On the other half the realised risk is at most the target in nearly all of 200 splits."""
    figures = measure_splits(drawn(6000, 11, 0.3), TARGET, splits=200, seed=1)
    assert figures.kept >= 0.95
    assert figures.derived > 0.5


def test_binomial_tails_are_exact() -> None:
    """Against sums of exact terms, and against the rule of three."""
    exact = sum(math.comb(40, k) * 0.05**k * 0.95 ** (40 - k) for k in range(4))
    assert at_most(3, 40, 0.05) == pytest.approx(exact, rel=1e-12)
    assert at_most(500, 100_000, 0.005) == pytest.approx(0.5, abs=0.02)
    assert upper_bound(0, 598, 0.95) == pytest.approx(0.005, abs=1e-5)
    assert least_rows(0.005, 0.95) == 598
