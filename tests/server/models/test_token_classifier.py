"""The token classifier: a claim is as supported as its least supported token, and the premise's tokens do not count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from server.errors import InvalidConfiguration, ModelFailure
from server.models.scheduler import Scheduler
from server.models.token_classifier import KIND, OnnxTokenClassifier
from server.models.weights import open_weights
from tests.fakes_models import write_weights

SURE = 1 / (1 + np.exp(-2))


def tiny(folder: Path, scheduler: Scheduler, **config: object) -> OnnxTokenClassifier:
    """The model that takes "yes" for supported, "no" for unsupported, and has no opinion of other words; it reads 16 tokens."""
    stated: dict[str, object] = {"kind": KIND, "labels": ["supported", "unsupported"], **config}
    return OnnxTokenClassifier(open_weights(write_weights(folder, "token_classifier", **stated), KIND), scheduler)


@pytest.mark.parametrize(
    ("premise", "claim", "support"),
    [
        ("shop", "yes yes", SURE),
        ("no no", "yes", SURE),
        ("yes", "yes shop yes", 0.5),
        ("yes", "yes no yes", 1 - SURE),
        ("yes", " ", 0.0),
    ],
)
def test_a_claim_is_as_supported_as_its_least_supported_token(
    tmp_path: Path, scheduler: Scheduler, premise: str, claim: str, support: float
) -> None:
    """Whatever the premise's own tokens get; and nothing is contradicted."""
    [row] = tiny(tmp_path, scheduler).score([(premise, claim)])

    assert row == pytest.approx([support, 1 - support, 0], abs=1e-6)


def test_labels_may_stand_in_the_other_order(tmp_path: Path, scheduler: Scheduler) -> None:
    """And be called as LettuceDetect calls them."""
    [row] = tiny(tmp_path, scheduler, labels=["Hallucinated", "Supported"]).score([("shop", "no")])

    assert row[0] == pytest.approx(SURE)


@pytest.mark.parametrize(
    "labels", [["LABEL_0", "LABEL_1"], ["supported", "supported"], ["supported", "neutral", "unsupported"]]
)
def test_labels_that_do_not_say_which_is_support_are_refused(
    tmp_path: Path, scheduler: Scheduler, labels: list[str]
) -> None:
    """Guessing would turn what is made up into support."""
    with pytest.raises(InvalidConfiguration, match="'labels' must be"):
        tiny(tmp_path, scheduler, labels=labels)


def test_a_long_premise_is_read_in_windows(tmp_path: Path, scheduler: Scheduler) -> None:
    """Each beside the whole claim."""
    [row] = tiny(tmp_path, scheduler).score([("shop " * 40, "yes no")])

    assert row[0] == pytest.approx(1 - SURE)


def test_a_claim_that_leaves_no_room_is_a_failure(tmp_path: Path, scheduler: Scheduler) -> None:
    """It is never judged by its beginning."""
    with pytest.raises(ModelFailure, match="leaves no room"):
        tiny(tmp_path, scheduler).score([("shop", "yes " * 20)])


def test_an_output_of_another_shape_is_a_failure(tmp_path: Path, scheduler: Scheduler) -> None:
    """The logits of a cross-encoder are no verdicts on tokens."""
    weights = write_weights(tmp_path, "two_labels", kind=KIND, labels=["supported", "unsupported"])

    with pytest.raises(ModelFailure, match="two logits for each"):
        OnnxTokenClassifier(open_weights(weights, KIND), scheduler).score([("shop", "yes")])
