"""Sentences changed in one place have the label that the change gives them."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from eval.training.data import CONTRADICTION, ENTAILMENT, NEUTRAL, UNSUPPORTED, Pair
from eval.training.minimal_pairs import among, bound_pairs, negation_pairs, quantifier_pairs, role_pairs, word_pairs

SEEDS = range(40)


@pytest.mark.parametrize("seed", range(100))
def test_bounds_are_labelled_by_arithmetic(seed: int) -> None:
    """Forty crates entail exactly the bounds that hold for forty, and no other number."""
    exact = "The depot stores 40 crates."
    for pair in bound_pairs(exact, Random(seed)):
        number = next(int(part) for part in pair.hypothesis.split() if part.isdigit())
        said = pair.hypothesis.replace("no more than", "at most").replace("no less than", "at least")
        lower = any(phrase in said for phrase in ("more than", "over", "at least", "greater than", "a minimum of"))
        upper = any(
            phrase in said for phrase in ("less than", "fewer than", "at most", "under", "up to", "a maximum of")
        )
        equal = number == 40 and any(phrase in said for phrase in ("at least", "at most", "up to", "mum of"))
        holds = equal or (lower and number < 40) or (upper and number > 40)
        assert pair.premise != exact or pair.label == (ENTAILMENT if holds else CONTRADICTION)


def test_a_bound_leaves_the_exact_number_open() -> None:
    """More than twenty does not say forty, so all three labels occur."""
    labels = Counter(pair.label for seed in SEEDS for pair in bound_pairs("The depot stores 40 crates.", Random(seed)))
    assert set(labels) == {ENTAILMENT, NEUTRAL, CONTRADICTION}


def test_at_least_includes_the_number_itself_and_more_than_does_not() -> None:
    """Forty is at least forty, and not more than forty."""
    exact = "The depot stores 40 crates."
    labels = {
        pair.hypothesis: pair.label
        for seed in range(400)
        for pair in bound_pairs(exact, Random(seed))
        if pair.premise == exact
    }
    assert labels["The depot stores at least 40 crates."] == ENTAILMENT
    assert labels["The depot stores more than 40 crates."] == CONTRADICTION


def test_a_sentence_and_its_negation_contradict_each_other_and_entail_themselves() -> None:
    """The word "not" alone predicts nothing."""
    made = [pair for seed in SEEDS for pair in negation_pairs("The gate is locked.", Random(seed))]
    assert all((pair.label == ENTAILMENT) == (pair.premise == pair.hypothesis) for pair in made)
    assert {pair.label for pair in made if "not" in pair.hypothesis} == {ENTAILMENT, CONTRADICTION}


def test_some_follows_from_all_and_all_not_from_some() -> None:
    """Quantifiers are ordered by what they say."""
    made = {
        (pair.premise.split()[0], pair.hypothesis.split()[0]): pair.label
        for seed in range(200)
        for pair in quantifier_pairs("All shops close at six.", Random(seed))
    }
    assert (made["All", "Some"], made["Some", "All"], made["No", "Most"]) == (ENTAILMENT, NEUTRAL, CONTRADICTION)


def test_two_names_change_places_only_around_words_that_have_a_direction() -> None:
    """Who asks whom matters; who meets with whom does not."""
    turned, _ = role_pairs("Marta Lind asked Ole Dahl for help.", Random(0))
    assert (turned.hypothesis, turned.label) == ("Ole Dahl asked Marta Lind for help.", UNSUPPORTED)
    assert list(role_pairs("Marta Lind and Ole Dahl came.", Random(0))) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_word_of_the_same_kind_changes_the_statement_and_its_kind_does_not(seed: int) -> None:
    """A violin is no flute; it is an instrument; an instrument need not be a violin."""
    for pair in word_pairs("She plays a violin.", Random(seed), is_scene=True):
        if pair.premise == pair.hypothesis or "instrument" in pair.hypothesis:
            assert pair.label == ENTAILMENT
        else:
            assert pair.label == (NEUTRAL if "instrument" in pair.premise else CONTRADICTION)


def test_the_article_follows_the_new_word() -> None:
    """No text gives a change away by its grammar."""
    made = [pair.hypothesis for seed in range(200) for pair in word_pairs("He ate a pear.", Random(seed))]
    assert "He ate an apple." in made
    assert not any("a apple" in text or "an banana" in text for text in made)


def test_a_premise_among_other_sentences_keeps_its_text_and_label() -> None:
    """One to four sentences about something else surround it."""
    pair = Pair("The gate is locked.", "The gate is open.", CONTRADICTION, "rules", "gate")
    others = [f"Shelf {number} is empty." for number in range(9)]
    found = Counter(len(among(pair, others, Random(seed)).premise.split(". ")) for seed in SEEDS)
    assert set(found) == {2, 3, 4, 5}
    assert all(pair.premise in among(pair, others, Random(seed)).premise for seed in SEEDS)
