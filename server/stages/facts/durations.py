"""Times in words that are no number before a unit: "half an hour", "a year and a half"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from server.domain import FactKind, Span
from server.stages.facts.figures import Figure
from server.stages.facts.quantities import unit_after

_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_UNIT = r"(?P<unit>hours?|days?|weeks?|months?|years?|minutes?|decades?|centur(?:y|ies))"
_HALVES = (
    re.compile(rf"(?i)(?<!and a )(?<!-)\bhalf(?: of)? an? {_UNIT}\b"),
    re.compile(rf"(?i)\b(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)}) {_UNIT} and a half\b"),
)
_ONE = re.compile(
    r"(?i)\b(?:for|within|after|lasts?|takes?) (?P<one>an? (?P<unit>hour|day|week|month|year))"
    r"(?=\s*(?:[.,;:)!?]|$)|\s+(?:after|before|of|if|from|to|and(?! a half)|or|in|on|at|by|until|when)\b)"
)
"""One of a unit, where it says how long: "for a day", but not "a day trip" or "twice a day"."""
_HALF = Decimal("0.5")


def find_durations(text: str) -> Iterator[Figure]:
    """The durations of `text` that end in a half, or are one, and single units in words ("for a day")."""
    for match in _ONE.finditer(text):
        unit = unit_after(text, match.start("unit"))
        if unit is not None:
            value = unit[1].factor
            span = Span(*match.span("one"))
            yield Figure(
                FactKind.QUANTITY, span, value, value, value, unit[1].dimension, is_word=True, written=Decimal(1)
            )
    for pattern in _HALVES:
        for match in pattern.finditer(text):
            unit = unit_after(text, match.start("unit"))
            if unit is None:
                continue
            count = (match.groupdict().get("count") or "").lower()
            number = (Decimal(_COUNTS.get(count) or int(count)) if count else Decimal(0)) + _HALF
            value, step = number * unit[1].factor, _HALF * unit[1].factor
            span = Span(*match.span())
            yield Figure(FactKind.QUANTITY, span, value, value, step, unit[1].dimension, is_word=True, written=number)
