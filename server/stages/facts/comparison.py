"""Compares each fact of a claim with the facts of the evidence that are about the same thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan, Span
from server.stages.evidence import terms
from server.stages.facts import dates, identifiers
from server.stages.facts.agreement import Agreement, compare_figures
from server.stages.facts.alignment import Statement, alignment, coverage
from server.stages.facts.dates import Moment, is_reckoned
from server.stages.facts.figures import Figure
from server.stages.facts.identifiers import Identifier
from server.stages.facts.lists import listed_together
from server.stages.facts.reading import Fact, kind_of, read_facts
from server.stages.facts.replaced import speaks_of_the_past
from server.stages.facts.segments import Segment

MARGIN = 0.12
"""How much better than the best match another fact must fit the claim's words to count against it."""
FLOOR = 0.34
"""Below this alignment two facts are not about the same thing, and a difference says nothing."""
FAINT = 0.2
"""Below this share of the claim's words a statement is not looked at, however equal its figures."""
SAME_STATEMENT = 0.6
"""The coverage from which a statement of the evidence is the claim's counterpart, whose sign must agree."""
BARE_FLOOR = 0.6
"""The same for figures whose unit nothing tells."""
OPPOSED_FLOOR = 0.75
OPPOSED_MARGIN = 0.1
"""A different figure in another passage makes a conflict from this alignment, and when it is that close to the match's."""
LOOKED_AT = 48
"""Statements looked at for each claim, best covered first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement of the evidence and the share of the claim's words it holds."""

    segment: Segment
    coverage: float


@dataclass(frozen=True, slots=True)
class FactResult:
    """A check, with how well the deciding fact of the evidence is aligned with the claim, and the segment it is in.

    `opposed` is set when the outcome is MATCH and another passage, about the same thing, says something else; `owners` when what
    the claim says stands in the evidence of the first of them, and the claim says it of the second.
    """

    check: FactCheck
    alignment: float = 0.0
    segment: Segment | None = None
    opposed: FactSpan | None = None
    owners: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    fact: Fact
    segment: Segment
    alignment: float


def candidates(statement: Statement, segments: Sequence[Segment]) -> tuple[Candidate, ...]:
    """The statements of the evidence that share words with the claim, best first; ties go by text, not by place."""
    weights = statement.weights(Span(statement.start, statement.start))
    named = terms(f"{statement.asked} {statement.text}")
    scored = [Candidate(segment, coverage(weights, segment)) for segment in segments]
    near = [candidate for candidate in scored if candidate.coverage >= FAINT or named & terms(candidate.segment.label)]
    near.sort(key=lambda candidate: (-candidate.coverage, candidate.segment.text, candidate.segment.passage))
    return tuple(near[:LOOKED_AT])


def compare(statement: Statement, near: Sequence[Candidate]) -> tuple[FactResult, ...]:
    """One result for each identifier, date and figure of the claim, in the order in which they stand."""
    results = (_compare_one(statement, fact, near) for fact in sorted(statement.facts.all, key=lambda each: each.span))
    return tuple(result for result in results if result is not None)


def _compare_one(statement: Statement, fact: Fact, near: Sequence[Candidate]) -> FactResult | None:
    if _is_relative(fact) and any(is_reckoned(candidate.segment.text) for candidate in near):
        # "Last year" in both: from which day the evidence reckons is not known.
        return None
    matching, differing, unlabelled = _sort_out(statement, fact, near)
    if _is_relative(fact):
        differing = [found for found in differing if found.alignment >= OPPOSED_FLOOR]
    match = max(matching, key=_by_alignment, default=None)
    if match is not None and (_is_bare(match.fact) or (_is_bare(fact) and match.segment.cells)):
        # One cell without a unit holds the claim's amount, or one with holds its number: others may speak against it as well.
        differing = differing + unlabelled
    elif match is None and not differing and not _is_bare(fact):
        differing = [found for found in unlabelled if found.alignment >= BARE_FLOOR]
    if isinstance(fact, Figure) and fact.is_label:
        differing = []
    if match is None or not isinstance(fact, Figure):
        # "Version 2.3.1 repairs 2.3.0": what the claim itself says elsewhere does not speak against it.
        others = [other for other in statement.facts.all if other.span != fact.span]
        differing = [
            found for found in differing if not any(_agrees(other, found.fact, found.segment) for other in others)
        ]
    if match is not None:
        differing = [
            found
            for found in differing
            if (_same_unit(fact, found.fact) or _says_more_of_it(statement, fact, found.segment, match.segment))
            and not (found.segment is match.segment and listed_together(match.segment, match.fact, found.fact))
        ]
    rival = max(differing, key=_by_alignment, default=None)
    if match is not None and (rival is None or rival.alignment <= match.alignment + MARGIN):
        return replace(
            _result(statement, fact, FactOutcome.MATCH, match), opposed=_opposed(statement, fact, match, differing)
        )
    if match is None and _named_in_context(fact, near) and (rival is None or not _is_day(fact)):
        return FactResult(_check(statement, fact, FactOutcome.MATCH, ()))
    if rival is not None and rival.alignment >= FLOOR:
        return _result(statement, fact, FactOutcome.MISMATCH, rival)
    if match is not None:
        return _result(statement, fact, FactOutcome.MATCH, match)
    if (isinstance(fact, Figure) and (fact.is_casual or fact.ordinal)) or _is_relative(fact):
        return None
    return FactResult(_check(statement, fact, FactOutcome.NOT_FOUND, ()))


