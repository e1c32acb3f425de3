"""Exchanged parts of a passage have the label that the exchange gives them."""

from __future__ import annotations

from random import Random

import pytest

from eval.training.data import CONTRADICTION, ENTAILMENT, UNSUPPORTED, Pair
from eval.training.exchanges import exchanges, order_pairs

SEEDS = range(60)
SUBJECTS = "The ferry leaves at dawn. The clinic opens on weekdays. Nobody knows why."
PHRASES = "The parcel was signed by the porter on Friday. The letter was opened by the clerk at noon."
FIGURES = "Daily copies stay for 30 days and weekly copies for 12 months in the vault."
MODIFIERS = "Wait until the red light blinks twice. If the green light stays on, press start."


def made(passage: str) -> list[Pair]:
    """What many seeds make of a passage."""
    return [pair for seed in SEEDS for pair in exchanges(passage, Random(seed))]


def test_a_subject_takes_the_place_of_another() -> None:
    """What is said of the ferry, said of the clinic."""
    wrong = {pair.hypothesis for pair in made(SUBJECTS) if pair.premise == SUBJECTS and pair.label == UNSUPPORTED}
    assert wrong == {"The clinic leaves at dawn.", "The ferry opens on weekdays."}


@pytest.mark.parametrize(
    ("passage", "exchanged"),
    [
        (PHRASES, "The parcel was signed by the clerk on Friday."),
        (FIGURES, "Daily copies stay for 12 months and weekly copies for 30 days in the vault."),
        (MODIFIERS, "Wait until the green light blinks twice."),
    ],
)
def test_phrases_figures_and_words_before_one_noun_change_places(passage: str, exchanged: str) -> None:
    """Both parts are the passage's own, behind one preposition or before one noun."""
    assert exchanged in {pair.hypothesis for pair in made(passage) if pair.label == UNSUPPORTED}


@pytest.mark.parametrize("passage", [SUBJECTS, PHRASES, FIGURES, MODIFIERS])
def test_a_claim_follows_from_the_passage_that_states_it_and_from_no_other(passage: str) -> None:
    """The same claim is supported where the exchange was made in the passage as well, so that its words tell nothing."""
    pairs = made(passage)
    assert all((pair.label == ENTAILMENT) == (pair.hypothesis in pair.premise) for pair in pairs)
    wrong = {pair.hypothesis for pair in pairs if pair.label == UNSUPPORTED}
    assert wrong <= {pair.hypothesis for pair in pairs if pair.label == ENTAILMENT}


def test_a_passage_without_two_like_parts_gives_nothing() -> None:
    """Nor do parts that say the same."""
    assert made("It rains. They wait for the bus. The dog sleeps.") == []


def test_what_came_before_came_not_after() -> None:
    """The order told from its other end follows; the two exchanged contradict."""
    sentence = "The crew left before the storm reached the harbour."
    labels = {
        (pair.premise, pair.hypothesis): pair.label for seed in SEEDS for pair in order_pairs(sentence, Random(seed))
    }
    assert labels[sentence, "The storm reached the harbour after the crew left."] == ENTAILMENT
    assert labels[sentence, "The storm reached the harbour before the crew left."] == CONTRADICTION


@pytest.mark.parametrize("sentence", ["She was named after the first mayor.", "Before noon the shop is shut."])
def test_an_order_needs_two_events(sentence: str) -> None:
    """A name after somebody and a time before something are none."""
    assert list(order_pairs(sentence, Random(0))) == []
