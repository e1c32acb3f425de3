"""JSON and JSON Lines: every record its own chunk, under the path that leads to it; the text stays the source."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from chunkers.decoding import decode
from chunkers.document import Block, ChunkKind, DocumentType, Parsed, cover, trim
from chunkers.errors import Unreadable, UnreadableDocument

DEEPEST = 200
"""Levels of nesting; RFC 8259 lets a reader set such a limit."""

_TOKEN = re.compile(r'[{}\[\],:]|"(?:[^"\\]|\\.)*+"|[^\s{}\[\],:"]+', re.DOTALL)
_SMALL = 1_200
"""An object up to this many characters is one record; a larger one is opened and its members stand alone."""
_NAMING = re.compile(r"(?:.*[_ -])?(?:id|name|title|number|key|code|sku|email)$", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z]{1,8}[-_/#]\d[\w-]*$")
_MOST_NAMES = 3
_CAMEL_NAMING = re.compile(r".*(?:Id|Name|Title|Number|Key|Code)$")
_LONGEST_NAME = 80


@dataclass(slots=True)
class _Value:
    """A JSON value: its span with its key or position, and the values inside."""

    label: str
    start: int
    value_start: int
    end: int = 0
    opener: str = ""
    members: list["_Value"] = field(default_factory=list)


def parse(data: bytes) -> Parsed:
    """Parse one JSON value, or JSON Lines; the text is the decoded source, unchanged.

    Raises UnreadableDocument: MALFORMED with line and column, TRUNCATED, TOO_DEEP past 200 levels.
    """
    text, warnings = decode(data)
    values = _scan(text)
    _validate(text, values)
    several = len(values) > 1
    leaves = [leaf for value in values for leaf in _leaves(text, value, (value.label,) if several else ())]
    starts = [0, *(leaf.start for leaf in leaves[1:]), len(text)]
    blocks = []
    for leaf, (first, stop) in zip(leaves, pairwise(starts), strict=True):
        start, end = trim(text, first, stop)
        seams = tuple(seam for seam in leaf.seams if start < seam < end)
        blocks.append(
            Block(start, end, ChunkKind.RECORD, leaf.path, leaf.owner, leaf.name, seams=seams, alone=leaf.alone)
        )
    return Parsed(DocumentType.JSON, text, cover(text, blocks), warnings=warnings)


@dataclass(frozen=True, slots=True)
class _Leaf:
    start: int
    path: tuple[str, ...]
    owner: str
    name: str
    seams: tuple[int, ...]
    alone: bool


def _scan(text: str) -> list[_Value]:
    """Return the top values; structure is checked only as far as the spans need it."""
    top = _Value("", 0, 0, opener="top")
    stack = [top]
    key: re.Match[str] | None = None
    last: re.Match[str] | None = None
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark == ":":
            key = last
        elif mark in "}]":
            if len(stack) > 1:
                stack.pop().end = token.end()
        elif mark != ",":
            inside = stack[-1]
            if inside.opener != "{" or key:
                label = _unquoted(key[0]) if key else f"[{len(inside.members)}]"
                value = _Value(label, key.start() if key else token.start(), token.start(), token.end())
                inside.members.append(value)
                key = None
                if mark in "{[":
                    value.opener = mark
                    stack.append(value)
            if len(stack) > DEEPEST + 1:
                line = text.count("\n", 0, token.start()) + 1
                raise UnreadableDocument(
                    Unreadable.TOO_DEEP, f"line {line} is nested more than {DEEPEST} levels deep; flatten the records"
                )
        last = token
    if len(stack) > 1:
        raise UnreadableDocument(
            Unreadable.TRUNCATED,
            f"the text ends with {len(stack) - 1} open brackets; the last opens at {stack[-1].value_start}",
        )
    return top.members


def _validate(text: str, values: list[_Value]) -> None:
    """Check every top value against RFC 8259; several values are JSON Lines."""
    position = 0
    for value in values:
        _loads(text, position, value.end)
        position = value.end
    if not values or text[position:].strip():
        _loads(text, position, len(text))


def _loads(text: str, start: int, end: int) -> None:
    try:
        json.loads(text[start:end])
    except json.JSONDecodeError as error:
        offset = start + error.pos
        line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
        truncated = offset >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        raise UnreadableDocument(
            Unreadable.TRUNCATED if truncated else Unreadable.MALFORMED,
            f"not JSON at line {line}, column {column}: {error.msg}",
        ) from None


class _Visit(NamedTuple):
    """A value to be read: the path to it, where its text begins, and what names the objects around it."""

    value: _Value
    path: tuple[str, ...]
    start: int
    owner: tuple[str, ...]


def _leaves(text: str, top: _Value, path: tuple[str, ...]) -> Iterator[_Leaf]:
    """Yield what becomes a block: small objects whole, large ones member by member, runs of scalars together."""
    waiting = [_Visit(top, path, top.start, ())]
    while waiting:
        visit = waiting.pop()
        value = visit.value
        if not value.opener or _is_record(value):
            yield _leaf(text, visit)
            continue
        owner = (*visit.owner, *_names(text, value.members))
        inner: list[_Visit] = []
        for index, member in enumerate(value.members):
            start = visit.start if index == 0 else member.start
            if member.members:
                inner.append(_Visit(member, (*visit.path, member.label), start, owner))
            elif inner and not inner[-1].value.opener:
                inner[-1].value.members.append(member)
            else:
                run = _Value("", member.start, member.value_start, members=[member])
                inner.append(_Visit(run, visit.path, start, visit.owner))
        waiting.extend(reversed(inner))


def _is_record(value: _Value) -> bool:
    scalars_only = not any(member.members for member in value.members)
    return scalars_only or (value.opener == "{" and value.end - value.value_start <= _SMALL)


def _leaf(text: str, visit: _Visit) -> _Leaf:
    value = visit.value
    members = value.members or [value]
    owner, name = ", ".join(visit.owner[-_MOST_NAMES:]), ", ".join(_names(text, members))
    seams = tuple(member.start for member in members)
    return _Leaf(visit.start, visit.path, owner, name, seams, bool(value.opener))


def _names(text: str, members: list[_Value]) -> list[str]:
    """Return the members that say which thing an object is about, such as its number and its customer's."""
    names = []
    for member in members:
        short = not member.opener and member.end - member.value_start <= _LONGEST_NAME
        value = _unquoted(text[member.value_start : member.end]) if short else ""
        named = _NAMING.match(member.label) or _CAMEL_NAMING.match(member.label) or _IDENTIFIER.match(value)
        if value and named and not member.label.startswith("["):
            names.append(f"{member.label}: {value}")
    return names[:_MOST_NAMES]


