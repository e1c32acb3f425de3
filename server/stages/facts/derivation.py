"""Figures that do not stand in the evidence but follow from figures that do, with the formula shown.

Any number is some combination of enough others, so a derivation counts only when the claim asks for that operation in words ("in
total", "more than", "per cent of") and the operands are about the claim's subject and of fitting units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, permutations

from server.domain import FactSpan
from server.stages.facts.alignment import Statement, alignment
from server.stages.facts.comparison import Candidate, located
from server.stages.facts.dates import Moment
from server.stages.facts.figures import Figure
from server.stages.facts.percentages import POINTS, SHARE
from server.stages.facts.segments import Segment

_OPERANDS = 14
"""Figures tried as operands, best aligned first: enough for a table's row or column, few enough against coincidence."""
_LEAST_ALIGNMENT = 0.3
_NAMED = 4
"""Rows that one claim may name."""

_SUM = re.compile(
    r"(?i)\b(?:total\w*|altogether|together|combined|sum|in all|overall|both|plus|add(?:s|ed|ing)? up|joint(?:ly)?|aggregate)\b"
)
_DIFFERENCE = re.compile(
    r"(?i)\b(?:differen\w+|more|less|fewer|increas\w+|decreas\w+|rose|rise[ns]?|risen|fell|fall(?:en|s)?"
    r"|grew|grow(?:n|th|s)?|declin\w+|drop(?:ped|s)?|chang\w+|gap|higher|lower|"
    r"longer|shorter|later|earlier|after|before|between|sav(?:e[sd]?|ing|ings)|discount|reduc\w+"
    r"|remain\w*|left|exceed\w*|above|below|cheaper|dearer|heavier|lighter|wider|taller|up|down|than|by"
    r"|net|minus)\b"
)
_RATIO = re.compile(
    r"(?i)\b(?:times|twice|double[ds]?|triple[ds]?|half|ratio|per|each|average|as (?:much|many|large|high"
    r"|long)|fold|share|proportion|of (?:the|all|its|total)|rate|every|one in|a third|a quarter"
    r"|percentage)\b"
)
_PRODUCT = re.compile(
    r"(?i)\b(?:each|per|times|for|total\w*|together|altogether|cost[s]?|of|at|every|year(?:ly)?|annual(?:ly)?|month(?:ly)?)\b"
)
_AVERAGE = re.compile(r"(?i)\b(?:average[ds]?|mean)\b")
_COUNT = re.compile(
    r"(?i)\b(?:there (?:are|is|were)|number of|count|in all|has|have|lists?|includes?|offers?|comes? in|deliver|different|of the)\b"
)


@dataclass(frozen=True, slots=True)
class Derivation:
    """The formula, as a person would write it, and the figures it uses."""

    formula: str
    operands: tuple[FactSpan, ...]


@dataclass(frozen=True, slots=True)
class _Operand:
    figure: Figure
    segment: Segment
    alignment: float

    @property
    def written(self) -> str:
        return self.figure.span.shifted(-self.segment.span.start).of(self.segment.text)

    @property
    def place(self) -> FactSpan:
        return located(self.segment, self.figure.span)


def derive(statement: Statement, figure: Figure, near: Sequence[Candidate]) -> Derivation | None:
    """How `figure` follows from figures of the evidence by an operation that the claim's words ask for; None if it does not."""
    if figure.is_range or figure.ordinal:
        return None
    operands = _operands(statement, figure, near)
    words = statement.claim.statement
    for result, formula, used in [*_results(words, figure, operands), *_multiples(statement, figure, operands)]:
        if _fits(figure, result):
            written = statement_of(figure, statement)
            return Derivation(f"{formula} = {written}", tuple(operand.place for operand in used))
    return _days_between(statement, figure, near)


def statement_of(figure: Figure, statement: Statement) -> str:
    """The figure as the claim writes it."""
    return figure.span.shifted(-statement.start).of(statement.text)


