"""Evidence cut into statements, each with the words that say what it is about: its own, its headings', its column names'."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from server.domain import FactKind, Passage, Span
from server.stages.evidence import sentence_spans, terms
from server.stages.facts.entities import folded
from server.stages.facts.figures import Figure
from server.stages.facts.headers import (
    column_names,
    is_header,
    is_rule,
    names_columns,
    names_columns_again,
    names_columns_below_title,
)
from server.stages.facts.money import currency_of
from server.stages.facts.percentages import SHARE
from server.stages.facts.prefixes import without_prefix
from server.stages.facts.reading import Facts, joined, read_facts
from server.stages.facts.replaced import replaced_spans
from server.stages.facts.scales import scale_of


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table row: its span in the passage and the words of its column's name."""

    span: Span
    header: str


@dataclass(frozen=True)
class Segment:
    """A sentence, list item, table row or line of a record in passage number `passage`.

    `heading` is the text that says what it is about without being part of it: titles, headings, and the sentence before.
    `cells` are given for rows of tables, left to right, and `label` says which row it is. `is_blank` marks a field of a record
    without a value: it supports nothing, and may say that something has not happened.
    """

    passage: int
    span: Span
    text: str
    heading: str
    before: str = ""
    cells: tuple[Cell, ...] = ()
    label: str = ""
    is_blank: bool = False

    @cached_property
    def own_terms(self) -> frozenset[str]:
        """Stems of the words in it, its column names included."""
        return terms(" ".join([self.text, *(cell.header for cell in self.cells)]))

    @cached_property
    def turned_terms(self) -> frozenset[str]:
        """Stems of what its words are without a negating prefix: it is about the same matter, with the opposite sign."""
        return terms(" ".join(filter(None, map(without_prefix, re.findall(r"[^\W\d_]{6,}", self.text)))))

    @cached_property
    def context_terms(self) -> frozenset[str]:
        """Stems of the words around it that say what it is about."""
        return terms(f"{self.heading} {self.before}")

    @cached_property
    def whole(self) -> str:
        """All its words: its own, its column names', and those of what says what it is about."""
        return " ".join([self.heading, self.before, self.text, *(cell.header for cell in self.cells)])

    @cached_property
    def folded(self) -> str:
        """`whole` as names are looked up in it."""
        return folded(self.whole)

    @cached_property
    def facts(self) -> Facts:
        """The facts in it, with spans in the passage; a bare number takes the unit that its column's or field's name gives."""
        parts = [cell.span for cell in self.cells] or [self.span]
        facts = joined(read_facts(part.shifted(-self.span.start).of(self.text), part.start) for part in parts)
        return replace(facts, figures=tuple(self._with_unit(figure) for figure in facts.figures))

    @cached_property
    def replaced(self) -> frozenset[Span]:
        """Where those of its facts stand that it says no longer hold."""
        spans = [span.shifted(-self.span.start) for span in self.facts.spans]
        return frozenset(span.shifted(self.span.start) for span in replaced_spans(self.text, spans))

    def _with_unit(self, figure: Figure) -> Figure:
        cell = self.cell_at(figure.span)
        if cell and _IN_BRACKETS.fullmatch(cell.span.shifted(-self.span.start).of(self.text)):
            # Accounts write -25.0 as (25.0), and people read it out as 25.0.
            figure = replace(figure, value=-figure.value, high=-figure.value, otherwise=figure.value)
        if cell and not figure.is_scaled and figure.kind in {FactKind.NUMBER, FactKind.MONEY}:
            figure = replace(figure, exponent=scale_of(self._measures(cell), self.label))
        if figure.unit or figure.ordinal:
            return figure
        name = cell.header if cell else _field_name(self.text, figure.span.start - self.span.start)
        currency = currency_of(f" {name.replace('_', ' ')}")
        if currency:
            return replace(figure, kind=FactKind.MONEY, unit=currency, noun="")
        of_shares = "%" in name or "percent" in name.lower() or (cell and "%" in self.label)
        if of_shares and not (cell and self._writes_signs):
            share = replace(figure, kind=FactKind.PERCENTAGE, unit=SHARE, noun="", exponent=0)
            other = None if figure.otherwise is None else figure.otherwise / 100
            value, high, step = figure.value / 100, figure.high / 100, figure.step / 100
            return replace(share, value=value, high=high, step=step, otherwise=other)
        return replace(figure, noun="") if cell else figure

    def _measures(self, cell: Cell) -> tuple[str, ...]:
        """What may say in thousands or millions of what the cell counts, nearest first."""
        return cell.header, self.cells[0].header, self.before, self.heading

    @cached_property
    def _writes_signs(self) -> bool:
        """Whether a row writes the sign into its cells of percentages, so that those without are none, whatever heads them."""
        return any("%" in cell.span.shifted(-self.span.start).of(self.text) for cell in self.cells[1:])

    @cached_property
    def years(self) -> frozenset[int]:
        """Years named in it or its context."""
        return frozenset(int(year) for year in _YEAR.findall(f"{self.heading} {self.before} {self.text}"))

    @property
    def reading(self) -> str:
        """The statement as a person would read it out: a row with its column names."""
        if not any(cell.header for cell in self.cells):
            return self.text.strip(" |")
        cells = ((cell.header, cell.span.shifted(-self.span.start).of(self.text).strip()) for cell in self.cells)
        return "; ".join(f"{header}: {value}" if header else value for header, value in cells if value)

    def cell_at(self, span: Span) -> Cell | None:
        """The cell that holds `span`, if this is a row."""
        return next((cell for cell in self.cells if cell.span.start <= span.start and span.end <= cell.span.end), None)


