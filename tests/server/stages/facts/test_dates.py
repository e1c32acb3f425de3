"""Ends and parts of years and quarters, fiscal ones, and times that are reckoned from the day asked about."""

from __future__ import annotations

from datetime import date

import pytest

from server.domain import FactOutcome
from server.stages.claims import split_claims
from server.stages.facts.alignment import prepare
from server.stages.facts.dates import agrees, comparable, find_moments
from tests.server.stages.facts.test_checks import worst

TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("claimed", "found"),
    [
        ("the end of Q3 2025", "30 September 2025"),
        ("the close of the third quarter of 2025", "2025-09-30"),
        ("the end of February 2024", "29 February 2024"),
        ("year-end 2025", "31 December 2025"),
        ("the start of 2026", "1 January 2026"),
        ("mid-2024", "June 2024"),
        ("H1 2025", "Q2 2025"),
        ("the second half of 2025", "October 2025"),
        ("late 2025", "3 November 2025"),
        ("Q3 2025", "12 August 2025"),
        ("fiscal Q3 2025", "the third quarter of fiscal 2025"),
        ("the 1990s", "1993"),
    ],
)
def test_what_lies_in_or_is_what_the_claim_names(claimed: str, found: str) -> None:
    """The evidence may be more precise."""
    (one,), (other,) = find_moments(claimed, []), find_moments(found, [])
    assert agrees(one, other)


@pytest.mark.parametrize(
    ("claimed", "found"),
    [
        ("the end of Q3 2025", "31 December 2025"),
        ("the end of Q3 2025", "1 July 2025"),
        ("mid-2024", "December 2024"),
        ("H1 2025", "Q3 2025"),
        ("Q3 2025", "12 October 2025"),
        ("the 1980s", "1993"),
    ],
)
def test_what_lies_elsewhere_contradicts(claimed: str, found: str) -> None:
    """The same year does not help."""
    (one,), (other,) = find_moments(claimed, []), find_moments(found, [])
    assert not agrees(one, other)
    assert comparable(one, other)


@pytest.mark.parametrize(
    ("claimed", "found"),
    [("12 March 2025", "2025"), ("the end of Q3 2025", "Q3 2025"), ("March 2024", "mid-2024"), ("1993", "the 1990s")],
)
def test_less_precise_evidence_leaves_a_claim_open(claimed: str, found: str) -> None:
    """It neither bears the claim out nor contradicts it, unless it lies elsewhere."""
    (one,), (other,) = find_moments(claimed, []), find_moments(found, [])
    assert not agrees(one, other)
    assert comparable(one, other) == (claimed == "March 2024")


def test_a_fiscal_quarter_is_in_no_certain_months() -> None:
    """Fiscal years begin when their company says."""
    (fiscal,), (day,) = find_moments("fiscal Q3 2025", []), find_moments("12 August 2025", [])
    assert not agrees(fiscal, day)


@pytest.mark.parametrize(
    ("said", "year", "month", "quarter"),
    [
        ("last year", 2025, None, None),
        ("next month", 2026, 7, None),
        ("last quarter", 2026, None, 1),
        ("the end of Q3", 2026, 9, None),
        ("yesterday", 2026, 5, None),
    ],
)
def test_times_are_reckoned_from_the_day_asked_about(
    said: str, year: int, month: int | None, quarter: int | None
) -> None:
    """And only where it is known."""
    (moment,) = find_moments(said, [], TODAY)
    assert (moment.year, moment.month, moment.quarter) == (year, month, quarter)


def test_last_year_is_no_missing_fact() -> None:
    """Evidence that says "last year" as well, or no year at all, is not objected to."""
    assert worst("Sales rose last year.", "Sales rose last year.") is FactOutcome.MATCH
    claim = split_claims("Sales rose last year.")[0]
    assert prepare(claim, "Sales rose last year.", "", TODAY).facts.moments[0].year == 2025


@pytest.mark.parametrize(
    "text",
    [
        "at half past nine", "at ten to six", "nine o'clock", "six in the evening", "in F19", "FY2020", "Mon-Fri", "9 a.m.", "7pm",
        "at 12:30", "on weekdays", "in the 1990s", "on a MONDAY", "in May it rained", "Q3", "the third quarter", "at noon",
        "in 2104", "1 Sept", "03/04/2026", "year-end 1999", "fiscal q2", "every week on weekends",
    ],
)  # fmt: skip
def test_no_form_is_passed_over_at_a_glance(text: str) -> None:
    """Texts without any sign of a time are not searched; these have one each."""
    assert find_moments(text, [])
