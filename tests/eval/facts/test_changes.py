"""The generated changes, and what validation makes of a sample of them."""

from __future__ import annotations

import random

from eval.facts.benchmark import run
from eval.facts.changes import equivalents, mutations
from eval.facts.statements import FORMS, draw_statement


def test_every_mutation_changes_the_claim() -> None:
    """No mutation is the statement itself."""
    chance = random.Random(3)
    for form in range(len(FORMS)):
        statement = draw_statement(chance, form)
        assert all(change.claim != statement.text for change in mutations(chance, statement))


def test_no_equivalent_is_also_a_mutation() -> None:
    """The two sides of the benchmark never share a claim."""
    chance = random.Random(4)
    for form in range(len(FORMS)):
        statement = draw_statement(chance, form)
        same = {change.claim for change in equivalents(statement)}
        assert same.isdisjoint(change.claim for change in mutations(chance, statement))


def test_a_sample_of_changes_is_told_apart() -> None:
    """At least 99 % of mutations are flagged and at most 1 % of equivalents, by the checks alone."""
    outcomes = run(seed=11, count=100)
    flagged = {side: sum(each.is_flagged for each in outcomes if each.is_mutation is side) for side in (True, False)}
    assert flagged[True] >= 99
    assert flagged[False] <= 1
