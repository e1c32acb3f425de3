"""Pairs made by rule have the label that their making gives them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from eval.training.augment import (
    Substitution,
    calendar_substitution,
    copied_claims,
    mutations,
    name_substitution,
    negated,
    number_substitution,
    opposite_substitution,
    table_claims,
)
from eval.training.data import CONTRADICTION, ENTAILMENT, UNSUPPORTED, Pair

PREMISE = "In March 2021 Marta Lind opened 14 shops in Bergen. Rents rose by 8% after the opening. Ole Dahl left."
PAIR = Pair(PREMISE, "Marta Lind opened 14 shops in March.", ENTAILMENT, "fm2", PREMISE)
SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_changed_number_stands_nowhere_in_the_premise_when_it_contradicts(seed: int) -> None:
    """A number that the premise has elsewhere only makes the claim unsupported."""
    change = number_substitution(PAIR, Random(seed))
    assert change is None or (change.label == CONTRADICTION) == (change.new not in PREMISE)


def test_a_month_becomes_one_that_the_premise_does_not_name() -> None:
    """The new month is another one, and contradicts."""
    change = calendar_substitution(PAIR, Random(1))
    assert change is not None
    assert (change.old, change.label, change.new in PREMISE) == ("March", CONTRADICTION, False)


def test_a_name_becomes_another_name_of_as_many_words() -> None:
    """Half the time the new name is one of the premise, so that a known name predicts nothing."""
    pair = Pair("Clerk Marta Lind knows Ole Dahl.", "Clerk Marta Lind knows him.", ENTAILMENT, "fm2", "")
    changes = [name_substitution(pair, ["Clerk Ida Berg", "Bergen"], Random(seed)) for seed in SEEDS]
    assert {change.new for change in changes if change} <= {"Clerk Ida Berg", "Ole Dahl"}


def test_an_opposite_is_used_only_where_claim_and_premise_share_the_word() -> None:
    """What the premise does not say cannot be turned round."""
    shared = replace(PAIR, hypothesis="Rents rose after the opening.")
    assert opposite_substitution(shared, Random(0)) in (
        Substitution("rose", "fell", CONTRADICTION),
        Substitution("after", "before", CONTRADICTION),
    )
    assert opposite_substitution(replace(PAIR, hypothesis="Prices fell."), Random(0)) is None


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_change_feeds_both_classes(seed: int) -> None:
    """Changed in the claim alone it is false; changed in both texts it is as true as before."""
    made = list(mutations(PAIR, ["Ida Berg"], Random(seed)))
    alone, rest = made[0], made[1:]
    assert alone.label != ENTAILMENT
    assert all((pair.label == ENTAILMENT) == (pair.hypothesis == alone.hypothesis) for pair in rest)


def test_a_substitution_spares_longer_words_and_numbers() -> None:
    """Whole words alone are replaced."""
    assert Substitution("14", "15", CONTRADICTION)("14 of 140, 14") == "15 of 140, 15"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("The shop is open.", "The shop is not open."),
        ("The shop is not open.", "The shop is open."),
        ("It has been sold.", "It has not been sold."),
        ("Rents rose.", None),
    ],
)
def test_negation_is_put_in_or_taken_out(claim: str, expected: str | None) -> None:
    """The first auxiliary carries it; without one there is nothing to negate."""
    assert negated(claim) == expected


def test_copied_claims_are_supported_until_a_foreign_sentence_joins_them() -> None:
    """Two own sentences are supported; a foreign one, or a sentence whose passage lost it, is not."""
    passage = "The lamp has a steel foot and a cord. The cord is two metres long. The shade is made of thick paper."
    made = list(copied_claims(passage, ["A bicycle stands in the yard today."], Random(3)))
    assert [pair.label for pair in made] == [ENTAILMENT, ENTAILMENT, UNSUPPORTED, UNSUPPORTED]
    assert "bicycle" in made[2].hypothesis
    assert made[3].hypothesis not in made[3].premise


def test_table_claims_come_in_pairs_of_true_and_false() -> None:
    """The false one has the cell of another row."""
    table = "Prices. Row 1: item is lamp, price is 40. Row 2: item is desk, price is 90."
    made = [pair for seed in SEEDS for pair in table_claims(table, Random(seed))]
    assert Counter(pair.label for pair in made)[ENTAILMENT] == Counter(pair.label for pair in made)[CONTRADICTION] > 0
    assert all(("lamp" in pair.hypothesis) == ("40" in pair.hypothesis) for pair in made if pair.label == ENTAILMENT)
