"""Whether the evidence that bears a claim out names whom the claim names, or somebody else in the same place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan, Span
from server.stages.evidence import terms
from server.stages.facts.alignment import Statement, coverage
from server.stages.facts.comparison import FAINT, SAME_STATEMENT, Candidate, FactResult
from server.stages.facts.entities import Entity, abbreviated, find_entities, folded, mentions
from server.stages.facts.plans import only_announced
from server.stages.facts.segments import Segment
from server.stages.facts.surroundings import Surroundings

_NEXT = 3
"""Words on each side of a name that say in what place it stands."""
NUMBERED_NAME = re.compile(r"(?:[A-Za-z]{2,}-)*[A-Za-z]{3,}-?\d{1,2}")
_PRONOUN = re.compile(r"\W*(?:he|she|it|they|his|her|its|their|the\s+(?-i:[a-z])\w*)\b", re.IGNORECASE)
"""How a statement begins whose subject has no name in it."""
_PRONOUNS = ("he his him", "she her", "it its", "they their them")
_PRONOUN_IN = re.compile(rf"\b(?:{'|'.join(' '.join(_PRONOUNS).split())})\b", re.IGNORECASE)
_SAYS_AS_MUCH = 0.4
"""The share of the claim's other words from which a statement is about what the claim is about, whoever it is said of."""
_NAME_MARGIN = 0.3
"""How much better than any statement with the name another one must fit to be about something else."""


def names(
    statement: Statement, near: Sequence[Candidate], surroundings: Surroundings, bearing: Sequence[Segment]
) -> Iterator[FactResult]:
    """A result for each name of the claim; `bearing` are the statements that bear out its figures, which a name must only be in."""
    for entity in find_entities(statement.words):
        place = FactSpan(entity.span.shifted(statement.start), entity.span.of(statement.text))
        if not mentions(entity.name, surroundings.folded, surroundings.text):
            if (
                not entity.is_opening
                and not NUMBERED_NAME.fullmatch(entity.name)
                and not abbreviated(entity, statement.words, surroundings.text)
                and not _left_out(statement, near)
                and not _unnamed(statement, entity, near, surroundings)
            ):
                yield FactResult(FactCheck(FactKind.ENTITY, FactOutcome.NOT_FOUND, place))
            continue
        if entity.is_opening and not re.search(rf"(?<=[a-z,;] ){re.escape(entity.name)}\b", surroundings.text):
            continue
        if only_announced(entity.name, statement.text, [candidate.segment.text for candidate in near]):
            yield FactResult(FactCheck(FactKind.ENTITY, FactOutcome.NOT_FOUND, place))
            continue
        if any(_is_about(statement, entity, segment) for segment in bearing):
            yield FactResult(FactCheck(FactKind.ENTITY, FactOutcome.MATCH, place))
            continue
        yield _entity_result(statement, entity, place, near)


def _left_out(statement: Statement, near: Sequence[Candidate]) -> bool:
    """Whether the best fitting statement says as much and names nothing that the claim does not: it only says "it" or "she"."""
    if not near or near[0].coverage < SAME_STATEMENT:
        return False
    text = near[0].segment.text
    whole = folded(statement.text)
    return all(name.is_opening or mentions(name.name, whole, statement.text) for name in find_entities(text))


def _unnamed(statement: Statement, entity: Entity, near: Sequence[Candidate], surroundings: Surroundings) -> bool:
    """Whether the evidence speaks of somebody or something without any name, where the claim has one.

    "He played for the Lakers", where nobody is named: who is meant is for the model to say. On people's own sets this objection met
    supported statements nearly as often as others (docs/facts.md); where the evidence names others, it tells them apart.
    """
    weights = statement.weights(Span(statement.start, statement.start))
    others = {term: weight for term, weight in weights.items() if term not in terms(entity.name)}
    best = max(near, key=lambda candidate: coverage(others, candidate.segment), default=None)
    if best is None:
        return False
    said, is_pronoun = coverage(others, best.segment), bool(_PRONOUN.match(best.segment.text))
    whole = folded(statement.text)
    if is_pronoun and said >= FAINT and all(mentions(name, whole, statement.text) for name in surroundings.names):
        return True
    if said < (FAINT if is_pronoun else _SAYS_AS_MUCH) or not _opens(statement, entity):
        return False
    return not _named_before(statement, best.segment, surroundings)


