"""Every deterministic check of one claim, in one call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan, Span
from server.stages.facts.agreement import Agreement, compare_figures
from server.stages.facts.alignment import Statement
from server.stages.facts.charges import charged
from server.stages.facts.comparatives import compared_figures
from server.stages.facts.comparison import Candidate, FactResult, compare, derived
from server.stages.facts.content import content_of
from server.stages.facts.counterparts import overlap
from server.stages.facts.dates import Moment
from server.stages.facts.dates import agrees as moments_agree
from server.stages.facts.derivation import OF_COMPUTING, derive
from server.stages.facts.entities import mentions
from server.stages.facts.exchanges import exchanges, in_clause_of_its_own
from server.stages.facts.figures import Figure
from server.stages.facts.names import NUMBERED_NAME, names
from server.stages.facts.operands import in_column
from server.stages.facts.quotations import quotations
from server.stages.facts.reading import Fact, read_facts
from server.stages.facts.records import blank_fields
from server.stages.facts.restrictions import ONLY, reserved, unconditional
from server.stages.facts.rows import misplaced_values
from server.stages.facts.segments import Segment
from server.stages.facts.sense import compare_senses
from server.stages.facts.signs import negators
from server.stages.facts.substitutions import substitutions
from server.stages.facts.surroundings import Surroundings, squeezed

_TIMES = re.compile(r"(?i)\s+times?\b(?!\s+(?:as|more|less|the))")
_SO_MANY_TIMES = {Decimal(1): "once", Decimal(2): "twice", Decimal(3): "thrice"}


def check_facts(statement: Statement, near: Sequence[Candidate], surroundings: Surroundings) -> tuple[FactResult, ...]:
    """The results for each fact of the claim, against the statements of the evidence that are about the same thing."""
    compared = (_found_elsewhere(statement, result, near, surroundings) for result in compare(statement, near))
    results = [_settled(statement, result) for result in compared if not _goes_without_saying(result.check)]
    bearing = _bearing(results, near)
    computed = {len(each.check.in_evidence) for each in results if each.check.outcome is FactOutcome.DERIVED}
    if computed:
        # That a statement about another time differs is no conflict with a figure that was computed for this one.
        results = [replace(each, opposed=None) if each.check.kind is FactKind.DATE else each for each in results]
    results = [_counted(statement, _in_columns(statement, result, bearing), computed) for result in results]
    results += names(statement, near, surroundings, bearing)
    results += quotations(statement, surroundings)
    results += misplaced_values(statement, near)
    results += blank_fields(statement, near)
    results += compared_figures(statement, near)
    exchanged = list(exchanges(statement, near))
    for exchange in exchanged:
        if computed and exchange.check.kind is FactKind.DATE:
            continue  # It is the figure's own time that the operands were taken from.
        results = [each for each in results if each.check.in_claim.span != exchange.check.in_claim.span]
        results.append(exchange)
    if not computed and not exchanged:
        results += substitutions(statement, near)
    if computed:
        bearing = _bearing([each for each in results if each.check.outcome is FactOutcome.DERIVED], near)
    results += _kept_or_charged(statement, near)
    results += compare_senses(statement, near, bearing, computed=bool(computed))
    if computed and not _in_known_words(statement, surroundings):
        results = [_left_to_the_model(each, near) for each in results]
    return tuple(results)


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
            squeezed(check.in_claim.text) in surroundings.squeezed
            or mentions(check.in_claim.text, surroundings.folded, surroundings.text)
        )
    ):
        return FactResult(replace(check, outcome=FactOutcome.MATCH))
    figure = next((each for each in statement.facts.figures if each.span == result.check.in_claim.span), None)
    if isinstance(figure, Figure) and _is_worded(statement, figure, near):
        return FactResult(replace(check, outcome=FactOutcome.MATCH))
    derivation = derive(statement, figure, near) if isinstance(figure, Figure) else None
    return (
        result if derivation is None else derived(result, derivation.operands, derivation.formula, derivation.segment)
    )


def _is_worded(statement: Statement, figure: Figure, near: Sequence[Candidate]) -> bool:
    """Whether the evidence has the number as a word that is read as no figure: "twice" of "two times", "half" beside a noun."""
    place = figure.span.shifted(-statement.start)
    if figure.is_word and place.of(statement.text).lower() == "half":
        words = r"half"
    elif _TIMES.match(statement.text, place.end) and figure.value in _SO_MANY_TIMES:
        words = _SO_MANY_TIMES[figure.value]
    else:
        return False
    return any(re.search(rf"(?i)\b{words}\b", candidate.segment.text) for candidate in near)


def _settled(statement: Statement, result: FactResult) -> FactResult:
    """`result`, or a match where the claim's own fact stands beside the different one, in the clause that the claim is about."""
    if result.check.outcome is FactOutcome.MISMATCH and in_clause_of_its_own(statement, result):
        return FactResult(replace(result.check, outcome=FactOutcome.MATCH, in_evidence=()), 1.0, result.segment)
    return result


def _in_known_words(statement: Statement, surroundings: Surroundings) -> bool:
    """Whether the evidence has every word of the claim, in some form, but for figures and for words that tell how to compute."""
    words = frozenset(token.stem for token in content_of(statement.text) if token.fact is None) - OF_COMPUTING
    return overlap(words, surroundings.terms) == len(words)


def _left_to_the_model(result: FactResult, near: Sequence[Candidate]) -> FactResult:
    """A figure that follows from figures of sentences supports no more than itself: they need not be of what the claim names.

    Rows and columns of a table are found by their names already, which claims often paraphrase.
    """
    places = {(place.passage, place.span) for place in result.check.in_evidence}
    in_table = any(
        candidate.segment.cell_at(span) is not None
        for candidate in near
        for passage, span in places
        if candidate.segment.passage == passage
    )
    if result.check.outcome is not FactOutcome.DERIVED or in_table:
        return result
    return replace(result, check=replace(result.check, outcome=FactOutcome.MATCH))


def _kept_or_charged(statement: Statement, near: Sequence[Candidate]) -> list[FactResult]:
    """What a sentence, however few words of the claim it has, reserves for others, charges for, or ties to a condition."""
    if negators(statement.text) or ONLY.search(statement.text):
        return []
    text, whole = statement.text, Span(0, len(statement.text))
    for segment in (candidate.segment for candidate in near if not candidate.segment.cells):
        reserving = [(FactKind.QUANTIFIER, whole, who) for who in reserved(text, segment.text)]
        charging = [(FactKind.MONEY, free, price) for free, price in charged(text, segment.text)]
        tying = [(FactKind.QUANTIFIER, *places) for places in unconditional(text, segment.text)]
        for kind, mine, theirs in (*reserving, *charging, *tying):
            said = FactSpan(mine.shifted(statement.start), mine.of(text))
            found = FactSpan(theirs.shifted(segment.span.start), theirs.of(segment.text), segment.passage)
            return [FactResult(FactCheck(kind, FactOutcome.MISMATCH, said, (found,)), 1.0, segment)]
    return []


def _goes_without_saying(check: FactCheck) -> bool:
    """Whether what was not found is a name that only ends in a number ("COVID-19"), and so the subject of many texts without it.

    That it was not found met supported statements of people's own sets as often as others (docs/facts.md): the model judges them.
    """
    is_missing = check.kind is FactKind.IDENTIFIER and check.outcome is FactOutcome.NOT_FOUND
    return is_missing and bool(NUMBERED_NAME.fullmatch(check.in_claim.text))


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
