"""Fields by name: members of JSON objects, whole or cut, and lines of the form "name: value"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from server.domain import Span

# Strings are matched possessively, and to the end of the text if they do not end: one pass, whatever the text.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
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
    """The fields of some names, in the spelling of `field_name`; perhaps one inside another."""
    if not names or not (":" in text or "=" in text):
        return
    if '"' in text:
        yield from _members(names, text, 0)
        # A chunk may begin inside of a string, and every quote in it is then read as its opposite.
        yield from _members(names, text, text.find('"') + 1)
    for match in _LINE.finditer(text):
        name = field_name(match[1])
        if name in names:
            yield Found(name, Span(match.start(2), match.start(2) + len(match[2].rstrip())), is_member=False)


def _members(names: Collection[str], text: str, start: int) -> Iterator[Found]:
    """The members of objects; a value that is cut off reaches to the end of the text."""
    opened: list[tuple[int, str, int]] = []
    depth, name, last = 0, "", ""
    for token in _TOKEN.finditer(text, start):
        mark = token[0]
        if mark == ":":
            name = field_name(last) if last.startswith('"') else ""
            continue
        if name in names and mark not in ",]}":
            if mark in "{[":
                opened.append((depth, name, token.start()))
            else:
                yield Found(name, Span(*token.span()), is_member=True)
        name, last = "", mark
        if mark in "{[":
            depth += 1
        elif mark in "]}":
            depth -= 1
            while opened and opened[-1][0] >= depth:
                _, whose, begin = opened.pop()
                yield Found(whose, Span(begin, token.end()), is_member=True)
    yield from (Found(whose, Span(begin, len(text)), is_member=True) for _, whose, begin in opened)
