"""Every deterministic check of one claim, in one call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan, Span
from server.stages.facts.alignment import Statement
from server.stages.facts.comparison import Candidate, FactResult, compare, derived
from server.stages.facts.derivation import derive
from server.stages.facts.entities import Entity, find_entities, folded, mentions
from server.stages.facts.figures import Figure
from server.stages.facts.polarity import oppositions

_QUOTATION = re.compile(r"[\"“„«]([^\"“”„«»\n]{8,400}?)[\"”“»]")
_SAME_STATEMENT = 0.6
"""The coverage from which a statement of the evidence is the claim's counterpart, whose sign must agree."""
_NEARLY_BEST = 0.12
_NAME_MARGIN = 0.3
"""How much better than any statement with the name another one must fit to be about something else."""


class Surroundings:
    """What the evidence says as a whole, titles and headings included."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.text = "\n".join(texts)

    @cached_property
    def folded(self) -> str:
        """The text as names are looked up in it."""
        return folded(self.text)

    @cached_property
    def squeezed(self) -> str:
        """The text's letters and digits alone, in lower case."""
        return _squeezed(self.text)


def check_facts(statement: Statement, near: Sequence[Candidate], surroundings: Surroundings) -> tuple[FactResult, ...]:
    """The results for each fact of the claim, against the statements of the evidence that are about the same thing."""
    results = [_found_elsewhere(statement, result, near, surroundings) for result in compare(statement, near)]
    results += _entities(statement, near, surroundings)
    results += _quotations(statement, surroundings)
    results += _polarity(statement, near)
    return tuple(results)


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _found_elsewhere(
    statement: Statement, result: FactResult, near: Sequence[Candidate], surroundings: Surroundings
) -> FactResult:
    """`result`, or a better one where the fact is written with other marks ("COVID19"), or follows from other figures."""
    check = result.check
    if check.outcome not in {FactOutcome.MISMATCH, FactOutcome.NOT_FOUND}:
        return result
    if (
        check.kind is FactKind.IDENTIFIER
        and check.outcome is FactOutcome.NOT_FOUND
        and _squeezed(check.in_claim.text) in surroundings.squeezed
    ):
        return FactResult(replace(check, outcome=FactOutcome.MATCH))
    figure = next((each for each in statement.facts.figures if each.span == result.check.in_claim.span), None)
    derivation = derive(statement, figure, near) if isinstance(figure, Figure) else None
    return result if derivation is None else derived(result, derivation.operands, derivation.formula)


# --- names --------------------------------------------------------------------------------------------------------------------


def _entities(statement: Statement, near: Sequence[Candidate], surroundings: Surroundings) -> Iterator[FactResult]:
    for entity in find_entities(statement.words):
        place = FactSpan(entity.span.shifted(statement.start), entity.span.of(statement.text))
        if not mentions(entity.name, surroundings.folded, surroundings.text):
            if not entity.is_opening and not _left_out(statement, near):
                yield FactResult(FactCheck(FactKind.ENTITY, FactOutcome.NOT_FOUND, place))
            continue
        if entity.is_opening and not re.search(rf"(?<=[a-z,;] ){re.escape(entity.name)}\b", surroundings.text):
            continue
        yield _entity_result(entity, place, near)


def _left_out(statement: Statement, near: Sequence[Candidate]) -> bool:
    """Whether the best fitting statement says as much and names nothing that the claim does not: it only says "it" or "she"."""
    if not near or near[0].coverage < _SAME_STATEMENT:
        return False
    text = near[0].segment.text
    whole = folded(statement.text)
    return all(name.is_opening or mentions(name.name, whole, statement.text) for name in find_entities(text))


def _entity_result(entity: Entity, place: FactSpan, near: Sequence[Candidate]) -> FactResult:
    """MATCH when the best fitting statement, or one almost as good, is about the name; else MISMATCH."""
    about: list[Candidate] = []
    others: list[Candidate] = []
    for candidate in near:
        (about if _is_about(entity, candidate) else others).append(candidate)
    best = max((candidate.coverage for candidate in about), default=0.0)
    rival = max(others, key=lambda candidate: (candidate.coverage, candidate.segment.text), default=None)
    if rival is not None and rival.coverage > best + _NAME_MARGIN and rival.coverage >= _SAME_STATEMENT:
        segment = rival.segment
        names = [name for name in find_entities(segment.text) if not name.is_opening and name.name != entity.name]
        if names:
            spans = tuple(
                FactSpan(name.span.shifted(segment.span.start), name.name, segment.passage) for name in names[:1]
            )
            return FactResult(FactCheck(FactKind.ENTITY, FactOutcome.MISMATCH, place, spans), rival.coverage, segment)
    return FactResult(FactCheck(FactKind.ENTITY, FactOutcome.MATCH, place), best)


def _is_about(entity: Entity, candidate: Candidate) -> bool:
    return mentions(entity.name, candidate.segment.folded, candidate.segment.whole)


# --- quotations ---------------------------------------------------------------------------------------------------------------


def _quotations(statement: Statement, surroundings: Surroundings) -> Iterator[FactResult]:
    """A quotation of three words or more must stand in the evidence word for word."""
    for match in _QUOTATION.finditer(statement.text):
        words = folded(match.group(1))
        if len(words.split()) < 3:
            continue
        outcome = FactOutcome.MATCH if words in surroundings.folded else FactOutcome.NOT_FOUND
        span = Span(*match.span(1))
        place = FactSpan(span.shifted(statement.start), match.group(1))
        yield FactResult(FactCheck(FactKind.QUOTATION, outcome, place))


# --- sign ---------------------------------------------------------------------------------------------------------------------


def _polarity(statement: Statement, near: Sequence[Candidate]) -> list[FactResult]:
    """What the claim's counterparts in the evidence say with the opposite sign; nothing where one of them agrees."""
    best = max((candidate.coverage for candidate in near), default=0.0)
    level = max(_SAME_STATEMENT, best - _NEARLY_BEST)
    counterparts = [candidate for candidate in near if candidate.coverage >= level]
    found: list[FactResult] = []
    for candidate in counterparts:
        segment = candidate.segment
        is_row = bool(segment.cells)
        opposed = list(oppositions(statement.text, segment.reading if is_row else segment.text, is_sentence=not is_row))
        for opposition in opposed[:1]:
            inside = Span(0, len(segment.text)) if is_row else opposition.in_evidence
            span = inside.shifted(segment.span.start)
            evidence = FactSpan(span, inside.of(segment.text), segment.passage)
            claimed = FactSpan(opposition.in_claim.shifted(statement.start), opposition.in_claim.of(statement.text))
            outcome = FactOutcome.MISMATCH if opposition.contradicts else FactOutcome.NOT_FOUND
            check = FactCheck(FactKind.NEGATION, outcome, claimed, (evidence,))
            found.append(FactResult(check, candidate.coverage, segment))
        if not opposed and candidate.coverage >= best:
            return []
    return found[:1]