def _sort_out(
    statement: Statement, fact: Fact, near: Sequence[Candidate]
) -> tuple[list[_Found], list[_Found], list[_Found]]:
    """The evidence's facts that agree with `fact`, those that differ, and those that differ but lack a unit to be sure."""
    matching: list[_Found] = []
    differing: list[_Found] = []
    unlabelled: list[_Found] = []
    for candidate in near:
        segment = candidate.segment
        of_the_past = speaks_of_the_past(statement.text, segment.text)
        for other in _alike(fact, segment):
            agreement = compare_facts(fact, other, segment.years)
            if not of_the_past and other.span in segment.replaced:
                continue
            if agreement is Agreement.BORNE_OUT:
                chosen = matching
            elif agreement is Agreement.DIFFERENT and _counts_same(fact, other, segment):
                chosen = differing
            elif segment.cells and _only_one_has_unit(fact, other):
                chosen = unlabelled
            else:
                continue
            chosen.append(_Found(other, segment, alignment(statement, fact.span, segment, other.span)))
    return matching, differing, unlabelled


def _opposed(statement: Statement, fact: Fact, match: _Found, differing: Sequence[_Found]) -> FactSpan | None:
    """The fact of another passage that differs and fits the claim's words as well as the match does, if there is one.

    What is said of every case fits a claim about one of them: "EUR 45 for every employee" opposes "EUR 60 for sales staff".
    """
    least = max(OPPOSED_FLOOR, match.alignment - OPPOSED_MARGIN)
    general = _without_qualifier(statement)
    others = []
    for found in differing:
        if found.segment.passage == match.segment.passage:
            continue
        fit = found.alignment
        if general is not None and _UNIVERSAL.search(found.segment.text):
            fit = max(fit, alignment(general, fact.span, found.segment, found.fact.span))
        if fit >= least:
            others.append((fit, found.segment.text, found))
    rival = max(others, key=lambda each: each[:2], default=None)
    return located(rival[2].segment, rival[2].fact.span) if rival else None


def _without_qualifier(statement: Statement) -> Statement | None:
    """The statement without the words that say for whom it holds, if it says so."""
    qualifiers = list(_FOR_WHOM.finditer(statement.words))
    if not qualifiers:
        return None
    words = terms(qualifiers[-1].group("whom"))
    return replace(statement, own=statement.own - words, names=statement.names - words)


_UNIVERSAL = re.compile(r"(?i)\b(?:every|all|any|each|everyone|everybody|always)\b")
_FOR_WHOM = re.compile(
    r"(?i)\b(?:for|to|of|by)\s+(?P<whom>(?:the\s+|our\s+)?[^\W\d]+(?:\s+[^\W\d]+){0,3})\s*(?=[.,;]|$)"
)


def _by_alignment(found: _Found) -> tuple[float, str]:
    return found.alignment, found.segment.text


def _is_bare(fact: Fact) -> bool:
    return isinstance(fact, Figure) and not fact.unit and not fact.ordinal


def _only_one_has_unit(claimed: Fact, found: Fact) -> bool:
    """Whether a cell has no unit where the claim has one, or is an amount of money where the claim says a number of nothing."""
    if not (isinstance(claimed, Figure) and isinstance(found, Figure)):
        return False
    if claimed.unit:
        return _is_bare(found)
    return found.kind is FactKind.MONEY and _is_bare(claimed) and not claimed.noun


