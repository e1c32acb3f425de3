"""Every deterministic check of one claim, in one call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan, Span
from server.stages.evidence import terms
from server.stages.facts.agreement import Agreement, compare_figures
from server.stages.facts.alignment import Statement, coverage
from server.stages.facts.comparatives import compared_figures
from server.stages.facts.comparison import FAINT, Candidate, FactResult, compare, derived
from server.stages.facts.dates import Moment
from server.stages.facts.dates import agrees as moments_agree
from server.stages.facts.derivation import derive
from server.stages.facts.entities import Entity, abbreviated, find_entities, folded, mentions
from server.stages.facts.exchanges import exchanges
from server.stages.facts.figures import Figure
from server.stages.facts.operands import in_column
from server.stages.facts.plans import only_announced
from server.stages.facts.polarity import agreements, oppositions
from server.stages.facts.reading import Fact, read_facts
from server.stages.facts.records import blank_fields
from server.stages.facts.rows import misplaced_values
from server.stages.facts.segments import Segment

_QUOTATION = re.compile(r"(?<![\w.,;!?])[\"“„«](?=\S)([^\"“”„«»\n]{8,400}?)(?<=\S)[\"”“»](?!\w)")
_LEFT_OUT = re.compile(r"\s*(?:\[[^\]]{0,40}\]|\(\.\.\.\)|…|\.\.\.)\s*")
"""Where a quotation leaves words out or puts in its own."""
_SMALL_WORDS = frozenset("a an the and or of in on at to for from by with vs v part".split())
_SAME_STATEMENT = 0.6
"""The coverage from which a statement of the evidence is the claim's counterpart, whose sign must agree."""
_NEARLY_BEST = 0.12
_DENIALS = terms("not no never cannot none")
_NEXT = 3
"""Words on each side of a name that say in what place it stands."""
_NUMBERED_NAME = re.compile(r"(?:[A-Za-z]{2,}-)*[A-Za-z]{3,}-?\d{1,2}")
_PRONOUN = re.compile(r"\W*(?:he|she|it|they|his|her|its|their|the\s+(?-i:[a-z])\w*)\b", re.IGNORECASE)
"""How a statement begins whose subject has no name in it."""
_PRONOUNS = ("he his him", "she her", "it its", "they their them")
_PRONOUN_IN = re.compile(rf"\b(?:{'|'.join(' '.join(_PRONOUNS).split())})\b", re.IGNORECASE)
_SAYS_AS_MUCH = 0.4
"""The share of the claim's other words from which a statement is about what the claim is about, whoever it is said of."""
_NAME_MARGIN = 0.3
"""How much better than any statement with the name another one must fit to be about something else."""


class Surroundings:
    """What the evidence says as a whole, titles and headings included."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = tuple(texts)
        self.text = "\n".join(texts)

    @cached_property
    def folded(self) -> str:
        """The text as names are looked up in it."""
        return folded(self.text)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names in the text."""
        return tuple(dict.fromkeys(name.name for name in find_entities(self.text) if not name.is_opening))

    @cached_property
    def squeezed(self) -> str:
        """The text's letters and digits alone, in lower case."""
        return _squeezed(self.text)


def check_facts(statement: Statement, near: Sequence[Candidate], surroundings: Surroundings) -> tuple[FactResult, ...]:
    """The results for each fact of the claim, against the statements of the evidence that are about the same thing."""
    compared = (_found_elsewhere(statement, result, near, surroundings) for result in compare(statement, near))
    results = [result for result in compared if not _goes_without_saying(result.check)]
    bearing = _bearing(results, near)
    computed = {len(each.check.in_evidence) for each in results if each.check.outcome is FactOutcome.DERIVED}
    if computed:
        # That a statement about another time differs is no conflict with a figure that was computed for this one.
        results = [replace(each, opposed=None) if each.check.kind is FactKind.DATE else each for each in results]
    results = [_counted(statement, _in_columns(statement, result, bearing), computed) for result in results]
    results += _entities(statement, near, surroundings, bearing)
    results += _quotations(statement, surroundings)
    results += misplaced_values(statement, near)
    results += blank_fields(statement, near)
    results += compared_figures(statement, near)
    for exchange in exchanges(statement, near):
        results = [each for each in results if each.check.in_claim.span != exchange.check.in_claim.span]
        results.append(exchange)
    if computed:
        bearing = _bearing([each for each in results if each.check.outcome is FactOutcome.DERIVED], near)
    results += _sense(statement, near, bearing, computed=bool(computed))
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
        and (
            _squeezed(check.in_claim.text) in surroundings.squeezed
            or mentions(check.in_claim.text, surroundings.folded, surroundings.text)
        )
    ):
        return FactResult(replace(check, outcome=FactOutcome.MATCH))
    figure = next((each for each in statement.facts.figures if each.span == result.check.in_claim.span), None)
    derivation = derive(statement, figure, near) if isinstance(figure, Figure) else None
    return (
        result if derivation is None else derived(result, derivation.operands, derivation.formula, derivation.segment)
    )


