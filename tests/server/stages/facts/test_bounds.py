"""Bounds: what a figure of the evidence says of "more than", "at least" or "up to" in a claim, and the other way round."""

from __future__ import annotations

import pytest

from server.domain import FactOutcome
from tests.server.stages.facts.test_checks import worst

BORNE_OUT = [
    ("The share is more than 2 %.", "The share is 8 %."),
    ("At least 5 people came.", "8 people came."),
    ("The plant employs over 500 people.", "The plant employs 620 people."),
    ("Between 5 and 10 people came.", "7 people came."),
    ("Goods may be returned within 30 days.", "The return period for goods is 30 days."),
    ("Customers aged 18 or older may order.", "The minimum age of customers who order is 18."),
    ("About 3 million people live there.", "2.8 million people live there."),
]
NOT_BORNE_OUT = [
    ("At least 5 people came.", "4 people came."),
    ("The plant employs more than 700 people.", "The plant employs 620 people."),
    ("Rahim bought less than 27 books.", "Rahim bought 27 books."),
    ("Passwords must have at least 12 characters.", "Passwords have at least 14 characters."),
    ("Goods may be returned within 60 days.", "The return period for goods is 30 days."),
    ("Orders over EUR 50 are delivered free.", "The threshold for free delivery of orders is EUR 80."),
    ("The battery lasts up to 16 hours.", "The battery lasts 11 hours."),
]


@pytest.mark.parametrize(("claim", "evidence"), BORNE_OUT)
def test_a_bound_is_borne_out_by_a_figure_on_its_side(claim: str, evidence: str) -> None:
    """A quantity beyond the mark, or the very limit of a rule, is a match."""
    assert worst(claim, evidence) is FactOutcome.MATCH


@pytest.mark.parametrize(("claim", "evidence"), NOT_BORNE_OUT)
def test_a_bound_is_contradicted_by_a_figure_off_its_side_or_another_limit(claim: str, evidence: str) -> None:
    """A quantity short of the mark, or another limit than the rule's, is a mismatch."""
    assert worst(claim, evidence) is FactOutcome.MISMATCH


def test_a_figure_is_open_where_the_evidence_only_bounds_it() -> None:
    """Thirty books may be "more than 27", but nothing says so."""
    assert worst("Rahim bought 30 books.", "Rahim bought more than 27 books.") is FactOutcome.NOT_FOUND


def test_a_value_that_the_evidence_gives_up_is_no_match() -> None:
    """A date that was moved no longer holds."""
    evidence = "The launch of the Nimbra 2 moves from 10 November 2026 to 16 February 2027."
    assert worst("The Nimbra 2 will be launched on 10 November 2026.", evidence) is FactOutcome.MISMATCH
    assert worst("The Nimbra 2 will be launched on 16 February 2027.", evidence) is FactOutcome.MATCH