def _field_name(text: str, before: int) -> str:
    """The name of the record's field whose value stands at `before` ("total_eur": 255.00); empty when it is no field."""
    name = _FIELD.search(text, 0, before)
    return name.group("name") if name else ""


_FIELD = re.compile(r"\"(?P<name>[\w -]+)\"\s*:\s*\"?$")
_ENTRY = re.compile(r"\s*(?:[-*•▪]\s+)?[A-Z][\w'’ -]{0,40}:\s+\S")
"""A line that names what it is about ("Lyon: from 4"): it belongs under what introduces the list, not to the line before."""
_EMPTY_FIELD = re.compile(r"^\s*\"[\w -]+\"\s*:\s*(?:null|\"\"|[\[{])?\s*,?\s*$")
_YEAR = re.compile(r"\b(?:1[5-9]|20|21)\d\d\b")
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*)")
_IN_BRACKETS = re.compile(r"[^\w(]*\(\s*[^\w(]*[\d.,]+\s*\)?\s*%?\s*\)?[^\w]*")
_TOTAL = "Total"
"""What the row without a label below others is in accounts."""


def cut_segments(passages: Sequence[Passage]) -> tuple[Segment, ...]:
    """Every statement of `passages`, in order."""
    return tuple(segment for index, passage in enumerate(passages) for segment in _segments(index, passage))


def _segments(index: int, passage: Passage) -> Iterator[Segment]:
    outer = " ".join([passage.attributes.title, *passage.heading_path, passage.context_prefix]).strip()
    if _is_separated(passage):
        yield from _separated(index, passage, outer)
        return
    tables, covered = _tables(index, passage, outer)
    headings: dict[int, str] = {}
    before = lead = ""
    found = list(tables)
    for start, end in sentence_spans(passage.text):
        if any(start < span.end and span.start < end for span in covered):
            before = ""
            continue
        text = passage.text[start:end]
        heading = _HEADING.match(text)
        if heading:
            level = len(heading.group(1))
            headings = {depth: title for depth, title in headings.items() if depth < level}
            headings[level] = heading.group(2)
            before = lead = ""
            if any(character.isdigit() for character in text) and not _asks(text):
                outside = [title for depth, title in headings.items() if depth < level]
                found.append(Segment(index, Span(start, end), text, " ".join([outer, *outside]).strip()))
            continue
        if not _asks(text) and any(letter.isalnum() for letter in text):
            context = " ".join([outer, *headings.values()]).strip()
            is_blank = bool(_EMPTY_FIELD.search(text))
            is_entry = bool(_ENTRY.match(text))
            found.append(
                Segment(index, Span(start, end), text, context, lead if is_entry else before, is_blank=is_blank)
            )
            lead = lead if is_entry else text
        before = text
    yield from sorted(found, key=lambda segment: segment.span)


def _asks(text: str) -> bool:
    """Whether `text` is a question, which says what follows is about, and states nothing itself."""
    return text.rstrip("\"'”’)*_ ").endswith(("?", "？"))


# --- Markdown tables ------------------------------------------------------------------------------------------------------------


def _tables(index: int, passage: Passage, outer: str) -> tuple[list[Segment], list[Span]]:
    """The rows of the passage's tables, and the spans of all their lines, header and rule included."""
    text = passage.text
    lines = [(match.start(), match.group()) for match in re.finditer(r"[^\r\n]+", text)]
    rows: list[Segment] = []
    covered: list[Span] = []
    headings: dict[int, str] = {}
    header: list[list[str]] = []
    group = time = ""
    inside = has_data = False
    for at, (start, line) in enumerate(lines):
        heading = _HEADING.match(line)
        if heading:
            headings = {depth: title for depth, title in headings.items() if depth < len(heading.group(1))}
            headings[len(heading.group(1))] = heading.group(2)
        if "|" not in line:
            inside = False
            continue
        covered.append(Span(start, start + len(line)))
        cells = _cell_spans(start, line)
        following = lines[at + 1] if at + 1 < len(lines) else (0, "")
        values = [cell.of(text).strip() for cell in cells]
        below = [cell.of(text).strip() for cell in _cell_spans(*following)]
        named = [value for value in values if value]
        if not inside and is_header(line, following[1]):
            header, group, time, has_data = [values], "", "", False
        elif inside and not has_data and _names_columns(values, header, below):
            header.append(values)
        elif inside and has_data and names_columns_again(values, below):
            header, group, time, has_data = [values], "", "", False
        elif inside and len(named) == 1 and not is_rule(line) and (values[0] or not re.search(r"\d", named[0])):
            if read_facts(named[0]).moments:
                time, group = named[0], ""
            else:
                group = named[0]
        elif not is_rule(line):
            names = column_names(header) if inside else _carried_header(passage, len(cells))
            header = header if inside else [names]
            context = " ".join([outer, *headings.values()]).strip()
            row = _row(index, text, Span(start, start + len(line)), cells, names, context)
            before = f"{time} {group}".strip()
            rows.append(replace(row, before=before, label=row.label or group or _TOTAL))
            has_data = True
        inside = True
    return _between_balances(rows), covered


