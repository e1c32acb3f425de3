"""Ages: numbers that leave "years" out ("children under six", "aged 16 or over"), and somebody of an age ("a five-year-old")."""

from __future__ import annotations

import re

from server.domain import Span

_SIDE = r"(?:under|over|above|below|up to|from|at least|older than|younger than)\s+(?:the\s+age\s+of\s+)?"
_WHOSE = (
    r"child(?:ren)?|kids?|people|persons?|adults?|passengers?|guests?|visitors?|anyone|everyone|pupils?|students?|members?|residents?"
    r"|patients?|women|men|riders?|drivers?|applicants?|boys|girls|teenagers?"
)
_BEFORE = re.compile(
    rf"(?i)\b(?:(?:{_WHOSE})(?:\s+who\s+are)?\s+(?:aged\s+)?{_SIDE}|aged\s+(?:{_SIDE})?|(?<!under )(?<!over )the\s+age\s+of\s+)$"
)
_OLD = re.compile(r"(?i)[ -]olds?\b")
_LOOKED_BACK = 60
OLDEST = 120
"""Years."""


def is_age(text: str, number: Span) -> bool:
    """Whether the number, which has no unit and counts nothing, is somebody's age."""
    return bool(_BEFORE.search(text[max(0, number.start - _LOOKED_BACK) : number.start]))


def is_somebody_of(text: str, years: Span) -> bool:
    """Whether the years are those of somebody, to whom a rule may apply: "a five-year-old"."""
    return bool(_OLD.match(text, years.end))
