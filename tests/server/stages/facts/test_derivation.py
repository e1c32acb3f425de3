"""Figures computed from figures of the evidence: by which operation, from which operands, and never by accident."""

from __future__ import annotations

import pytest

from server.domain import FactOutcome
from tests.server.stages.facts.test_checks import check, worst

ACCOUNTS = """| | Years Ended September 30, | | |
|---|---|---|---|
| | 2019 | 2018 | 2017 |
| Fixed price | $ 1,452.4 | $ 1,146.2 | $ 1,036.9 |
| Other | 44.1 | 56.7 | 70.8 |
| Loss from operations | (25.0) | (33.6) | 4.0 |
| Total sales | $1,496.5 | $1,202.9 | $1,107.7 |
"""
RIGHT = [
    ("The change in total sales from 2018 to 2019 was 293.6 million.", "293.6 million"),
    ("The percentage change in other sales from 2018 to 2019 was -22.22 %.", "-22.22 %"),
    ("The average of fixed price sales in 2018 and 2019 was 1,299.3 million.", "1,299.3 million"),
    ("The ratio of other to total sales in 2019 was 0.03.", "0.03"),
    ("The change in the loss from operations from 2017 to 2019 was 29 million.", "29 million"),
]


@pytest.mark.parametrize(("claim", "figure"), RIGHT)
def test_figures_follow_from_the_rows_and_columns_that_the_claim_names(claim: str, figure: str) -> None:
    """Differences, changes, averages and ratios of table cells are derived, with the formula."""
    found = next(each for each in check(claim, ACCOUNTS) if each.in_claim.text == figure)
    assert found.outcome is FactOutcome.DERIVED
    assert found.formula.endswith(f"= {figure}")


LEASES = """| | Operating leases | Finance leases |
|---|---|---|
| 2020 | $460 | 47 |
| 2021 | 361 | 28 |
| 2022 | 308 | 22 |
| 2023 | 265 | 21 |
| Total | 1,394 | 118 |
"""
STACKED = """| | As of December 31, 2019 | |
|---|---|---|
| | Cost | Value |
| Bonds | $129 | $126 |
| Shares | 99 | 97 |
| | $228 | $223 |
| | As of December 31, 2018 | |
| | Cost | Value |
| Bonds | $73 | $87 |
| Shares | 97 | — |
| | $170 | $87 |
"""


@pytest.mark.parametrize(
    ("claim", "table", "figure"),
    [
        ("The sum of finance leases from 2020 to 2023 is 118 million.", LEASES, "118 million"),
        ("The change in operating leases between 2021 and 2022 was -53 million.", LEASES, "-53 million"),
        ("The change in the cost of bonds from 2018 to 2019 was 56 million.", STACKED, "56 million"),
        ("Bonds make up 42.94 % of the total cost in 2018.", STACKED, "42.94 %"),
        ("The increase in the value of shares from 2018 to 2019 was 97 million.", STACKED, "97 million"),
        (
            "The difference between the average cost and the average value of shares in 2018 and 2019 was 49.5 million.",
            "| Shares | 2019 | 2018 |\n|---|---|---|\n| Cost | 99 | 97 |\n| Value | 97 | — |\n",
            "49.5 million",
        ),
    ],
)
def test_tables_with_times_in_rows_or_stacked_on_each_other(claim: str, table: str, figure: str) -> None:
    """Rows of years, second tables among the data, totals without a label, dashes for nothing, differences of averages."""
    outcomes = {each.in_claim.text: each.outcome for each in check(claim, table)}
    assert outcomes[figure] in {FactOutcome.DERIVED, FactOutcome.MATCH}
    assert FactOutcome.NOT_FOUND not in outcomes.values()
    assert FactOutcome.MISMATCH not in outcomes.values()


GRANTS = """| | Number of shares | Average price |
|---|---|---|
| Outstanding at 1 May 2024 | 6,148 | $3.95 |
| Granted | 3,288 | $7.06 |
| Exercised | (1,774) | $2.92 |
| Outstanding at 1 May 2025 | 7,662 | $4.21 |
| Granted | 4,126 | $8.60 |
| Exercised | (1,340) | $2.96 |
| Outstanding at 1 May 2026 | 10,448 | $4.75 |
"""
TITLED = """| | | | Payments due by period (in millions) | |
|---|---|---|---|---|
| Obligations | Total | Less than 1 year | 1-3 years | After 3 years |
| Long-term debt | $10,556.6 | $1,200.0 | $2,747.6 | $6,609.0 |
| Notes payable | 1.0 | 1.0 | — | — |
"""


