"""The weights in the repository tell supported from refuted claims on statements written for this test."""

from __future__ import annotations

import pytest

from server.models.entailment import OnnxEntailment
from server.models.scheduler import Scheduler
from server.models.weights import BUNDLED, open_weights
from server.stages.calibration import load_calibration

FOLDER = BUNDLED / "entailment"
SAMPLE = [
    (
        "The warranty covers repairs for two years.",
        "Repairs are covered for two years.",
        "The warranty covers no repairs.",
    ),
    (
        "Staff may not work from abroad.",
        "Working from abroad is not allowed.",
        "Staff are allowed to work from abroad.",
    ),
    ("The office closes on public holidays.", "On public holidays the office is closed.", "The office never closes."),
    ("A woman is repairing a bicycle outside.", "A person is outdoors.", "A man is sleeping in a bed."),
    (
        "All rooms on the ground floor are heated.",
        "The ground floor is heated.",
        "No room on the ground floor is heated.",
    ),
    ("The supplier delivered the parts late.", "The parts arrived late.", "The parts were delivered early."),
]


@pytest.fixture(scope="module")
def model() -> OnnxEntailment:
    """The model that ships."""
    return OnnxEntailment(open_weights(FOLDER, "entailment"), Scheduler(threads=1))


@pytest.mark.parametrize(("premise", "supported", "refuted"), SAMPLE)
def test_a_supported_claim_is_more_likely_than_not_and_a_refuted_one_is_not(
    model: OnnxEntailment, premise: str, supported: str, refuted: str
) -> None:
    """The calibrated probability falls on the right side of a half."""
    probability = load_calibration(FOLDER)
    scores = model.score([(premise, supported), (premise, refuted)])
    assert probability(float(scores[0, 0])) > 0.5 > probability(float(scores[1, 0]))


def test_the_shipped_calibration_is_not_the_identity() -> None:
    """It was fitted."""
    assert load_calibration(FOLDER)(0.5) != pytest.approx(0.5)
