"""Comparatives and superlatives that figures of the evidence decide: "A is heavier than B", "High is the loudest level"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan, Span
from server.stages.evidence import terms
from server.stages.facts.alignment import Statement
from server.stages.facts.comparison import Candidate, FactResult, located
from server.stages.facts.figures import Figure
from server.stages.facts.segments import Segment

_MORE, _LESS = 1, -1
_STEMS = {
    "heavi": ("mass", _MORE), "light": ("mass", _LESS), "long": ("", _MORE), "short": ("", _LESS), "tall": ("length", _MORE),
    "wide": ("length", _MORE), "narrow": ("length", _LESS), "deep": ("length", _MORE), "high": ("", _MORE), "low": ("", _LESS),
    "larg": ("", _MORE), "big": ("", _MORE), "great": ("", _MORE), "small": ("", _LESS), "loud": ("sound", _MORE),
    "quiet": ("sound", _LESS), "cheap": ("money", _LESS), "dear": ("money", _MORE), "warm": ("temperature", _MORE),
    "hot": ("temperature", _MORE), "cold": ("temperature", _LESS), "cool": ("temperature", _LESS),
}  # fmt: skip
"""The dimension that an adjective compares by ("" any), and whether more of it is meant."""
_COMPARATIVE = re.compile(
    r"(?i)\b(?:(?P<stem>heavi|light|long|short|tall|wide?|narrow|deep|high|low|larg|bigg?|great|small|loud|quiet|cheap|dear|warm|hott?"
    r"|cold|cool)e?r|(?P<many>more|less|fewer)(?P<costly> expensive)?)\b[^.;]*?\bthan\s+(?P<other>[^.,;]+)"
)
_SUPERLATIVE = re.compile(
    r"(?i)\bthe\s+(?:(?P<stem>heavi|light|long|short|tall|wide?|narrow|deep|high|low|larg|bigg?|great|small|loud|quiet|cheap|dear|warm"
    r"|hott?|cold|cool)est|(?P<many>most|least|fewest)(?P<costly> expensive)?)\b"
)


def compared_figures(statement: Statement, near: Sequence[Candidate]) -> Iterator[FactResult]:
    """DERIVED or MISMATCH for a comparison whose two sides, or a superlative whose column, the evidence has in figures."""
    rows = [candidate.segment for candidate in near if len(candidate.segment.cells) > 1]
    comparative = _COMPARATIVE.search(statement.text)
    if comparative and not any(
        comparative.start() <= each.span.start - statement.start < comparative.end() for each in statement.facts.figures
    ):
        yield from _against_another(statement, comparative, rows)
        return
    superlative = _SUPERLATIVE.search(statement.text)
    if superlative:
        yield from _against_all(statement, superlative, rows)


def _sense(match: re.Match[str]) -> tuple[str, int]:
    if match.group("many"):
        return (
            "money" if match.group("costly") else "",
            _LESS if match.group("many").lower() in {"less", "fewer", "least", "fewest"} else _MORE,
        )
    stem = match.group("stem").lower()
    return _STEMS.get(stem) or _STEMS.get(stem.rstrip("e")) or _STEMS[stem[:-1]]


def _against_another(statement: Statement, match: re.Match[str], rows: Sequence[Segment]) -> Iterator[FactResult]:
    dimension, sign = _sense(match)
    mine = _row_of(terms(statement.text[: match.start()]), rows)
    theirs = _row_of(terms(match.group("other")), rows)
    if mine is None or theirs is None or mine is theirs or mine.passage != theirs.passage:
        return
    for column in range(1, len(mine.cells)):
        one, other = _figure(mine, column, dimension), _figure(theirs, column, dimension)
        if one is None or other is None or not _is_meant(mine, column, dimension, statement):
            continue
        holds = (one.value - other.value) * sign > 0
        yield _result(statement, match, holds, ((mine, one), (theirs, other)), ">" if sign > 0 else "<")
        return


def _against_all(statement: Statement, match: re.Match[str], rows: Sequence[Segment]) -> Iterator[FactResult]:
    dimension, sign = _sense(match)
    without = statement.text[: match.start()] + statement.text[match.end() :]
    mine = _row_of(terms(without), rows)
    if mine is None:
        return
    for column in range(1, len(mine.cells)):
        own = _figure(mine, column, dimension)
        if own is None or not _is_meant(mine, column, dimension, statement):
            continue
        others = [
            (row, figure)
            for row in rows
            if row.passage == mine.passage
            and row is not mine
            and (figure := _figure(row, column, dimension)) is not None
        ]
        if not others:
            continue
        best = max(others, key=lambda each: each[1].value * sign)
        yield _result(
            statement, match, (own.value - best[1].value) * sign > 0, ((mine, own), best), ">" if sign > 0 else "<"
        )
        return


def _row_of(words: frozenset[str], rows: Sequence[Segment]) -> Segment | None:
    """The one row whose whole label stands among `words`."""
    named = [row for row in rows if (label := terms(row.label)) and label <= words]
    most = max((len(terms(row.label)) for row in named), default=0)
    named = [row for row in named if len(terms(row.label)) == most]
    return named[0] if len(named) == 1 else None


def _figure(row: Segment, column: int, dimension: str) -> Figure | None:
    """The one figure of the cell, if it is of the dimension."""
    if column >= len(row.cells):
        return None
    cell = row.cells[column].span
    inside = [each for each in row.facts.figures if cell.start <= each.span.start and each.span.end <= cell.end]
    if len(inside) != 1 or inside[0].is_range:
        return None
    unit = inside[0].unit
    fits = (
        not dimension
        or unit == dimension
        or (dimension == "money" and inside[0].kind is FactKind.MONEY)
        or unit.startswith(dimension)
    )
    return inside[0] if fits else None


def _is_meant(row: Segment, column: int, dimension: str, statement: Statement) -> bool:
    """Whether the comparison is by this column: its dimension says so, or its name, or a figure of it stands in the claim."""
    if dimension:
        return True
    if terms(row.cells[column].header) & terms(statement.text):
        return True
    values: set[Decimal] = {each.value for each in statement.facts.figures}
    own = _figure(row, column, "")
    return own is not None and own.value in values


def _result(
    statement: Statement,
    match: re.Match[str],
    holds: bool,
    sides: tuple[tuple[Segment, Figure], tuple[Segment, Figure]],
    sign: str,
) -> FactResult:
    places = tuple(located(row, figure.span) for row, figure in sides)
    claimed = FactSpan(Span(*match.span()).shifted(statement.start), match.group())
    outcome = FactOutcome.DERIVED if holds else FactOutcome.MISMATCH
    formula = f"{places[0].text} {sign} {places[1].text}" if holds else ""
    return FactResult(FactCheck(FactKind.COMPARISON, outcome, claimed, places, formula), 1.0, sides[0][0])
