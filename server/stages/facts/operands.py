"""The figures of the evidence from which a figure of a claim may be computed.

Any number is some combination of enough others. So the operands are few and belong together: cells of the rows and columns that the
claim names, figures of one sentence about the claim's subject, or figures of several sentences that all are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from server.domain import FactKind, FactSpan, Span
from server.stages.evidence import terms
from server.stages.facts.alignment import Statement, alignment
from server.stages.facts.comparison import Candidate, located
from server.stages.facts.dates import Moment
from server.stages.facts.dates import agrees as moments_agree
from server.stages.facts.figures import Figure
from server.stages.facts.reading import read_facts
from server.stages.facts.segments import Cell, Segment

_MOST, _MOST_IN_PROSE = 14, 8
_ROWS = 4
_ALIKE_ROWS = 10
"""Rows that are looked at beyond the first few, where they fit the claim as well."""
_COLUMN = 0.3
"""What the name of a cell's column counts, and its row the rest."""
_LONGEST_COLUMN = 40
_LEAST_ALIGNMENT = 0.34
_ABOUT_THE_SUBJECT = 0.6
"""The alignment from which figures of different sentences may be computed with."""
_IN_A_NAMED_ROW = 0.25
"""The same for cells that are computed with beside figures of prose."""
_DASH = re.compile(r"\s*[$€£¥]?\s*[-–—]\s*")
_WORDED = re.compile(r"[^\W\d_]{4,}")
_TOTAL = terms("total")
_WEEK = range(1, 8)
_ROW_MARGIN = 0.6
"""A row counts when its label fits the claim at least so well, as a share of the best one."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A figure of the evidence, in [0, 1] how well it is aligned with the claim, and its cell when it stands in a table."""

    figure: Figure
    segment: Segment
    alignment: float
    cell: Cell | None = None

    @property
    def written(self) -> str:
        """The figure as the evidence writes it."""
        return " ".join(self.figure.span.shifted(-self.segment.span.start).of(self.segment.text).split())

    @property
    def place(self) -> FactSpan:
        """Where it stands."""
        return located(self.segment, self.figure.span)

    @property
    def column(self) -> str:
        """The name of its column; empty outside of tables."""
        return self.cell.header if self.cell else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cells beside those that the claim names it may mean, by what it asks for.

    `years_between`: one that names 2017 and 2019 means 2018 as well, as sums and averages do. `other_years`: one that names no
    more years than so many means other years' figures too: changes those of the year before, averages the balances before.
    `totals`: shares are of a total that may go without saying.
    """

    years_between: bool
    other_years: int
    totals: bool


def find_operands(statement: Statement, figure: Figure, near: Sequence[Candidate], wanted: Wanted) -> list[Operand]:
    """The operands for `figure` of the claim, best aligned first."""
    cells, prose = _cells(statement, near, wanted), _in_prose(statement, figure, near)
    found = [*sorted(cells, key=_by_alignment)[:_MOST], *sorted(prose, key=_by_alignment)[:_MOST_IN_PROSE]]
    found.sort(key=_by_alignment)
    known = {(operand.segment.passage, operand.figure.span) for operand in found}
    columns = [each for each in _columns(statement, near) if (each.segment.passage, each.figure.span) not in known]
    return [*found, *columns[:_LONGEST_COLUMN]]


def _by_alignment(operand: Operand) -> tuple[float, str, Span]:
    return -operand.alignment, operand.segment.text, operand.figure.span


def belong_together(chosen: Sequence[Operand]) -> bool:
    """Whether figures may be computed with each other: of one row, column or sentence, or all about the claim's subject."""
    first = chosen[0]
    if all(operand.segment is first.segment for operand in chosen):
        return True
    if all(operand.cell and operand.segment.passage == first.segment.passage for operand in chosen):
        columns = {operand.column for operand in chosen}
        return len(columns) == 1 or (_is_one_row(chosen) and len({_without_times(each) for each in columns}) == 1)
    return all(
        operand.alignment >= (_ABOUT_THE_SUBJECT if operand.cell is None else _IN_A_NAMED_ROW) for operand in chosen
    )


def _is_one_row(chosen: Sequence[Operand]) -> bool:
    """Whether they stand in rows of one label, of the tables for several times that one passage has."""
    return len({operand.segment.label.casefold() for operand in chosen}) == 1


def _without_times(column: str) -> frozenset[str]:
    return frozenset(term for term in terms(column) if not term[0].isdigit())


def _in_prose(statement: Statement, figure: Figure, near: Sequence[Candidate]) -> list[Operand]:
    return [
        Operand(other, candidate.segment, score)
        for candidate in near
        if not candidate.segment.cells
        for other in candidate.segment.facts.figures
        if _is_operand(other)
        and (score := alignment(statement, figure.span, candidate.segment, other.span)) >= _LEAST_ALIGNMENT
    ]


def _is_operand(figure: Figure) -> bool:
    return not (figure.is_range or figure.ordinal or figure.is_label)


# --- tables -------------------------------------------------------------------------------------------------------------------


def _cells(statement: Statement, near: Sequence[Candidate], wanted: Wanted) -> list[Operand]:
    """The figures where the rows and the columns that the claim names cross."""
    wanted_terms = terms(f"{statement.asked} {statement.claim.statement}")
    moments = [*statement.facts.moments, *read_facts(statement.asked).moments]
    years = [moment.year for moment in moments if moment.year is not None]
    if wanted.years_between and years:
        moments += [Moment(Span(0, 0), year) for year in range(min(years) + 1, min(max(years), min(years) + _MOST))]
    operands = []
    for row, score in _rows(statement, near, moments, with_totals=wanted.totals):
        named = {cell.header for cell in row.cells if _is_named(cell, moments)}
        if len(set(years)) <= wanted.other_years:
            named = set()
        for cell in row.cells[1:]:
            if not named or cell.header in named:
                fit = (1 - _COLUMN) * score + _COLUMN * _named_share(cell, wanted_terms)
                operands += [Operand(figure, row, fit, cell) for figure in _figures(row, cell)]
    return operands