def _opens(statement: Statement, entity: Entity) -> bool:
    """Whether the name is the first of the claim, and so what it is about."""
    first = next(find_entities(statement.words), None)
    return first is not None and first.span == entity.span


def _named_before(statement: Statement, segment: Segment, surroundings: Surroundings) -> bool:
    """Whether a name that the claim does not have stands over the segment, or in its passage before what its pronoun stands for.

    "He was the third son of King Henry" begins with somebody whom nothing names; "Robin Ashdown lives here. He rents" does not.
    """
    whole = folded(statement.text)
    until = [
        text[: text.index(segment.text) + len(segment.text)] for text in surroundings.texts if segment.text in text
    ]
    return any(
        not mentions(name.name, whole, statement.text)
        for text in (segment.heading, *(_before_pronoun(text, segment.text) for text in until))
        for name in find_entities(text)
    )


def _before_pronoun(text: str, sentence: str) -> str:
    """What `text` says before it first has the pronoun that `sentence`, its end, has first; all of it where there is none."""
    pronoun = _PRONOUN_IN.search(sentence)
    if pronoun is None:
        return text
    family = next(each for each in _PRONOUNS if pronoun.group().lower() in each.split())
    first = re.search(rf"(?i)\b(?:{'|'.join(family.split())})\b", text)
    return text[: first.start()] if first else text


def _entity_result(statement: Statement, entity: Entity, place: FactSpan, near: Sequence[Candidate]) -> FactResult:
    """MISMATCH when another name stands in its place in a statement that says more of the claim's other words; else MATCH."""
    weights = statement.weights(Span(statement.start, statement.start))
    others = {term: weight for term, weight in weights.items() if term not in terms(entity.name)}
    about = rival = 0.0
    rival_segment: Segment | None = None
    for candidate in near:
        said = coverage(others, candidate.segment)
        if _is_about(statement, entity, candidate.segment):
            about = max(about, said)
        elif said > rival:
            rival, rival_segment = said, candidate.segment
    if rival_segment is not None and rival > about + _NAME_MARGIN and rival >= SAME_STATEMENT:
        openings = entity.is_opening
        names = [
            name
            for name in _competing(statement, rival_segment, openings=openings)
            if name.name.isupper() == entity.name.isupper()
            and _stands_alike(statement.text, entity.span, rival_segment.text, name.span)
        ]
        if names:
            first = names[0].span.shifted(rival_segment.span.start)
            found = FactSpan(first, names[0].name, rival_segment.passage)
            return FactResult(FactCheck(FactKind.ENTITY, FactOutcome.MISMATCH, place, (found,)), rival, rival_segment)
    return FactResult(FactCheck(FactKind.ENTITY, FactOutcome.MATCH, place), about)


def _stands_alike(claim: str, named: Span, evidence: str, other: Span) -> bool:
    """Whether two names stand in like places: one of the words next to them is the same, on the same side."""
    before = terms(" ".join(claim[: named.start].split()[-_NEXT:])) & terms(
        " ".join(evidence[: other.start].split()[-_NEXT:])
    )
    after = terms(" ".join(claim[named.end :].split()[:_NEXT])) & terms(" ".join(evidence[other.end :].split()[:_NEXT]))
    return bool(before or after)


def _competing(statement: Statement, segment: Segment, *, openings: bool = False) -> list[Entity]:
    """The names in the segment that the claim does not have, with `openings` its first word as well."""
    whole = folded(statement.text)
    names = (name for name in find_entities(segment.text) if openings or not name.is_opening)
    return [name for name in names if not mentions(name.name, whole, statement.text)]


def _is_about(statement: Statement, entity: Entity, segment: Segment) -> bool:
    """Whether the segment has the name: itself, in what heads it, or, where it names nothing else, in the sentence before."""
    own = " ".join([segment.heading, segment.text, *(cell.header for cell in segment.cells)])
    if mentions(entity.name, folded(own), own):
        return True
    return mentions(entity.name, segment.folded, segment.whole) and not _competing(statement, segment)
