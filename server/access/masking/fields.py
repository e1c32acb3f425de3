"""Fields by name: members of JSON objects, whole or cut, and lines of the form "name: value"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from server.domain import Span

_MEMBER = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*')
_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*"?|[^\s,\]}"]+')
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]')
_LINE = re.compile(r"^[ \t>*|-]*([A-Za-z][\w .-]{0,60}?)[*]*[ \t]*[:=][ \t]*[*]*[ \t]*(\S[^\n]*)$", re.MULTILINE)


def field_name(name: str) -> str:
    """A name in the one spelling that names are compared in: "Date of Birth", "date_of_birth" and "dateOfBirth" are one."""
    return re.sub(r"[\W_]", "", name).lower()


@dataclass(frozen=True, slots=True)
class Found:
    """A field with where its value stands; that of a member of a JSON object has its quotes or brackets."""

    name: str
    value: Span
    is_member: bool


def find_fields(names: Collection[str], text: str) -> Iterator[Found]:
    """The fields of some names, in the spelling of `field_name`."""
    for match in _MEMBER.finditer(text):
        name = field_name(match[1])
        if name in names and (value := _value(text, match.end())):
            yield Found(name, value, is_member=True)
    for match in _LINE.finditer(text):
        name = field_name(match[1])
        if name in names:
            yield Found(name, Span(match.start(2), match.start(2) + len(match[2].rstrip())), is_member=False)


def _value(text: str, start: int) -> Span | None:
    """The JSON value at a place; one that is cut off reaches to the end of the text."""
    if text[start : start + 1] not in ("{", "["):
        scalar = _SCALAR.match(text, start)
        return Span(*scalar.span()) if scalar else None
    depth = 0
    for token in _BRACKET.finditer(text, start):
        depth += (token[0] in "{[") - (token[0] in "]}")
        if depth == 0:
            return Span(start, token.end())
    return Span(start, len(text))
