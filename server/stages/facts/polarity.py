"""Whether claim and evidence say the same thing with opposite sign: a dropped "not", an antonym, a changed "may", "all" or "only".

Two clauses are compared when they share most of their words. Each negation, each negative word ("prohibited"), each antonym
("before" for "after") and each exchange of two names around a verb turns the sense once; an odd number of turns between claim and
evidence is a contradiction. So "is not allowed" agrees with "is prohibited", and "A bought B" with "B was bought by A".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.domain import FactKind, Span
from server.stages.evidence import terms
from server.stages.facts.counterparts import Clause, clauses, counterpart
from server.stages.facts.exceptions import excepted
from server.stages.facts.order import is_same_order, is_turned_round, order_of
from server.stages.facts.reservations import overlooked
from server.stages.facts.signs import NEGATIVE_WORD, NEGATOR, antonyms, change_places, negations, told_by_the_other

_NECESSARY = re.compile(
    r"(?i)\b(?:must|shall|(?:has|have|had|needs?) to|(?:is|are) (?:required|obliged) to|mandatory|compulsory|obligatory)\b"
)
_POSSIBLE = re.compile(r"(?i)\b(?:may|might|can|could|optional(?:ly)?|(?:is|are) (?:allowed|permitted|free) to)\b")
_CERTAIN = re.compile(r"(?i)\b(?:will|always|definitely|certainly|guaranteed?)\b")
_UNCERTAIN = re.compile(r"(?i)\b(?:may|might|could|possibly|perhaps|sometimes|can)\b")
_ALL = re.compile(r"(?i)\b(?:all|every|each|everyone|everybody|everything|always|entire(?:ly)?|whole|any|both)\b")
_PART = re.compile(
    r"(?i)\b(?:some|several|many|most|mostly|certain|sometimes|often|usually|partly|part of|a few|few"
    r"|half|majority|selected|in some cases)\b"
)
_MANY = re.compile(r"(?i)\b(?:most|mostly|many|majority|usually|often)\b")
_LITTLE = re.compile(r"(?i)\b(?:some|several|few|sometimes|rarely|seldom|certain|minority)\b")
_ONLY = re.compile(r"(?i)\b(?:only|exclusively|solely|just|nothing but|no other|alone|except|sole)\b")
_UNLESS = re.compile(r"(?i)\bunless\s+(?P<when>[^.;:()]+)")
_ORDERING = {"before", "after"}
_COMPARED = re.compile(
    r"(?i)\b(?:more|less|fewer|[a-z]{3,}(?:er|est)(?= than\b)|(?:the )?(?:most|least|[a-z]{3,}est)|before|after)\b"
)
_SHARED = (
    (FactKind.COMPARISON, _COMPARED),
    (FactKind.MODALITY, _NECESSARY),
    (FactKind.MODALITY, _POSSIBLE),
    (FactKind.QUANTIFIER, _ALL),
    (FactKind.QUANTIFIER, _ONLY),
)


@dataclass(frozen=True, slots=True)
class Opposition:
    """What turns the sense: the words in the claim, and those in the evidence; either span may be of the whole clause.

    `contradicts` is False where the claim only goes further than the evidence ("only", "all").
    """

    in_claim: Span
    in_evidence: Span
    contradicts: bool
    kind: FactKind


def oppositions(claim: str, evidence: str, *, is_sentence: bool = True) -> Iterator[Opposition]:
    """Where `claim` says the opposite of, or more than, the clause of `evidence` that has most of its words.

    The order of names counts only where the evidence `is_sentence`; the cells of a row have no order.
    """
    for exception in excepted(claim, evidence):
        yield Opposition(*exception, FactKind.QUANTIFIER)
    mine, theirs = order_of(claim), order_of(evidence)
    if mine and theirs and is_turned_round(mine, theirs):
        yield Opposition(mine.place, theirs.place, True, FactKind.COMPARISON)
    same_order = bool(mine and theirs and is_same_order(mine, theirs))
    for unit in clauses(claim):
        other = counterpart(unit, evidence)
        if other is not None:
            in_exception = _in_exception(unit, other, evidence)
            yield from _compared(unit, other, is_sentence, in_exception=in_exception, same_order=same_order)
    if is_sentence:
        yield from (Opposition(*each) for each in overlooked(claim, evidence))


def agreements(claim: str, evidence: str) -> Iterator[tuple[FactKind, Span, Span]]:
    """The words of comparison, modality and quantity that `claim` shares with its counterpart in `evidence`, with both places."""
    for unit in clauses(claim):
        other = counterpart(unit, evidence)
        if other is None:
            continue
        for kind, pattern in _SHARED:
            mine, theirs = pattern.search(unit.text), pattern.search(other.text)
            if mine and theirs:
                yield (
                    kind,
                    Span(*mine.span()).shifted(unit.span.start),
                    Span(*theirs.span()).shifted(other.span.start),
                )


def _in_exception(unit: Clause, other: Clause, evidence: str) -> bool:
    """Whether the claim speaks of the case that `evidence` sets apart from what its clause `other` says: "unless ..."."""
    unless = _UNLESS.search(evidence, other.span.end)
    return unless is not None and bool(terms(unless["when"]) & (terms(unit.text) - terms(other.text)))


def _compared(
    unit: Clause, other: Clause, is_sentence: bool, *, in_exception: bool, same_order: bool
) -> Iterator[Opposition]:
    """What turns the sense of `unit` against `other`; of events in the `same_order` "before" and "after" say the same."""
    shared = terms(unit.text) & terms(other.text)
    turns = negations(unit.text, other.text) - negations(other.text, unit.text) + in_exception
    turned = [
        pair
        for pair in antonyms(unit.text, other.text)
        if not told_by_the_other(unit.text, other.text, pair) and not (same_order and set(pair) == _ORDERING)
    ]
    swapped = is_sentence and change_places(unit.text, other.text)
    if (turns + len(turned) + swapped) % 2:
        kind = FactKind.COMPARISON if turned else FactKind.DIRECTION if swapped and not turns else FactKind.NEGATION
        yield Opposition(_place(unit, turned, 0), _place(other, turned, 1), True, kind)
        return
    if len(shared) < 2:
        return
    negated = negations(unit.text, other.text) > 0
    obliged = not negated and _differ(_NECESSARY, _POSSIBLE, unit.text, other.text)
    assured = (
        not negated
        and _only_in_claim(_CERTAIN, unit.text, other.text)
        and bool(_UNCERTAIN.search(other.text))
        and not _UNCERTAIN.search(unit.text)
    )
    if obliged or assured:
        yield Opposition(unit.span, other.span, True, FactKind.MODALITY)
    elif _overstates(unit.text, other.text):
        yield Opposition(unit.span, other.span, True, FactKind.QUANTIFIER)
    elif _only_in_claim(_ONLY, unit.text, other.text):
        yield Opposition(unit.span, other.span, False, FactKind.QUANTIFIER)


def _differ(one: re.Pattern[str], two: re.Pattern[str], text: str, other: str) -> bool:
    mine, theirs = (bool(one.search(text)), bool(two.search(text))), (bool(one.search(other)), bool(two.search(other)))
    return sum(mine) == sum(theirs) == 1 and mine != theirs


def _only_in_claim(pattern: re.Pattern[str], text: str, other: str) -> bool:
    return bool(pattern.search(text)) and not pattern.search(other)


def _overstates(text: str, other: str) -> bool:
    """Whether "all" stands for "some", "some" for "all", or "most" for "some"."""
    if _ALL.search(text) and not _PART.search(text) and _PART.search(other) and not _ALL.search(other):
        return True
    if _PART.search(text) and not _ALL.search(text) and _ALL.search(other) and not _PART.search(other):
        return True
    return bool(_MANY.search(text) and not _LITTLE.search(text) and _LITTLE.search(other) and not _MANY.search(other))


def _place(unit: Clause, turned: Sequence[tuple[str, str]], side: int) -> Span:
    """The words that turn the sense, or the whole clause when their absence does."""
    words = [re.escape(pair[side]) for pair in turned] or None
    match = (
        re.search(rf"(?i)\b(?:{'|'.join(words)})\b", unit.text)
        if words
        else NEGATOR.search(unit.text) or NEGATIVE_WORD.search(unit.text)
    )
    blank = len(unit.text) - len(unit.text.lstrip())
    start, end = match.span() if match else (blank, len(unit.text.rstrip()))
    return Span(unit.span.start + start, unit.span.start + end)
