"""Fields of records that say that something has not happened: `"delivered_at": null`, `"newsletter": false`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan, Span
from server.stages.evidence import terms
from server.stages.facts.alignment import Statement
from server.stages.facts.comparison import Candidate, FactResult

_EVENT = re.compile(r"\"(?P<name>[a-z][\w -]*?)[_ ](?:at|on|date|by|time)\"\s*:\s*(?P<value>null|\"\")", re.IGNORECASE)
_FLAG = re.compile(r"\"(?:is[_ ]|has[_ ])?(?P<name>[a-z][\w -]*?)\"\s*:\s*(?P<value>false)\b", re.IGNORECASE)
_DENIES = re.compile(
    r"(?i)\b(?:not|never|no|none|yet to|without|awaiting|pending|will|shall|may|might|can|could|should|would|if"
    r"|when|until|unless|before"
    r"|expected|planned|due|scheduled|cannot|nor|neither)\b|n['’]t\b"
)


def blank_fields(statement: Statement, near: Sequence[Candidate]) -> Iterator[FactResult]:
    """A MISMATCH when the claim says that something is so, and the record's field for it is empty or false."""
    if _DENIES.search(statement.text):
        return
    wanted = terms(statement.text)
    for candidate in near:
        segment = candidate.segment
        for match in (*_EVENT.finditer(segment.text), *_FLAG.finditer(segment.text)):
            words = terms(match.group("name").replace("_", " "))
            if not words or not words <= wanted:
                continue
            span = Span(*match.span())
            place = FactSpan(span.shifted(segment.span.start), match.group(), segment.passage)
            claimed = _place(statement, words)
            yield FactResult(FactCheck(FactKind.NEGATION, FactOutcome.MISMATCH, claimed, (place,)), 1.0, segment)
            return


def _place(statement: Statement, words: frozenset[str]) -> FactSpan:
    """The word of the claim that says it."""
    for match in re.finditer(r"\w+", statement.text):
        if terms(match.group()) & words:
            return FactSpan(Span(*match.span()).shifted(statement.start), match.group())
    return FactSpan(Span(0, len(statement.text)).shifted(statement.start), statement.text)
