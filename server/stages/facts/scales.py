"""In what a table counts: a header such as "(in thousands)" or "€m" scales the bare figures below it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CURRENCY = r"(?:[$€£¥]|\b(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK|RM|Rs)\b)"
_SCALES = (
    (9, re.compile(rf"(?i)\b(?:billions?|bn)\b|{_CURRENCY}\s?bn?\b")),
    (6, re.compile(rf"(?i)\b(?:millions?|mio|mln|mn)\b|{_CURRENCY}\s?m\b|\bm\s?{_CURRENCY}")),
    (3, re.compile(rf"(?i)\bthousands?\b|(?<![\d,.])['’‘`]?000s?\b|{_CURRENCY}\s?k\b")),
)
_UNSCALED = re.compile(r"(?i)\bper\b|%|\bpercent|\bratio\b|\brates?\b")
"""Rows that such a header does not mean: "in millions, except per share amounts"."""


def scale_of(names: Iterable[str], label: str) -> int:
    """The power of ten that the first of `names` to give one puts on the figures of the row `label`; 0 when none does."""
    if _UNSCALED.search(label):
        return 0
    for name in names:
        for exponent, pattern in _SCALES:
            if pattern.search(name):
                return exponent
    return 0
