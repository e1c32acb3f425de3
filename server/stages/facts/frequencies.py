"""How often something happens: "twice a day", "every second week"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from server.domain import FactKind, Span
from server.stages.facts.figures import Figure

_TIMES = {"once": 1, "twice": 2, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_NTH = {"other": 2, "second": 2, "third": 3, "fourth": 4, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_DAYS = {"hour": Decimal(1) / 24, "day": Decimal(1), "week": Decimal(7)}
_MONTHS = {"month": Decimal(1), "quarter": Decimal(3), "year": Decimal(12)}
_PERIOD = "|".join((*_DAYS, *_MONTHS))
_SO_OFTEN = re.compile(
    rf"(?i)\b(?:(?P<times>once|twice)|(?P<count>\d{{1,3}}|{'|'.join(list(_TIMES)[2:])})\s+times)"
    rf"\s+(?:an?|per|each|every)\s+(?P<period>{_PERIOD})\b"
)
_ADVERBS = {
    "hourly": ("hour", 1),
    "daily": ("day", 1),
    "nightly": ("day", 1),
    "weekly": ("week", 1),
    "fortnightly": ("week", 2),
    "monthly": ("month", 1),
    "quarterly": ("quarter", 1),
    "yearly": ("year", 1),
    "annually": ("year", 1),
}
_ADVERB = re.compile(
    rf"(?i)\b(?:(?P<count>twice|three times) )?(?P<adverb>{'|'.join(_ADVERBS)})"
    r"(?=\s*(?:[.,;:)!?]|$)|\s+(?:at|by|on|in|and|or|for|to|from|with|until|before|after|during)\b)"
)
"""How often as an adverb; before a noun ("the weekly report") it says what something is called."""
_EVERY = re.compile(rf"(?i)\bevery\s+(?P<nth>\d{{1,3}}|{'|'.join(_NTH)})\s+(?P<period>{_PERIOD})s?\b")


def find_frequencies(text: str) -> Iterator[Figure]:
    """The frequencies of `text`, in times per day, or per month where the period has no fixed number of days."""
    for match in _SO_OFTEN.finditer(text):
        times = (match.group("times") or match.group("count")).lower()
        yield _frequency(match, Decimal(_TIMES.get(times) or int(times)))
    for match in _EVERY.finditer(text):
        nth = match.group("nth").lower()
        every = _NTH.get(nth) or int(nth)
        if every:
            yield _frequency(match, Decimal(1) / every)
    for match in _ADVERB.finditer(text):
        period, every = _ADVERBS[match.group("adverb").lower()]
        times = _TIMES.get((match.group("count") or "once").split()[0].lower(), 1)
        yield replace(_frequency(match, Decimal(times) / every, period), is_word=True)


def _frequency(match: re.Match[str], times: Decimal, period: str = "") -> Figure:
    period = period or match.group("period").lower()
    unit, length = ("times per day", _DAYS[period]) if period in _DAYS else ("times per month", _MONTHS[period])
    value = times / length
    return Figure(FactKind.QUANTITY, Span(*match.span()), value, value, Decimal("1e-9"), unit)