def _counts_same(claimed: Fact, found: Fact, segment: Segment) -> bool:
    """Whether a bare number of a record counts what the claim counts: its column or field names the thing."""
    if (
        not (isinstance(claimed, Figure) and isinstance(found, Figure))
        or claimed.unit
        or not claimed.noun
        or found.noun
    ):
        return True
    cell = segment.cell_at(found.span)
    return bool(terms(claimed.noun) & (terms(cell.header) if cell else segment.own_terms))


def _same_unit(claimed: Fact, found: Fact) -> bool:
    """Weeks beside months, or dollars beside euros, speak against a claim only where nothing speaks for it.

    The same number of another unit is no other way of saying it: "$5m" and "£5m" disagree.
    """
    if isinstance(claimed, Figure) and isinstance(found, Figure):
        return claimed.unit == found.unit or not claimed.unit or _is_bare(found) or claimed.written == found.written
    return True


def _says_more_of_it(statement: Statement, fact: Fact, segment: Segment, other: Segment) -> bool:
    """Whether a statement has every word of the claim, and the other has not: "weekly backups" beside "backups"."""
    words = terms(statement.text) - terms(fact.span.shifted(-statement.start).of(statement.text))
    return words <= segment.own_terms and not words <= other.own_terms


def _is_relative(fact: Fact) -> bool:
    return isinstance(fact, Moment) and fact.is_relative


def _is_day(fact: Fact) -> bool:
    return isinstance(fact, Moment) and fact.form == "date"


def _alike(fact: Fact, segment: Segment) -> Iterable[Fact]:
    if isinstance(fact, Identifier):
        return segment.facts.identifiers
    return segment.facts.moments if isinstance(fact, Moment) else segment.facts.figures


def _agrees(claimed: Fact, found: Fact, segment: Segment) -> bool:
    return compare_facts(claimed, found, segment.years) is Agreement.BORNE_OUT


def compare_facts(claimed: Fact, found: Fact, years: frozenset[int] = frozenset()) -> Agreement:
    """What a fact of the evidence says of one in the claim; OPEN for facts that are not of one kind.

    `years` are those that the text around `found` names, for dates that leave theirs out.
    """
    if isinstance(claimed, Figure) and isinstance(found, Figure):
        return compare_figures(claimed, found)
    if isinstance(claimed, Identifier) and isinstance(found, Identifier):
        same, alike = identifiers.agrees(claimed, found), identifiers.comparable(claimed, found)
    elif isinstance(claimed, Moment) and isinstance(found, Moment):
        same, alike = dates.agrees(claimed, found, years), dates.comparable(claimed, found)
    else:
        return Agreement.OPEN
    return Agreement.BORNE_OUT if same else Agreement.DIFFERENT if alike else Agreement.OPEN


def _named_in_context(fact: Fact, near: Sequence[Candidate]) -> bool:
    """Whether a heading or title above a candidate names the fact ("Results of the third quarter of 2026").

    A bound is named by its own number, and not by whatever lies beyond it.
    """
    for candidate in near:
        segment = candidate.segment
        context = read_facts(" ; ".join([segment.heading, segment.before, *(cell.header for cell in segment.cells)]))
        if any(_agrees(fact, other, segment) and not _only_beyond(fact, other) for other in context.all):
            return True
    return False


def _only_beyond(claimed: Fact, found: Fact) -> bool:
    return (
        isinstance(claimed, Figure)
        and isinstance(found, Figure)
        and bool(claimed.bound)
        and claimed.value != found.value
    )


def _result(statement: Statement, fact: Fact, outcome: FactOutcome, found: _Found) -> FactResult:
    place = located(found.segment, found.fact.span)
    return FactResult(_check(statement, fact, outcome, (place,)), found.alignment, found.segment)


def _check(statement: Statement, fact: Fact, outcome: FactOutcome, places: tuple[FactSpan, ...]) -> FactCheck:
    return FactCheck(kind_of(fact), outcome, in_claim(statement, fact.span), places)


def in_claim(statement: Statement, span: Span) -> FactSpan:
    """The fact at `span` of the answer."""
    return FactSpan(span, span.shifted(-statement.start).of(statement.text))


def located(segment: Segment, span: Span) -> FactSpan:
    """The fact at `span` of the segment's passage."""
    return FactSpan(span, span.shifted(-segment.span.start).of(segment.text), segment.passage)


def derived(result: FactResult, places: tuple[FactSpan, ...], formula: str, segment: Segment) -> FactResult:
    """`result` once its figure was found to follow from the figures at `places`, the first of them in `segment`."""
    check = replace(result.check, outcome=FactOutcome.DERIVED, in_evidence=places, formula=formula)
    return FactResult(check, result.alignment, segment)
