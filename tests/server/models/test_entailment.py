"""The ONNX cross-encoder: probabilities that depend on their own pair alone, in the service's label order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from server.errors import InvalidConfiguration, ModelFailure
from server.models.entailment import OnnxEntailment
from server.models.scheduler import Scheduler
from server.models.weights import open_weights
from tests.fakes_models import write_weights

PAIRS = [
    ("The shop opens at nine.", "The shop opens at nine."),
    ("Refunds are paid within five working days of the return. " * 6, "Refunds take a month."),
    ("Ship.", "The ship left the harbour with 400 passengers on board."),
    ("größer 😀", "?"),
]
SURE = np.exp(2) / (np.exp(2) + 2)
PUSHED = np.exp(2) / (np.exp(2) + 1)


def tiny(folder: Path, scheduler: Scheduler, model: str = "entailment", **config: object) -> OnnxEntailment:
    """The model that reads 16 tokens and counts "yes", "maybe" and "no"."""
    return OnnxEntailment(open_weights(write_weights(folder, model, **config), "entailment"), scheduler)


def test_rows_are_probabilities(bundled_entailment: OnnxEntailment) -> None:
    """Three numbers in [0, 1] that sum to one."""
    scores = bundled_entailment.score(PAIRS)

    assert scores.shape == (len(PAIRS), 3)
    assert (scores >= 0).all()
    assert scores.sum(axis=1) == pytest.approx(1, abs=1e-6)


def test_a_row_depends_on_its_own_pair_alone(bundled_entailment: OnnxEntailment) -> None:
    """The same bits, alone, among others, in another order, and beside concurrent callers."""
    alone = [bundled_entailment.score([pair])[0].tobytes() for pair in PAIRS]
    with ThreadPoolExecutor(4) as callers:
        together = list(callers.map(lambda _: bundled_entailment.score(PAIRS[::-1]), range(4)))

    assert all([row.tobytes() for row in scores[::-1]] == alone for scores in together)


def test_a_sentence_entails_itself_more_than_its_opposite(bundled_entailment: OnnxEntailment) -> None:
    """The least that can be asked of a judge."""
    premise = "The shop opens at nine."

    same, opposite = bundled_entailment.score([(premise, premise), (premise, "The shop is closed all day.")])

    assert same[0] > 0.5 > opposite[0]


def test_logits_become_probabilities(tmp_path: Path, scheduler: Scheduler) -> None:
    """The softmax of (2, 0, 0)."""
    scores = tiny(tmp_path, scheduler).score([("shop", "yes")])

    assert scores[0] == pytest.approx([SURE, (1 - SURE) / 2, (1 - SURE) / 2], abs=1e-6)


def test_columns_follow_the_labels_of_the_model(tmp_path: Path, scheduler: Scheduler) -> None:
    """A model that puts contradiction first is read as such."""
    model = tiny(tmp_path, scheduler, labels=["CONTRADICTION", "entailment", "neutral"])

    assert model.score([("shop", "yes")])[0].argmax() == 2


@pytest.mark.parametrize(
    "labels", [[], ["entailment", "neutral"], ["LABEL_0", "LABEL_1", "LABEL_2"], ["entailment"] * 3, "entailment"]
)
def test_a_wrong_label_map_is_refused(tmp_path: Path, scheduler: Scheduler, labels: object) -> None:
    """A model whose columns are not known would turn refusals into support."""
    with pytest.raises(InvalidConfiguration, match="'labels' must"):
        tiny(tmp_path, scheduler, labels=labels)


def test_a_model_of_two_labels_never_contradicts(tmp_path: Path, scheduler: Scheduler) -> None:
    """What a passage does not entail is unsupported; whether it is contradicted, such a model cannot say."""
    scores = tiny(tmp_path, scheduler, "two_labels", labels=["not_entailment", "entailment"]).score([("yes", "shop")])

    assert scores[0] == pytest.approx([1 - PUSHED, PUSHED, 0], abs=1e-6)


def test_weights_that_read_the_hypothesis_first_are_refused(tmp_path: Path, scheduler: Scheduler) -> None:
    """The order is checked and not guessed."""
    with pytest.raises(InvalidConfiguration, match=r"'pair_order' must be \['premise', 'hypothesis'\]"):
        tiny(tmp_path, scheduler, pair_order=["hypothesis", "premise"])


@pytest.mark.parametrize("pair", [("", "The shop opens."), ("The shop opens.", " \n"), ("", "")])
def test_a_blank_side_entails_nothing(bundled_entailment: OnnxEntailment, pair: tuple[str, str]) -> None:
    """No evidence is no support, whatever a model makes of an empty text."""
    assert bundled_entailment.score([pair])[0].tolist() == [0, 1, 0]


def test_a_long_premise_supports_when_one_of_its_windows_does(tmp_path: Path, scheduler: Scheduler) -> None:
    """The one "yes" stands far behind what the model reads at once."""
    scores = tiny(tmp_path, scheduler).score([("shop " * 40 + "yes " + "shop " * 40, "opens")])

    assert scores[0, 0] == pytest.approx(SURE, abs=1e-6)


def test_a_hypothesis_without_room_for_a_premise_is_a_failure(tmp_path: Path, scheduler: Scheduler) -> None:
    """The pair, its length and the limit are named; nothing is cut."""
    with pytest.raises(ModelFailure, match=r"pair 1: its hypothesis of 59 characters .* 16 tokens"):
        tiny(tmp_path, scheduler).score([("yes", "no"), ("yes", " ".join(["shop"] * 12))])


def test_values_that_are_no_numbers_are_a_failure(tmp_path: Path, scheduler: Scheduler) -> None:
    """A NaN is never taken for a score."""
    with pytest.raises(ModelFailure, match="not finite"):
        tiny(tmp_path, scheduler, "not_a_number").score([("yes", "no")])


def test_no_pairs_are_no_rows(bundled_entailment: OnnxEntailment) -> None:
    """The shape still has three columns."""
    assert bundled_entailment.score([]).shape == (0, 3)