def _names_columns(values: Sequence[str], header: Sequence[Sequence[str]], below: Sequence[str]) -> bool:
    """Whether a row under the first row of a table goes on naming its columns."""
    return names_columns(values) or (bool(header) and names_columns_below_title(values, header[-1], below))


def _between_balances(rows: Sequence[Segment]) -> list[Segment]:
    """The rows, those between the balances of two days ("Outstanding at 1 May 2025") with both days before them.

    What was granted, paid or written off between two balances belongs to the time between them.
    """
    placed = list(rows)
    opening = None
    for place, row in enumerate(rows):
        if not any(moment.day for moment in read_facts(row.label).moments):
            continue
        if opening is not None and _balance(rows[opening]) == _balance(row) and _balance(row):
            period = f"{rows[opening].label} – {row.label}"
            for between in range(opening + 1, place):
                placed[between] = replace(rows[between], before=f"{rows[between].before} {period}".strip())
        opening = place
    return placed


def _balance(row: Segment) -> frozenset[str]:
    """What the label of the row says beside the day."""
    return frozenset(term for term in terms(_without_moments(row.label)) if not term[0].isdigit())


def _without_moments(label: str) -> str:
    for moment in reversed(read_facts(label).moments):
        label = label[: moment.span.start] + label[moment.span.end :]
    return label


def _carried_header(passage: Passage, cells: int) -> list[str]:
    """The column names that the chunker put before the later part of a long table."""
    for line in reversed(passage.context_prefix.splitlines()):
        names = [name.strip() for name in line.strip().strip("|").split("|")]
        if len(names) == cells and not is_rule(line):
            return names
    return []


def _cell_spans(start: int, line: str) -> list[Span]:
    inner = re.search(r"\|?(.*?)\|?\s*$", line.rstrip())
    if inner is None:
        return []
    spans, at = [], start + inner.start(1)
    for piece in re.split(r"(?<!\\)\|", inner.group(1)):
        spans.append(Span(at, at + len(piece)))
        at += len(piece) + 1
    return spans


def _row(index: int, text: str, span: Span, cells: Sequence[Span], header: Sequence[str], context: str) -> Segment:
    named = tuple(Cell(cell, header[place] if place < len(header) else "") for place, cell in enumerate(cells))
    label = cells[0].of(text).strip() if cells else ""
    return Segment(index, span, span.of(text), context, cells=named, label=label)


# --- comma-separated values and records -------------------------------------------------------------------------------------------


def _is_separated(passage: Passage) -> bool:
    if passage.type == "csv":
        return True
    lines = [line for line in passage.text.splitlines() if line.strip()]
    counts = {line.count(",") for line in lines}
    return (
        len(lines) >= 2
        and len(counts) == 1
        and counts.pop() >= 2
        and not re.search(r"\d", lines[0])
        and ". " not in passage.text
    )


def _separated(index: int, passage: Passage, outer: str) -> Iterator[Segment]:
    lines = [(match.start(), match.group()) for match in re.finditer(r"[^\r\n]+", passage.text)]
    prefix = [line for line in passage.context_prefix.splitlines() if "," in line]
    first_is_header = bool(lines) and not re.search(r"\d{2}", lines[0][1]) and (not prefix or lines[0][1] == prefix[-1])
    written = lines[0][1] if first_is_header else prefix[-1] if prefix else ""
    header = [name.replace("_", " ") for name in _values(written)] if written else []
    for start, line in lines[1:] if first_is_header else lines:
        cells = _separated_cells(start, line)
        yield _row(index, passage.text, Span(start, start + len(line)), cells, header, outer)


def _values(line: str) -> list[str]:
    mark = max(",;\t", key=line.count)
    return next(csv.reader(io.StringIO(line), delimiter=mark), [])


def _separated_cells(start: int, line: str) -> list[Span]:
    mark = max(",;\t", key=line.count)
    spans, at, quoted = [], 0, False
    for place, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == mark and not quoted:
            spans.append(Span(start + at, start + place))
            at = place + 1
    return [*spans, Span(start + at, start + len(line))]
