"""Whether what a claim quotes stands in the evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan, Span
from server.stages.facts.alignment import Statement
from server.stages.facts.comparison import FactResult
from server.stages.facts.entities import folded
from server.stages.facts.surroundings import Surroundings

_QUOTATION = re.compile(r"(?<![\w.,;!?])[\"“„«](?=\S)([^\"“”„«»\n]{8,400}?)(?<=\S)[\"”“»](?!\w)")
_LEFT_OUT = re.compile(r"\s*(?:\[[^\]]{0,40}\]|\(\.\.\.\)|…|\.\.\.)\s*")
"""Where a quotation leaves words out or puts in its own."""
_SMALL_WORDS = frozenset("a an the and or of in on at to for from by with vs v part".split())


def quotations(statement: Statement, surroundings: Surroundings) -> Iterator[FactResult]:
    """A quotation of three words or more must stand in the evidence word for word; a title in quotation marks is a name."""
    for match in _QUOTATION.finditer(statement.text):
        parts = [folded(part) for part in _LEFT_OUT.split(match.group(1)) if part.strip()]
        if len(" ".join(parts).split()) < 3 or _is_title(match.group(1)):
            continue
        outcome = FactOutcome.MATCH if all(part in surroundings.folded for part in parts) else FactOutcome.NOT_FOUND
        span = Span(*match.span(1))
        place = FactSpan(span.shifted(statement.start), match.group(1))
        yield FactResult(FactCheck(FactKind.QUOTATION, outcome, place))


def _is_title(quoted: str) -> bool:
    """Whether all words but the small ones have capitals."""
    words = [word for word in re.findall(r"[^\W\d_][\w'’]*", quoted) if word.lower() not in _SMALL_WORDS]
    return bool(words) and all(word[0].isupper() for word in words)