def _operands(statement: Statement, figure: Figure, near: Sequence[Candidate]) -> list[_Operand]:
    found = [
        _Operand(other, candidate.segment, score)
        for candidate in near
        for other in candidate.segment.facts.figures
        if not other.is_range
        and not other.ordinal
        and (score := alignment(statement, figure.span, candidate.segment, other.span)) >= _LEAST_ALIGNMENT
    ]
    found.sort(key=lambda operand: (-operand.alignment, operand.segment.text, operand.figure.span))
    named = [
        _Operand(other, segment, 1.0)
        for segment in _named_rows(statement, near)
        for other in segment.facts.figures
        if other.unit
    ]
    return list({(operand.segment.passage, operand.figure.span): operand for operand in [*named, *found]}.values())[
        :_OPERANDS
    ]


def _named_rows(statement: Statement, near: Sequence[Candidate]) -> list[Segment]:
    """The fewest rows that together have the words of the claim that rows have: one for each thing that it names."""
    rows = [candidate.segment for candidate in near if candidate.segment.cells]
    wanted = {term for term in statement.own if any(term in row.own_terms for row in rows)}
    chosen: list[Segment] = []
    while wanted and rows:
        best = max(rows, key=lambda row: (len(wanted & row.own_terms), -len(row.own_terms), row.text))
        if not wanted & best.own_terms:
            break
        chosen.append(best)
        wanted -= best.own_terms
    return chosen[:_NAMED]


def _results(
    words: str, figure: Figure, operands: Sequence[_Operand]
) -> Iterator[tuple[Decimal, str, tuple[_Operand, ...]]]:
    """Candidate values in the claim's base unit, simplest operations first."""
    alike = [operand for operand in operands if operand.figure.unit == figure.unit or not operand.figure.unit]
    is_share = figure.unit in {SHARE, POINTS}
    if is_share:
        yield from _percentages(words, operands)
    if figure.unit == POINTS or not is_share:
        if _DIFFERENCE.search(words):
            yield from _differences(alike)
        if _SUM.search(words) and not is_share:
            yield from _sums(alike)
        if _AVERAGE.search(words):
            yield from _averages(alike)
    if not is_share and _RATIO.search(words):
        yield from _ratios(figure, operands)
    if not is_share and _PRODUCT.search(words):
        yield from _products(figure, operands)


def _differences(operands: Sequence[_Operand]) -> Iterator[tuple[Decimal, str, tuple[_Operand, ...]]]:
    for one, other in combinations(operands, 2):
        if one.figure.unit != other.figure.unit or one.figure.value == other.figure.value:
            continue
        larger, smaller = (one, other) if one.figure.value > other.figure.value else (other, one)
        yield larger.figure.value - smaller.figure.value, f"{larger.written} − {smaller.written}", (larger, smaller)


def _sums(operands: Sequence[_Operand]) -> Iterator[tuple[Decimal, str, tuple[_Operand, ...]]]:
    for size in (2, 3):
        for chosen in combinations(operands[:10], size):
            if len({operand.figure.unit for operand in chosen}) == 1:
                total = sum((operand.figure.value for operand in chosen), Decimal(0))
                yield total, " + ".join(operand.written for operand in chosen), chosen
    for column in _columns(operands):
        if len(column) > 3:
            total = sum((operand.figure.value for operand in column), Decimal(0))
            yield total, " + ".join(operand.written for operand in column), tuple(column)


def _averages(operands: Sequence[_Operand]) -> Iterator[tuple[Decimal, str, tuple[_Operand, ...]]]:
    groups = [list(chosen) for size in (2, 3) for chosen in combinations(operands[:8], size)]
    for group in [*groups, *_columns(operands)]:
        if len({operand.figure.unit for operand in group}) == 1:
            total = sum((operand.figure.value for operand in group), Decimal(0))
            terms = " + ".join(operand.written for operand in group)
            yield total / len(group), f"({terms}) / {len(group)}", tuple(group)


def _columns(operands: Sequence[_Operand]) -> list[list[_Operand]]:
    """Operands of one column, or one row, of a table, with totals left out by nobody: they are figures like others."""
    columns: dict[tuple[int, str], list[_Operand]] = {}
    for operand in operands:
        cell = operand.segment.cell_at(operand.figure.span)
        if cell is not None and cell.header:
            columns.setdefault((operand.segment.passage, cell.header), []).append(operand)
    return [sorted(column, key=lambda operand: operand.figure.span) for column in columns.values() if len(column) > 1]


