"""What the claim's counterparts in the evidence say with the opposite sign, or share where one of them agrees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from server.domain import FactCheck, FactOutcome, FactSpan, Span
from server.stages.evidence import terms
from server.stages.facts.alignment import Statement
from server.stages.facts.comparison import SAME_STATEMENT, Candidate, FactResult
from server.stages.facts.polarity import agreements, oppositions
from server.stages.facts.segments import Segment

_NEARLY_BEST = 0.12
_DENIALS = terms("not no never cannot none")


def compare_senses(
    statement: Statement, near: Sequence[Candidate], bearing: Sequence[Segment], *, computed: bool
) -> list[FactResult]:
    """What the claim's counterparts in the evidence say with the opposite sign, or what they share where one of them agrees.

    Where some statements bear out the claim's figures (`bearing`), only they are its counterparts, and those that fit best; a
    claim whose figure was `computed` from some has none but these.
    """
    best = max((candidate.coverage for candidate in near), default=0.0)
    level = max(SAME_STATEMENT, best - _NEARLY_BEST)
    wanted = terms(statement.text)
    found: list[tuple[int, FactResult]] = []
    agreeing: Segment | None = None
    most_agreeing = -1
    for candidate in near:
        segment = candidate.segment
        fits_best = candidate.coverage == best and not computed
        is_counterpart = not bearing or fits_best or any(segment is each for each in bearing)
        if candidate.coverage < level or segment.is_blank or not is_counterpart:
            continue
        shared = len(wanted & segment.own_terms - _DENIALS)
        opposed = _opposed(statement, candidate)
        if opposed is not None:
            found.append((shared, opposed))
        elif shared > most_agreeing:
            agreeing, most_agreeing = segment, shared
    most, result = max(found, key=lambda each: each[0], default=(-1, None))
    if agreeing is None or (result is not None and most > most_agreeing):
        return [] if result is None else [result]
    if result is not None and most == most_agreeing:
        return [result if _of_one_passage(result, agreeing) else _disagreeing(result, agreeing)]
    return [] if agreeing.cells else list(_shared_sense(statement, agreeing))


def _of_one_passage(result: FactResult, segment: Segment) -> bool:
    return result.segment is not None and result.segment.passage == segment.passage


def _disagreeing(result: FactResult, segment: Segment) -> FactResult:
    """A MATCH with the statement that agrees, opposed by that of another passage, which says as much and the opposite."""
    agreeing = FactSpan(segment.span, segment.text, segment.passage)
    check = replace(result.check, outcome=FactOutcome.MATCH, in_evidence=(agreeing,))
    return FactResult(check, result.alignment, segment, opposed=result.check.in_evidence[0])


def _shared_sense(statement: Statement, segment: Segment) -> Iterator[FactResult]:
    for kind, mine, theirs in agreements(statement.text, segment.text):
        claimed = FactSpan(mine.shifted(statement.start), mine.of(statement.text))
        evidence = FactSpan(theirs.shifted(segment.span.start), theirs.of(segment.text), segment.passage)
        yield FactResult(FactCheck(kind, FactOutcome.MATCH, claimed, (evidence,)), 1.0, segment)


def _opposed(statement: Statement, candidate: Candidate) -> FactResult | None:
    """The first way in which a statement of the evidence says the opposite of the claim, or less; None when it says neither."""
    segment = candidate.segment
    is_row = bool(segment.cells)
    for opposition in oppositions(statement.text, segment.reading if is_row else segment.text, is_sentence=not is_row):
        inside = Span(0, len(segment.text)) if is_row else opposition.in_evidence
        evidence = FactSpan(inside.shifted(segment.span.start), inside.of(segment.text), segment.passage)
        claimed = FactSpan(opposition.in_claim.shifted(statement.start), opposition.in_claim.of(statement.text))
        outcome = FactOutcome.MISMATCH if opposition.contradicts else FactOutcome.NOT_FOUND
        return FactResult(FactCheck(opposition.kind, outcome, claimed, (evidence,)), candidate.coverage, segment)
    return None