@pytest.mark.parametrize(
    ("claim", "table", "figure"),
    [
        ("The total number of shares granted between 2024 and 2026 is 7,414.", GRANTS, "7,414"),
        (
            "The total of long-term debt due in less than 1 year and in 1-3 years is $3,947.6 million.",
            TITLED,
            "$3,947.6 million",
        ),
        ("The average operating leases in 2020,2021 and 2022 are 376.33 million.", LEASES, "376.33 million"),
    ],
)
def test_rows_and_columns_are_found_by_what_stands_above_them(claim: str, table: str, figure: str) -> None:
    """Rows between two balances belong to the time between; a labelled row under a title names the columns."""
    outcomes = {each.in_claim.text: each.outcome for each in check(claim, table)}
    assert outcomes[figure] is FactOutcome.DERIVED


def test_what_single_ones_cost_more_than_a_pack_is_derived() -> None:
    """Three times the price of one, less the price of three."""
    prices = (
        "sku,product,pack,price_eur\nF-1,Brisel 2 filter,1,24.50\nF-3,Brisel 2 filter,3,66.00\nB-1,Carry bag,1,34.00\n"
    )
    claim = "The pack of three filters saves EUR {} compared with three single filters."
    assert FactOutcome.DERIVED in {each.outcome for each in check(claim.format("7.50"), prices)}
    assert worst(claim.format("8.50"), prices) is not FactOutcome.DERIVED


def test_a_derived_figure_counts_in_what_its_table_counts() -> None:
    """The total of a table in thousands is none in millions."""
    table = "| (in thousands) | 2019 | 2018 |\n|---|---|---|\n| Revenue | $1,400 | $1,250 |\n"
    claim = "The increase in revenue from 2018 to 2019 was 150 {}."
    assert worst(claim.format("thousand"), table) is FactOutcome.DERIVED
    assert worst(claim.format("million"), table) is not FactOutcome.DERIVED


def test_an_amount_without_its_currency_is_the_sum_of_amounts_with_one() -> None:
    """In prose as well as in tables."""
    evidence = "Senior notes of $10.0 billion and $14.0 billion were issued in fiscal 2018 and 2017."
    claim = "The total value of senior notes issued in fiscal 2018 and 2017 was 24 billion."
    assert FactOutcome.DERIVED in {each.outcome for each in check(claim, evidence)}


def test_a_figure_that_is_off_is_not_derived() -> None:
    """One digit of a difference changed."""
    assert worst("The change in total sales from 2018 to 2019 was 298.6 million.", ACCOUNTS) is not FactOutcome.DERIVED


def test_figures_of_unrelated_statements_are_not_added_up() -> None:
    """That 5 and 7 stand somewhere makes no total of 12."""
    evidence = "The north store sold 5 bicycles. The kitchen has 7 chairs. The choir sang for an hour."
    assert worst("The total of tickets sold by the choir was 12.", evidence) is not FactOutcome.DERIVED


def test_a_count_of_years_follows_from_two_years() -> None:
    """From 1993 to 2000 it is seven years."""
    assert (
        worst("The MD-90 was produced for 7 years.", "The MD-90 was produced from 1993 to 2000.") is FactOutcome.DERIVED
    )


@pytest.mark.parametrize(("claim", "outcome"), [("16", FactOutcome.DERIVED), ("8", FactOutcome.MISMATCH)])
def test_a_share_of_so_many_is_so_many(claim: str, outcome: FactOutcome) -> None:
    """Where the claim says of how many."""
    evidence = "The laboratory employs 24 people, two thirds of them chemists."
    found = check(f"{claim} of the 24 people are chemists.", evidence)
    assert next(each.outcome for each in found if each.in_claim.text == claim) is outcome


@pytest.mark.parametrize(("what", "outcome"), [("parking", FactOutcome.DERIVED), ("heating", FactOutcome.MATCH)])
def test_what_is_computed_is_derived_only_of_what_the_evidence_names(what: str, outcome: FactOutcome) -> None:
    """The figure is right either way; whether the claim is, is for the model to say where the evidence has no such thing."""
    evidence = "Rent is 900 euros a month and parking is 60 euros a month."
    found = check(f"Rent and {what} cost 960 euros a month in total.", evidence)
    assert next(each.outcome for each in found if each.in_claim.text == "960 euros") is outcome
