"""Percentages, percentage points, per mille and basis points."""

from __future__ import annotations

import re
from decimal import Decimal

_AFTER = re.compile(
    r"[ \u00a0\u202f-]?(?:(?P<points>(?:percentage|percent|per cent|%)[ -]points?\b|pp\b|p\.p\.)"
    r"|(?P<percent>%|％|per\s?cent\b|percent\b|pct\b)"
    r"|(?P<basis>basis points?\b|bps?\b)|(?P<mille>‰|per mille\b))",
    re.IGNORECASE,
)

SHARE = "share"
"""The unit of percentages: their value is a fraction, so that 10 % and one tenth are equal."""
POINTS = "percentage points"
"""The unit of differences between percentages: 2 percentage points are not 2 %."""


def percent_after(text: str, end: int) -> tuple[int, str, Decimal] | None:
    """Where the sign right after `end` ends, the unit, and the factor to a fraction; None when there is no such sign."""
    match = _AFTER.match(text, end)
    if match is None:
        return None
    if match.group("points"):
        return match.end(), POINTS, Decimal("0.01")
    if match.group("basis"):
        return match.end(), POINTS, Decimal("0.0001")
    return match.end(), SHARE, Decimal("0.001") if match.group("mille") else Decimal("0.01")
