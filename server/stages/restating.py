"""Puts the evidence's own wording of a fact into a claim before the model reads it.

That 3,200 ml are 3.2 litres is arithmetic, and was checked as such; whether the tank holds that much is for the model to judge.
Small language models judge the second well and the first badly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.domain import FactCheck, FactKind, FactOutcome

_NUMBER = re.compile(r"\d+")
_RESTATED = frozenset({FactKind.NUMBER, FactKind.MONEY, FactKind.PERCENTAGE, FactKind.DATE, FactKind.QUANTITY})


def restate(statement: str, checks: Sequence[FactCheck]) -> str:
    """`statement` with each fact that the evidence bears out in other words put in the evidence's words.

    A fact that does not stand in `statement` exactly once, or that the evidence writes with less (a bare number of a table), stays.
    """
    for check in checks:
        if check.outcome is not FactOutcome.MATCH or check.kind not in _RESTATED or len(check.in_evidence) != 1:
            continue
        said, written = check.in_claim.text, " ".join(check.in_evidence[0].text.split())
        says_less = _is_vaguer if check.kind is FactKind.DATE else _says_less
        if said.casefold() == written.casefold() or statement.count(said) != 1 or says_less(written, said):
            continue
        statement = statement.replace(said, written)
    return statement


def _is_vaguer(written: str, said: str) -> bool:
    """Whether `written` leaves out a part of the date `said`, such as its year: it has fewer numbers."""
    return len(_NUMBER.findall(written)) < len(_NUMBER.findall(said))


def _says_less(written: str, said: str) -> bool:
    """Whether `written` is a bare number where `said` has a unit, or carries a sign that the claim puts in words."""
    bare = not any(letter.isalpha() or letter in "%€$£¥°" for letter in written)
    return written.startswith(("-", "−")) or (bare and any(letter.isalpha() or letter in "%€$£¥°" for letter in said))
