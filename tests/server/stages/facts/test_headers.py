"""The names of columns, put together from the rows that write them."""

from __future__ import annotations

from server.stages.facts.headers import column_names, names_columns, names_columns_again, names_columns_below_title


def test_a_name_stands_for_the_empty_cells_to_its_right() -> None:
    """Spanning names of years over names of what is measured."""
    rows = [["", "2019", "", "2018", ""], ["", "Amount", "Share", "Amount", "Share"]]
    assert column_names(rows) == ["", "2019 Amount", "2019 Share", "2018 Amount", "2018 Share"]


def test_the_only_name_of_a_row_stands_for_all_columns() -> None:
    """What the years are years of, and in what the figures are."""
    rows = [["", "Years ended May 31,", "", ""], ["", "2019", "2018", "2017"], ["", "", "(in millions)", ""]]
    assert column_names(rows)[3] == "Years ended May 31, 2017; (in millions)"


def test_what_a_measure_leaves_out_is_no_unit() -> None:
    """A column of thousands is no column of percentages."""
    rows = [["", "2019", "2018"], ["", "(in thousands, except percentages)", ""]]
    assert column_names(rows)[2] == "2018; (in thousands)"


def test_years_in_pieces_are_put_together() -> None:
    """As wide spacing leaves them."""
    assert column_names([["", "2019", "2 0 1 8"]]) == ["", "2019", "2018"]


def test_ordinals_over_columns_are_quarters() -> None:
    """Where three of them stand side by side."""
    assert column_names([["", "First", "Second", "Third", "Fourth"]])[4] == "Fourth quarter"


def test_rows_of_figures_name_no_columns() -> None:
    """A label, or a figure alone, makes data of a row."""
    assert names_columns(["", "12 weeks ended", "Total"])
    assert not names_columns(["", "1,452.4", "Total"])
    assert not names_columns(["Sales", "all regions", "estimated"])


def test_a_second_table_may_start_among_the_data() -> None:
    """At another row of times, or at one time above names of columns."""
    assert names_columns_again(["(in millions)", "Dec 30, 2017", "Other", "Dec 29, 2018"], ["Group", "5", "1", "6"])
    assert names_columns_again(["", "As of December 31, 2018", ""], ["", "Cost", "Gains"])
    assert not names_columns_again(["Maturity", "July 2021", "June 2019"], ["Rate", "2 %", "3 %"])


def test_a_labelled_row_names_the_columns_below_a_title() -> None:
    """Where the title is for all of them, the row has no figures, and figures follow."""
    title = ["", "", "Payments due by period", ""]
    assert names_columns_below_title(
        ["Obligations", "Total", "1-3 years", "Thereafter"], title, ["Debt", "5", "1", "4"]
    )
    assert not names_columns_below_title(
        ["Debt", "unsecured", "in euros", "fixed"], title, ["Notes", "secured", "", ""]
    )
    assert not names_columns_below_title(["Debt", "5", "1", "4"], title, ["Notes", "5", "1", "4"])


def test_a_lone_name_with_a_colon_names_no_column() -> None:
    """It leads the rows below it."""
    assert not names_columns(["", "Cloud revenues:", "", ""])


def test_a_title_of_percentages_is_not_that_of_amounts() -> None:
    """It has its own columns beside those of the years."""
    assert column_names([["", "", "% change", ""], ["", "2019", "actual", "constant"]])[1] == "2019"


def test_a_time_stands_for_the_empty_cell_to_its_right() -> None:
    """The share beside the amount; a table without a header has no names."""
    assert column_names([["", "2019", "", "2018", ""]]) == ["", "2019", "2019", "2018", "2018"]
    assert column_names([[]]) == []
