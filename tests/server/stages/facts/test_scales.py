"""Figures of tables that count in thousands or millions, against claims that write them out."""

from __future__ import annotations

import pytest

from server.domain import FactOutcome
from server.stages.facts.scales import scale_of
from tests.server.stages.facts.test_checks import worst

THOUSANDS = "| (in thousands, except per share amounts) | 2019 | 2018 |\n|---|---|---|\n| Revenue | $1,400 | $1,250 |\n"
MILLIONS = "| | 2019 | 2018 |\n|---|---|---|\n| | €m | €m |\n| Revenue | 1,400 | 1,250 |\n"


@pytest.mark.parametrize(
    ("name", "exponent"),
    [
        ("(in thousands)", 3),
        ("US$’000", 3),
        ("2019 €m", 6),
        ("$ million", 6),
        ("EUR bn", 9),
        ("2019", 0),
        ("1,000", 0),
        ("Mio. tons", 6),
    ],
)
def test_a_name_says_in_what_its_figures_count(name: str, exponent: int) -> None:
    """As a power of ten; years and figures say nothing."""
    assert scale_of([name], "Revenue") == exponent


def test_rows_of_rates_are_not_meant() -> None:
    """Earnings per share are in no thousands."""
    assert scale_of(["(in thousands)"], "Earnings per share") == 0


@pytest.mark.parametrize(
    ("claim", "table"),
    [
        ("Revenue in 2019 was $1.4 million.", THOUSANDS),
        ("Revenue in 2019 was $1,400,000.", THOUSANDS),
        ("Revenue in 2019 was 1,400 thousand.", THOUSANDS),
        ("Revenue in 2019 was $1,400.", THOUSANDS),
        ("Revenue in 2019 was more than $1.3 million.", THOUSANDS),
        ("Revenue in 2019 was €1.4 billion.", MILLIONS),
    ],
)
def test_what_the_header_counts_in_bears_out_the_claim(claim: str, table: str) -> None:
    """Written out, or as the cell has it."""
    assert worst(claim, table) is FactOutcome.MATCH


@pytest.mark.parametrize(
    ("claim", "table"),
    [
        ("Revenue in 2019 was $1.4 billion.", THOUSANDS),
        ("Revenue in 2019 was $1.25 million.", THOUSANDS),
        ("Revenue in 2019 was 1,250.", THOUSANDS),
        ("Revenue in 2019 was less than $1.3 million.", THOUSANDS),
        ("Revenue in 2019 was €1.4 million.", MILLIONS),
    ],
)
def test_another_magnitude_or_year_does_not(claim: str, table: str) -> None:
    """Nor a bare number of another year's column of amounts."""
    assert worst(claim, table) in {FactOutcome.MISMATCH, FactOutcome.NOT_FOUND}
