"""Calibration and the figures of the card, on scores whose answers are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.grounding.rows import Row
from eval.training.calibrate import fit, fit_others, platt, support
from eval.training.data import ENTAILMENT, UNSUPPORTED, Pair
from eval.training.evaluate import answer_figures, best_threshold, length_band, passing
from server.deadline import NEVER, Deadline
from server.domain import Degradation
from server.models import base
from server.stages.calibration import Calibration


@dataclass(frozen=True, slots=True)
class WordModel:
    """Entails whatever has the word "yes" in its premise."""

    version: str = "word"
    degradation: Degradation | None = None

    def score(self, pairs: list[base.Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        """0.9 or 0.2 for entailment."""
        deadline.check("scoring")
        entailed = [0.9 if "yes" in premise else 0.2 for premise, _ in pairs]
        return np.array([[p, (1 - p) / 2, (1 - p) / 2] for p in entailed], dtype=np.float32)


def test_a_claim_scores_as_its_best_premise() -> None:
    """One window among many that supports it is enough."""
    filler = " ".join(f"Line {number} says nothing about the gate." for number in range(60))
    pairs = [Pair(f"{filler} The gate is open, yes.", "The gate is open.", ENTAILMENT, "fm2", "a")]
    assert support(WordModel(), pairs)[0, 0] == pytest.approx(0.9)


def test_platt_recovers_a_known_distortion() -> None:
    """Scores sharpened by a factor of two are brought back by about a half."""
    random = np.random.default_rng(0)
    truth = random.uniform(0.02, 0.98, 6_000)
    supported = random.uniform(size=6_000) < truth
    logits = np.log(truth / (1 - truth))
    a, b = platt(supported, 1 / (1 + np.exp(-2 * logits)), np.ones(6_000))
    assert a == pytest.approx(0.5, abs=0.05)
    assert b == pytest.approx(0.0, abs=0.1)


def test_the_error_of_a_fit_is_measured_on_groups_that_it_did_not_see() -> None:
    """Labels drawn without regard to the scores leave nothing to fit: the error cannot fall to that of memory."""
    random = np.random.default_rng(1)
    pairs = [Pair("p", "h", ENTAILMENT if random.uniform() < 0.5 else UNSUPPORTED, "fm2", str(n)) for n in range(400)]
    scores = np.stack([random.uniform(size=400)] * 3, axis=1)
    found = fit(pairs, scores)
    assert found.error_after < found.error_before
    assert found.brier_after == pytest.approx(0.25, abs=0.01)


def test_the_threshold_weighs_every_set_alike() -> None:
    """A hundred rows of one set do not outvote ten of another."""
    supported = [True, False] * 5 + [True] * 100
    scores = np.array([0.9, 0.1] * 5 + [0.3] * 100)
    threshold = best_threshold(supported, scores, ["a"] * 10 + ["b"] * 100)
    assert 0.1 < threshold <= 0.9


def test_reviewing_the_least_supported_answers_stops_the_wrong_ones_first() -> None:
    """A perfect score lets none of the wrong answers pass once two in a hundred are looked at."""
    wrong = np.array([True] * 10 + [False] * 90)
    least = np.where(wrong, 0.1, 0.9)
    assert passing(wrong, least)["2%"] <= 20
    assert passing(wrong, least)["4%"] == 0


def test_answers_are_judged_at_a_threshold_from_other_sources() -> None:
    """Separable answers are told apart in both halves."""
    rows = [Row("p", "h", "supported" if n % 2 else "unsupported", source_id=str(n)) for n in range(40)]
    found = answer_figures(rows, [[0.9, 0.8 if n % 2 else 0.3] for n in range(40)], Calibration())
    assert (found.f1, found.auroc, found.hallucinated) == (1.0, 1.0, 20)


def test_claims_that_are_right_or_wrong_together_count_as_one() -> None:
    """Then the least supported claim says all; of independent ones every one counts."""
    random = np.random.default_rng(2)
    claims = random.uniform(0.1, 0.95, size=(4_000, 1)).repeat(4, axis=1)
    luck = random.uniform(size=(4_000, 4))
    assert fit_others(claims.tolist(), (luck[:, 0] < claims[:, 0]).tolist()) == 0.0
    assert fit_others(claims.tolist(), (luck < claims).all(axis=1).tolist()) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("words", "band"), [(3, "up to 10"), (11, "11 to 20"), (30, "21 to 30"), (31, "over 30")])
def test_every_length_has_a_band(words: int, band: str) -> None:
    """The edges belong to the lower band."""
    assert length_band(" ".join(["word"] * words)) == band