def _unquoted(literal: str) -> str:
    if not literal.startswith('"'):
        return literal
    try:
        return str(json.loads(literal))
    except json.JSONDecodeError:
        return literal.strip('"')


@dataclass(frozen=True, slots=True)
class RecordLeaf:
    """A plain value inside a field of a record.

    `path` leads to it from the record, such as "lines[0].sku"; `literal` is the value as JSON writes it; characters
    [start, end) of the record's text hold it, with its key if it has one.
    """

    path: str
    literal: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RecordField:
    """A field of a record, `"name": value`, at characters [start, end) of the record's text; `leaves` are in order."""

    name: str
    start: int
    end: int
    literal: str
    leaves: tuple[RecordLeaf, ...]


def record_fields(text: str) -> tuple[RecordField, ...]:
    """The fields of a JSON text that is one object, in order; none when it is anything else.

    Raises UnreadableDocument for what `parse` refuses.
    """
    values = _scan(text)
    if len(values) != 1 or values[0].opener != "{":
        return ()
    _validate(text, values)
    return tuple(
        RecordField(
            name=member.label,
            start=member.start,
            end=member.end,
            literal=text[member.value_start : member.end],
            leaves=tuple(_plain_values(text, member)),
        )
        for member in values[0].members
    )


def _plain_values(text: str, field_value: _Value) -> Iterator[RecordLeaf]:
    waiting = [(field_value.label, field_value)]
    while waiting:
        path, value = waiting.pop()
        if value.members:
            mark = "" if value.opener == "[" else "."
            waiting.extend((f"{path}{mark}{member.label}", member) for member in reversed(value.members))
        else:
            yield RecordLeaf(path, text[value.value_start : value.end], value.start, value.end)
