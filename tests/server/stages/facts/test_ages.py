"""Ages, with and without the word for years, and rules that have one for their limit."""

from __future__ import annotations

import pytest

from server.domain import FactOutcome
from server.stages.facts.reading import read_facts
from tests.server.stages.facts.test_checks import check

YEAR = 12


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Children under six travel free.", 6),
        ("People aged 65 or over pay half.", 65),
        ("Members over 60 pay half.", 60),
        ("From the age of 16, riders need a permit.", 16),
        ("A five-year-old travels free.", 5),
    ],
)
def test_an_age_is_a_number_of_years(text: str, years: int) -> None:
    """Whether it says so or not."""
    (figure,) = read_facts(text).figures
    assert (figure.unit, figure.value) == ("months", years * YEAR)


@pytest.mark.parametrize("text", ["Guests over 5 kilograms", "Members under 3 options", "Lifts for up to 8 people"])
def test_other_numbers_beside_people_are_no_ages(text: str) -> None:
    """They have a unit, or count something."""
    assert [figure.unit for figure in read_facts(text).figures] != ["months"]


@pytest.mark.parametrize(
    ("claim", "evidence", "outcome"),
    [
        ("A five-year-old travels free.", "Children under six travel free.", FactOutcome.MATCH),
        ("A six-year-old travels free.", "Children under six travel free.", FactOutcome.MISMATCH),
        ("Children under seven travel free.", "Children under six travel free.", FactOutcome.MISMATCH),
        ("The pass is for a 70-year-old.", "The pass is for people aged 65 or over.", FactOutcome.MATCH),
        ("The pass is for a 60-year-old.", "The pass is for people aged 65 or over.", FactOutcome.MISMATCH),
        ("Two home days a week are possible.", "Staff may have two days a week at home.", FactOutcome.MATCH),
    ],
)
def test_somebody_of_an_age_is_a_case_under_a_rule(claim: str, evidence: str, outcome: FactOutcome) -> None:
    """Inside its limit or not; a word between a number and its days changes nothing."""
    assert check(claim, evidence)[0].outcome is outcome
