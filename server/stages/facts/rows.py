"""Words that a claim gives to one row of a table, and the table to another: "the customer pays" where it says "the seller"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan, Span
from server.stages.evidence import terms
from server.stages.facts.alignment import Statement
from server.stages.facts.comparison import Candidate, FactResult
from server.stages.facts.segments import Segment

_NAMES_THE_ROW = 0.6
"""The share of a label's words that a claim about its row has."""
_CLEARLY = 0.25
"""How much better than any other row's its own label fits such a claim."""
_VALUE = re.compile(r"[^,;()|]+")


def misplaced_values(statement: Statement, near: Sequence[Candidate]) -> Iterator[FactResult]:
    """A MISMATCH for each value of the claim that stands in the right column, but in another row than the claim's."""
    rows = [candidate.segment for candidate in near if len(candidate.segment.cells) > 1]
    wanted = terms(f"{statement.asked} {statement.claim.statement}")
    row = _named_row(wanted, rows)
    if row is None:
        return
    own = terms(" ".join([row.text, *(cell.header for cell in row.cells)]))
    for column in range(1, len(row.cells)):
        mine = _value(row, column)
        if not mine or terms(mine) & wanted:
            continue
        for other in rows:
            value = _value(other, column) if _alike(row, other, column) else ""
            words = terms(value)
            if words and words <= wanted and not words & own:
                yield _mismatch(statement, row, column, value)
                break


def _named_row(wanted: frozenset[str], rows: Sequence[Segment]) -> Segment | None:
    """The row whose label the claim has, if it has no other's as well."""
    ranked = sorted(((_share(wanted, row), row.text, row) for row in rows), key=lambda each: (-each[0], each[1]))
    if not ranked or ranked[0][0] < _NAMES_THE_ROW:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _CLEARLY:
        return None
    return ranked[0][2]


def _share(wanted: frozenset[str], row: Segment) -> float:
    label = terms(row.label)
    return len(label & wanted) / len(label) if label else 0.0


def _alike(row: Segment, other: Segment, column: int) -> bool:
    return (
        other is not row
        and other.passage == row.passage
        and column < len(other.cells)
        and other.cells[column].header == row.cells[column].header
    )


def _value(row: Segment, column: int) -> str:
    """What the cell says before any comma or bracket; empty when it has figures, which are compared as such."""
    text = row.cells[column].span.shifted(-row.span.start).of(row.text)
    value = _VALUE.search(text)
    return "" if value is None or any(letter.isdigit() for letter in value.group()) else value.group().strip()


def _mismatch(statement: Statement, row: Segment, column: int, value: str) -> FactResult:
    words = [re.escape(word) for word in value.split()]
    said = re.search(r"(?i)\b" + r"\s+".join(words) + r"\b", statement.text)
    span = Span(*said.span()) if said else Span(0, len(statement.text))
    claimed = FactSpan(span.shifted(statement.start), span.of(statement.text))
    cell = row.cells[column].span
    text = cell.shifted(-row.span.start).of(row.text)
    blank = len(text) - len(text.lstrip())
    found = Span(cell.start + blank, cell.start + len(text.rstrip()))
    place = FactSpan(found, found.shifted(-row.span.start).of(row.text), row.passage)
    return FactResult(FactCheck(FactKind.ENTITY, FactOutcome.MISMATCH, claimed, (place,)), 1.0, row)