def _named_share(cell: Cell, wanted: frozenset[str]) -> float:
    """How much of the name of the cell's column, times aside, the claim has."""
    words = _without_times(cell.header)
    return len(words & wanted) / len(words) if words else 0.0


def _figures(row: Segment, cell: Cell) -> list[Figure]:
    """The figures of a cell; accounts write a dash for nothing."""
    if _DASH.fullmatch(cell.span.shifted(-row.span.start).of(row.text)):
        nothing = Decimal(0)
        return [Figure(FactKind.NUMBER, cell.span, nothing, nothing, Decimal(1))]
    return [figure for figure in row.facts.figures if row.cell_at(figure.span) == cell and _is_operand(figure)]


def _columns(statement: Statement, near: Sequence[Candidate]) -> list[Operand]:
    """The figures of whole columns whose names stand in the claim, for its sums and averages."""
    wanted = terms(f"{statement.asked} {statement.text}")
    return [
        Operand(figure, row, 0.0, cell)
        for row in sorted((each.segment for each in near if each.segment.cells), key=lambda row: row.span)
        for figure in row.facts.figures
        if (cell := row.cell_at(figure.span)) is not None
        and cell != row.cells[0]
        and _is_operand(figure)
        and (words := terms(cell.header))
        and words <= wanted
    ]


def _is_named(cell: Cell, moments: Sequence[Moment]) -> bool:
    """Whether the column is one of a time that the claim speaks of."""
    heads = read_facts(cell.header).moments
    return any(in_column(moment, head) for moment in moments for head in heads)


def in_column(moment: Moment, head: Moment) -> bool:
    """Whether a column that `head` names holds figures of `moment`: one of 2019 has those of 31 December 2019.

    A year of 52 or 53 weeks may end in the first days of the next: 3 January 2020 closes 2019.
    """
    if moment.form == "year" and moment.year and head.year == moment.year + 1 and head.month == 1 and head.day in _WEEK:
        return True
    return moments_agree(moment, head) or (head.form == "year" and head.year == moment.year)


def _rows(
    statement: Statement, near: Sequence[Candidate], moments: Sequence[Moment], *, with_totals: bool
) -> list[tuple[Segment, float]]:
    """The rows whose labels have the claim's words, each with how well it fits; and the fewest that together have them all.

    In a table with a row for each time, the rows of the times that the claim speaks of.
    """
    wanted = terms(f"{statement.asked} {statement.claim.statement}")
    rows = [candidate.segment for candidate in near if candidate.segment.cells]
    scored = [
        (row, max(_fit(wanted, _label_terms(row)), _fit(wanted, _label_terms(row) | terms(row.before)))) for row in rows
    ]
    best = max((score for _, score in scored), default=0.0)
    chosen = {id(row): (row, score) for row, score in scored if best and score >= _ROW_MARGIN * best}
    for row in _covering(wanted, rows):
        chosen.setdefault(id(row), (row, best))
    ranked = sorted(chosen.values(), key=lambda each: (-each[1], each[0].text))
    ranked = [each for each in ranked if each[1] >= ranked[min(len(ranked), _ROWS) - 1][1]][:_ALIKE_ROWS]
    ranked += [(row, 0.0) for row in rows if _is_of_time(row, moments) and id(row) not in chosen][:_LONGEST_COLUMN]
    if with_totals:
        ranked += [(row, 0.0) for row in rows if _TOTAL & terms(row.label) and id(row) not in chosen][:_ROWS]
    return ranked


def _is_of_time(row: Segment, moments: Sequence[Moment]) -> bool:
    """Whether the row's label, or what stands before it, names a time that the claim speaks of."""
    heads = read_facts(f"{row.label} ; {row.before}").moments
    return any(in_column(moment, head) for moment in moments for head in heads)


def _label_terms(row: Segment) -> frozenset[str]:
    """What says which row it is: its label, and its other cells with words ("Brisel 2 filter")."""
    cells = [cell.span.shifted(-row.span.start).of(row.text) for cell in row.cells]
    return terms(" ".join([row.label, *(text for text in cells if _WORDED.search(text))]))


def _fit(wanted: frozenset[str], label: frozenset[str]) -> float:
    """How far the label is in the claim, and the claim in the label: the harmonic mean of both shares, the first weighing more."""
    shared = len(wanted & label)
    if not shared:
        return 0.0
    return (1 + 0.25) * shared / (0.25 * len(wanted) + len(label))


def _covering(wanted: frozenset[str], rows: Sequence[Segment]) -> list[Segment]:
    """The fewest rows that together have the words of the claim that rows have: one for each thing that it names."""
    missing = {term for term in wanted if any(term in _label_terms(row) for row in rows)}
    left = list(rows)
    chosen: list[Segment] = []
    while missing and left and len(chosen) < _ROWS:
        best = max(left, key=lambda row: (len(missing & _label_terms(row)), -len(_label_terms(row)), row.text))
        if not missing & _label_terms(best):
            break
        chosen.append(best)
        missing -= _label_terms(best)
        left.remove(best)
    return chosen if not missing or len(chosen) > 1 else chosen[:1]