def _percentages(words: str, operands: Sequence[_Operand]) -> Iterator[tuple[Decimal, str, tuple[_Operand, ...]]]:
    for new, old in permutations(operands, 2):
        if new.figure.unit != old.figure.unit or not old.figure.value:
            continue
        if _DIFFERENCE.search(words):
            change = abs(new.figure.value - old.figure.value) / abs(old.figure.value)
            yield change, f"({new.written} − {old.written}) / {old.written}", (new, old)
        if 0 < new.figure.value < old.figure.value:
            yield new.figure.value / old.figure.value, f"{new.written} / {old.written}", (new, old)
    if re.search(r"(?i)\b(?:total|rest|remain\w*|other|combined|together)\b", words):
        shares = [operand for operand in operands if operand.figure.unit == SHARE]
        for one, other in combinations(shares, 2):
            yield one.figure.value + other.figure.value, f"{one.written} + {other.written}", (one, other)
        for one in shares:
            yield 1 - one.figure.value, f"100 % − {one.written}", (one,)


def _ratios(figure: Figure, operands: Sequence[_Operand]) -> Iterator[tuple[Decimal, str, tuple[_Operand, ...]]]:
    for above, below in permutations(operands, 2):
        if not below.figure.value or below.figure.value == 1:
            continue
        same_unit = above.figure.unit == below.figure.unit
        if (same_unit and not figure.unit) or (above.figure.unit == figure.unit and not below.figure.unit):
            yield above.figure.value / below.figure.value, f"{above.written} / {below.written}", (above, below)


def _products(figure: Figure, operands: Sequence[_Operand]) -> Iterator[tuple[Decimal, str, tuple[_Operand, ...]]]:
    for one, other in permutations(operands, 2):
        if one.figure.unit == figure.unit and other.figure.unit in {"", SHARE} and other.figure.value not in {0, 1}:
            yield one.figure.value * other.figure.value, f"{one.written} × {other.written}", (one, other)


def _multiples(
    statement: Statement, figure: Figure, operands: Sequence[_Operand]
) -> Iterator[tuple[Decimal, str, tuple[_Operand, ...]]]:
    """So many times a figure of the evidence, where the claim says how many ("the two brackets cost EUR 39 together")."""
    for count in statement.facts.figures:
        if count.span == figure.span or count.unit or count.ordinal or count.is_label or not 1 < count.value <= 1000:
            continue
        for operand in operands:
            if figure.unit and operand.figure.unit == figure.unit:
                yield (
                    operand.figure.value * count.value,
                    f"{statement_of(count, statement)} × {operand.written}",
                    (operand,),
                )


def _fits(figure: Figure, result: Decimal) -> bool:
    """Whether the claim's figure is the result, rounded as far as it is written."""
    gap = abs(abs(figure.value) - abs(result))
    slack = max(figure.step / 2, abs(result) * Decimal("1e-9"))
    if figure.approximate:
        slack = max(slack, abs(result) * Decimal("0.05"))
    return gap <= slack and gap <= abs(result) * Decimal("0.05") and result != 0


def _calendar_day(moment: Moment) -> date | None:
    """The day, if the moment names one that exists."""
    if not (moment.year and moment.month and moment.day):
        return None
    try:
        return date(moment.year, moment.month, moment.day)
    except ValueError:
        return None


def _days_between(statement: Statement, figure: Figure, near: Sequence[Candidate]) -> Derivation | None:
    """Days from one date of the evidence to another."""
    day = Decimal(86_400)
    if figure.unit != "time" or figure.value % day or not _DIFFERENCE.search(statement.claim.statement):
        return None
    dated = [
        (day_of, moment, candidate.segment)
        for candidate in near
        for moment in candidate.segment.facts.moments
        if (day_of := _calendar_day(moment)) is not None
    ]
    for (one, first, here), (other, second, there) in permutations(dated[:10], 2):
        if (other - one).days * day == figure.value:
            places = (located(there, second.span), located(here, first.span))
            return Derivation(f"{places[0].text} − {places[1].text} = {statement_of(figure, statement)}", places)
    return None
