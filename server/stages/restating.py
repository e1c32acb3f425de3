"""Puts the evidence's own wording into a claim before the model reads it: of facts, of everyday words, of what "only" rules out.

That 3,200 ml are 3.2 litres is arithmetic, and was checked as such; whether the tank holds that much is for the model to judge.
Small language models judge the second well and the first badly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.domain import FactCheck, FactKind, FactOutcome
from server.stages.evidence import terms
from server.stages.synonyms import in_words_of

_TIME = re.compile(r"(?i)\d:\d\d|\d\s?[ap]\.?m\b")
_NUMBER = re.compile(r"\d+")
_DENIED = re.compile(
    r"(?i)\b(?P<how>by|via|through|in|on|at|for|to|with)\s+(?P<kept>(?:the\s+)?[\w-]+(?:\s+[\w-]+)?)"
    r"(?P<addition>,?\s+(?:and\s+)?(?:but\s+)?not\s+(?:(?P=how)\s+)?(?P<denied>[\w-]+(?:\s+[\w-]+){0,2}))(?=\s*(?:[.,;:!?]|$))"
)
"""One way and another that is denied: "by e-mail, not by post"."""
_NEAREST = 3
"""Statements whose words a claim is put in."""
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


def reworded(statement: str, nearest: Sequence[str]) -> str:
    """`statement` in the words of the evidence nearest to it, best first: with its synonyms, without what its "only" rules out.

    "Sent by e-mail, not by post" says no more than "sent by e-mail only": the second half is left to the first. And where only
    managers may approve, managers may.
    """
    evidence = " ".join(nearest[:_NEAREST])
    for denied in _DENIED.finditer(statement):
        kept = re.escape(" ".join([denied["how"], denied["kept"]]))
        is_only = re.search(rf"(?i)\b(?:only|exclusively|solely)\s+{kept}\b|\b{kept}\s+only\b", evidence)
        if is_only and not terms(denied["denied"]) & terms(evidence):
            statement = statement.replace(denied["addition"], "")
            break
    body = statement.strip().rstrip(".!")
    if body and re.search(rf"(?i)\bonly\s+{re.escape(body)}", evidence):
        statement = f"Only {body[0].lower()}{body[1:]}."
    return in_words_of(statement, evidence)


def _is_vaguer(written: str, said: str) -> bool:
    """Whether `written` leaves out a part of the date `said`, such as its year: it has fewer numbers, and is no time in words."""
    return not _TIME.search(said) and len(_NUMBER.findall(written)) < len(_NUMBER.findall(said))


def _says_less(written: str, said: str) -> bool:
    """Whether `written` is a bare number where `said` has a unit, or carries a sign that the claim puts in words."""
    bare = not any(letter.isalpha() or letter in "%€$£¥°" for letter in written)
    return written.startswith(("-", "−")) or (bare and any(letter.isalpha() or letter in "%€$£¥°" for letter in said))