def _goes_without_saying(check: FactCheck) -> bool:
    """Whether what was not found is a name that only ends in a number ("COVID-19"), and so the subject of many texts without it.

    That it was not found met supported statements of people's own sets as often as others (docs/facts.md): the model judges them.
    """
    is_missing = check.kind is FactKind.IDENTIFIER and check.outcome is FactOutcome.NOT_FOUND
    return is_missing and bool(_NUMBERED_NAME.fullmatch(check.in_claim.text))


def _counted(statement: Statement, result: FactResult, computed: set[int]) -> FactResult:
    """A number is right that only says of how many figures another one was computed: the average "of three years"."""
    if _bears_out(result) or not computed:
        return result
    figure = next((each for each in statement.facts.figures if each.span == result.check.in_claim.span), None)
    years = [moment.year for moment in statement.facts.moments if moment.year is not None]
    spanned = {max(years) - min(years) + 1} if years else set()
    if figure is None or figure.written not in computed | spanned:
        return result
    return FactResult(replace(result.check, outcome=FactOutcome.MATCH, in_evidence=()))


# --- names --------------------------------------------------------------------------------------------------------------------


def _bears_out(result: FactResult) -> bool:
    return result.check.outcome in {FactOutcome.MATCH, FactOutcome.DERIVED} and result.check.kind is not FactKind.ENTITY


def _bearing(results: Sequence[FactResult], near: Sequence[Candidate]) -> list[Segment]:
    """The statements that bear out the claim's facts, those with the operands of what was computed among them."""
    held = [each for each in results if _bears_out(each)]
    places = [(place.passage, place.span) for each in held for place in each.check.in_evidence]
    rows = [
        candidate.segment
        for candidate in near
        if any(
            candidate.segment.passage == passage and candidate.segment.cell_at(span) is not None
            for passage, span in places
        )
    ]
    return [*(each.segment for each in held if each.segment is not None), *rows]


def _in_columns(statement: Statement, result: FactResult, bearing: Sequence[Segment]) -> FactResult:
    """A time or number is right where it stands in the name of a row that bears out the claim's figures, or of its columns."""
    if _bears_out(result):
        return result
    claimed = next((each for each in statement.facts.all if each.span == result.check.in_claim.span), None)
    for row in bearing:
        if row.cells and claimed is not None and _names(claimed, row):
            return FactResult(replace(result.check, outcome=FactOutcome.MATCH, in_evidence=()), result.alignment)
    return result


def _names(claimed: Fact, row: Segment) -> bool:
    """Whether the fact stands in the label of the row, in that of its group, or in the name of one of its columns."""
    names = [read_facts(name) for name in (row.label, row.before, *(cell.header for cell in row.cells))]
    if isinstance(claimed, Moment):
        heads = [moment for each in names for moment in each.moments]
        return any(in_column(claimed, head) or moments_agree(claimed, head, row.years) for head in heads)
    if isinstance(claimed, Figure):
        return any(
            compare_figures(claimed, figure) is Agreement.BORNE_OUT or claimed.written in {figure.written, figure.value}
            for each in names
            for figure in each.figures
        )
    return False


def _entities(
    statement: Statement, near: Sequence[Candidate], surroundings: Surroundings, bearing: Sequence[Segment]
) -> Iterator[FactResult]:
    """A result for each name of the claim; `bearing` are the statements that bear out its figures, which a name must only be in."""
    for entity in find_entities(statement.words):
        place = FactSpan(entity.span.shifted(statement.start), entity.span.of(statement.text))
        if not mentions(entity.name, surroundings.folded, surroundings.text):
            if (
                not entity.is_opening
                and not _NUMBERED_NAME.fullmatch(entity.name)
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
    if not near or near[0].coverage < _SAME_STATEMENT:
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
    if rival_segment is not None and rival > about + _NAME_MARGIN and rival >= _SAME_STATEMENT:
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


# --- quotations ---------------------------------------------------------------------------------------------------------------


def _quotations(statement: Statement, surroundings: Surroundings) -> Iterator[FactResult]:
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


# --- sign ---------------------------------------------------------------------------------------------------------------------


def _sense(
    statement: Statement, near: Sequence[Candidate], bearing: Sequence[Segment], *, computed: bool
) -> list[FactResult]:
    """What the claim's counterparts in the evidence say with the opposite sign, or what they share where one of them agrees.

    Where some statements bear out the claim's figures (`bearing`), only they are its counterparts, and those that fit best; a
    claim whose figure was `computed` from some has none but these.
    """
    best = max((candidate.coverage for candidate in near), default=0.0)
    level = max(_SAME_STATEMENT, best - _NEARLY_BEST)
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
