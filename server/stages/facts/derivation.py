"""Figures that do not stand in the evidence but follow from figures that do, with the formula shown.

A derivation counts only when the claim asks for that operation in words ("in total", "more than", "per cent of") and the operands
belong together and to the claim (`operands`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, permutations

from server.domain import FactKind, FactSpan, Span
from server.stages.evidence import terms
from server.stages.facts.alignment import Statement
from server.stages.facts.comparison import Candidate, located
from server.stages.facts.dates import Moment
from server.stages.facts.figures import Figure
from server.stages.facts.operands import Operand, Wanted, belong_together, find_operands
from server.stages.facts.percentages import POINTS, SHARE
from server.stages.facts.segments import Segment

_SUM = re.compile(
    r"(?i)\b(?:total\w*|altogether|together|combined|sums?|in all|overall|both|plus|add(?:s|ed|ing)? up|joint(?:ly)?|aggregate)\b"
)
_DIFFERENCE = re.compile(
    r"(?i)\b(?:differ\w*|increas\w*|decreas\w*|rose|rise[ns]?|risen|fell|fall(?:en|s)?|grew|grow(?:n|th|s)?|declin\w*|drop(?:ped|s)?"
    r"|chang\w*|gap|sav(?:e[sd]?|ing|ings)|discount\w*|reduc\w*|remain\w*|left|exceed\w*|cheaper|dearer|net|minus|gain\w*|lost"
    r"|improve\w*|movement|up|down|(?:more|less|fewer|higher|lower|longer|shorter|later|earlier|larger|smaller|heavier|lighter|wider"
    r"|taller|older|younger|faster|slower|above|below)\b(?=[^.]*\b(?:than|compared)\b)|than)\b"
)
_RELATIVE = re.compile(
    r"(?i)\b(?:percent\w*|per cent|%|rate of)\W+(?:\w+\W+){0,2}?(?:change|increase|decrease|growth|rise|decline|fall)"
)
_ABSOLUTE = re.compile(r"(?i)\b(?:absolute|nominal)\b")
_RATIO_OF = re.compile(r"(?i)\b(?:ratio|proportion)\b")
_RATIO = re.compile(
    r"(?i)\b(?:times|twice|double[ds]?|triple[ds]?|half|ratio|per|each|as (?:much|many|large|high|long)|\w+fold"
    r"|one in|(?:an?|one|two|three)[- ](?:thirds?|quarters?)"
    r"|divided|multiple)\b"
)
_SHARE = re.compile(
    r"(?i)\b(?:share|proportion|percent\w*|per cent|ratio|out of|of (?:the|all|its|their|total|these|them)"
    r"|accounts? for|accounted for"
    r"|represent\w*|ma(?:ke|de)s? up|as a part|margin|turnover|half|(?:an?|one|two|three)[- ](?:thirds?|quarters?))\b|%"
)
_PRODUCT = re.compile(
    r"(?i)\b(?:each|per|times|total\w*|together|altogether|every|yearly|annual(?:ly)?|monthly|a (?:year|month|week"
    r"|day)|for (?:the )?(?:all|whole)"
    r"|value|price|cost[s]?|amount)\b"
)
_PART_OF = re.compile(r"(?i)\bof (?:the |its |all |our |their )?\d")
"""As in "16 of the 24 people", which a share of all of them bears out."""
_AND = re.compile(r"(?i)\band\b")
_AVERAGE = re.compile(r"(?i)\b(?:average[ds]?|mean|on average)\b")
_REST = re.compile(r"(?i)\b(?:total|rest|remain\w*|other|combined|together|without|excluding)\b")
OF_COMPUTING = terms(
    "total sum altogether together combined overall difference differ increase decrease rise rose risen fall fell"
    " fallen grow grew grown growth decline drop change save saving more less fewer higher lower longer shorter"
    " later earlier sooner larger smaller greater heavier lighter cheaper dearer faster slower older younger percent"
    " percentage per cent point share part proportion ratio average mean rest remain remaining other each every"
    " yearly annual annually monthly weekly daily year month week day hour minute second time times twice double"
    " triple half third quarter cost price pay paid amount come take took last make made give number count spend"
    " spent need require gap between compared whole both plus minus out long much many all one two three four five"
    " six seven eight nine ten euro dollar pound eur usd gbp km kilometre equal correspond work run value worth sell"
    " buy"
)
"""Words of a claim that tell of quantities and of what is done with them, and not of whose they are."""
_YEARS = 4
_PAIR = 2
_ADDED = 14
"""Figures that are tried in pairs and threes."""

Result = tuple[Decimal, str, tuple[Operand, ...]]
"""A value in the claim's base unit, the formula for it, and the operands used."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """The formula, as a person would write it, the figures it uses, and the statement that has the first of them."""

    formula: str
    operands: tuple[FactSpan, ...]
    segment: Segment


def derive(statement: Statement, figure: Figure, near: Sequence[Candidate]) -> Derivation | None:
    """How `figure` follows from figures of the evidence by an operation that the claim's words ask for; None if it does not."""
    if figure.is_range or figure.ordinal or figure.bound:
        return None
    words = f"{statement.asked} {statement.claim.statement}"
    averages, changes = bool(_AVERAGE.search(words)), bool(_DIFFERENCE.search(words) or _RELATIVE.search(words))
    wanted = Wanted(averages or bool(_SUM.search(words)), averages + changes, bool(_SHARE.search(words)))
    operands = find_operands(statement, figure, near, wanted)
    results = [*_results(words, figure, operands), *_multiples(statement, figure, operands)]
    fitting = [(formula, used) for result, formula, used in results if _fits(figure, result, used)]
    if fitting:
        formula, used = max(fitting, key=lambda each: _mean_alignment(each[1]))
        places = tuple(operand.place for operand in used)
        return Derivation(f"{formula} = {statement_of(figure, statement)}", places, used[0].segment)
    return _days_between(statement, figure, near) or _years_between(statement, figure, near)


def _mean_alignment(used: Sequence[Operand]) -> float:
    """How well the operands are aligned with the claim on average: of several derivations the best aligned one is shown."""
    return sum(operand.alignment for operand in used) / len(used)


def statement_of(figure: Figure, statement: Statement) -> str:
    """The figure as the claim writes it."""
    return figure.span.shifted(-statement.start).of(statement.text)


def _results(words: str, figure: Figure, operands: Sequence[Operand]) -> Iterator[Result]:
    """Candidate values, simplest operations first."""
    alike = [operand for operand in operands if _counts_alike(figure, operand)]
    is_share = figure.unit in {SHARE, POINTS}
    if is_share and (not _AVERAGE.search(words) or _RELATIVE.search(words) or _RATIO_OF.search(words)):
        yield from _percentages(words, operands)
    if _AVERAGE.search(words):
        yield from _averages([operand for operand in alike if operand.figure.value])
        if _DIFFERENCE.search(words):
            yield from _differences_of_averages(alike)
            yield from _differences(alike)
        if _RATIO_OF.search(words) and not is_share:
            yield from _ratios(words, figure, operands)
        return
    if _DIFFERENCE.search(words):
        # "The percentage change in the margin" is written of a margin's points as well, and of nothing else's difference.
        is_relative = is_share and _RELATIVE.search(words) and not _ABSOLUTE.search(words)
        yield from _differences([each for each in alike if each.figure.unit == SHARE] if is_relative else alike)
    if _SUM.search(words) and not is_share:
        yield from _sums(alike)
    if not is_share and (_RATIO.search(words) or (not figure.unit and _SHARE.search(words))):
        yield from _ratios(words, figure, operands)
    if not is_share and (_PRODUCT.search(words) or _PART_OF.search(words)):
        yield from _products(figure, operands)


def _counts_alike(figure: Figure, operand: Operand) -> bool:
    """Whether sums with the operand are of the claim's kind: of its unit, or a number whose unit a table leaves out."""
    other = operand.figure
    if other.unit == figure.unit or (figure.unit == POINTS and other.unit == SHARE):
        return True
    is_in_table = operand.cell is not None
    # "24 billion" leaves out the currency of its question.
    leaves_out = not figure.unit and not figure.noun and (is_in_table or other.kind is FactKind.MONEY)
    return leaves_out or (is_in_table and not other.unit)


def _alike(chosen: Sequence[Operand]) -> bool:
    """Whether the operands are of one unit, count one thing, and belong together."""
    # A table writes the currency in its first rows only.
    units = {operand.figure.unit for operand in chosen if operand.figure.unit or operand.cell is None}
    nouns = {operand.figure.noun for operand in chosen if operand.cell is None}
    same_sentence = all(operand.segment is chosen[0].segment for operand in chosen)
    return len(units) <= 1 and (len(nouns) <= 1 or same_sentence) and belong_together(chosen)


def _differences(operands: Sequence[Operand]) -> Iterator[Result]:
    for one, other in combinations(operands, 2):
        if not _alike((one, other)):
            continue
        larger, smaller = (one, other) if one.figure.value > other.figure.value else (other, one)
        yield larger.figure.value - smaller.figure.value, f"{larger.written} − {smaller.written}", (larger, smaller)


def _sums(operands: Sequence[Operand]) -> Iterator[Result]:
    for chosen in _groups(operands):
        total = sum((operand.figure.value for operand in chosen), Decimal(0))
        yield total, " + ".join(operand.written for operand in chosen), tuple(chosen)


def _averages(operands: Sequence[Operand]) -> Iterator[Result]:
    for group in _groups(operands):
        total = sum((operand.figure.value for operand in group), Decimal(0))
        terms = " + ".join(operand.written for operand in group)
        yield total / len(group), f"({terms}) / {len(group)}", tuple(group)


def _differences_of_averages(operands: Sequence[Operand]) -> Iterator[Result]:
    """Between the averages of two rows over the same columns, and between those of one row over two times and the two after."""
    for row, other in _stretches(operands):
        averages = [sum((each.figure.value for each in line), Decimal(0)) / len(line) for line in (row, other)]
        written = [f"({' + '.join(each.written for each in line)}) / {len(line)}" for line in (row, other)]
        yield averages[0] - averages[1], f"{written[0]} − {written[1]}", (*row, *other)


def _stretches(operands: Sequence[Operand]) -> Iterator[tuple[Sequence[Operand], Sequence[Operand]]]:
    """Pairs of rows, whole and over two columns side by side: an average of balances is of this year's and the last's."""
    for row, other in _paired_rows(operands):
        yield row, other
        if row[0].segment is not other[0].segment:
            for start in range(len(row) - 1 if len(row) > _PAIR else 0):
                yield row[start : start + _PAIR], other[start : start + _PAIR]


def _paired_rows(operands: Sequence[Operand]) -> Iterator[tuple[list[Operand], list[Operand]]]:
    rows: dict[tuple[int, Span], list[Operand]] = {}
    for operand in operands:
        if operand.cell is not None:
            rows.setdefault((operand.segment.passage, operand.segment.span), []).append(operand)
    lines = [sorted(line, key=lambda operand: operand.figure.span) for line in rows.values()]
    for one, other in combinations(lines, 2):
        if len(one) > 1 and [each.column for each in one] == [each.column for each in other]:
            yield one, other
    for line in lines:
        for first, middle, last in zip(line, line[1:], line[2:], strict=False):
            yield [first, middle], [middle, last]


def _groups(operands: Sequence[Operand]) -> Iterator[Sequence[Operand]]:
    """What may be added up: pairs, threes, and neighbours in rows and columns of a table."""
    for size in (2, 3):
        for chosen in combinations(operands[:_ADDED], size):
            if _alike(chosen):
                yield chosen
    for line in _lines(operands):
        for size in range(len(line), 3, -1):
            for start in range(min(_ADDED, len(line) - size + 1)):
                if _alike(line[start : start + size]):
                    yield line[start : start + size]


def _lines(operands: Sequence[Operand]) -> list[list[Operand]]:
    """The operands of each row, each column and each group of rows of a table, totals included: they are figures like others."""
    lines: dict[tuple[object, ...], list[Operand]] = {}
    for operand in operands:
        if operand.cell is not None:
            lines.setdefault((operand.segment.passage, operand.column), []).append(operand)
            lines.setdefault((operand.segment.passage, operand.column, operand.segment.before), []).append(operand)
            lines.setdefault((operand.segment.passage, operand.segment.span), []).append(operand)
    return [sorted(line, key=lambda operand: operand.figure.span) for line in lines.values()]


def _percentages(words: str, operands: Sequence[Operand]) -> Iterator[Result]:
    changes = bool(_DIFFERENCE.search(words) or _RELATIVE.search(words))
    shares = bool(_SHARE.search(words)) and not _RELATIVE.search(words)
    for new, old in permutations(operands, 2):
        if not old.figure.value or not _alike((new, old)):
            continue
        if changes:
            change = abs(new.figure.value - old.figure.value) / abs(old.figure.value)
            yield change, f"({new.written} − {old.written}) / {old.written}", (new, old)
        if shares and new.figure.value:
            yield abs(new.figure.value / old.figure.value), f"{new.written} / {old.written}", (new, old)
    if _AND.search(words) and shares:
        yield from _shares_of_sums(operands)
    if _AND.search(words) and changes:
        yield from _changes_of_sums(operands)
    if _REST.search(words):
        known = [operand for operand in operands if operand.figure.unit == SHARE]
        for one, other in combinations(known, 2):
            if belong_together((one, other)):
                yield one.figure.value + other.figure.value, f"{one.written} + {other.written}", (one, other)
        for one in known:
            yield 1 - one.figure.value, f"100 % − {one.written}", (one,)


def _shares_of_sums(operands: Sequence[Operand]) -> Iterator[Result]:
    """Two cells of a column together, as a share of a third: "A and B over all"."""
    for whole in operands:
        if whole.cell is None or not whole.figure.value:
            continue
        for one, other in combinations([each for each in operands if each is not whole and each.cell], 2):
            if _alike((one, other, whole)) and one.column == other.column == whole.column:
                share = (one.figure.value + other.figure.value) / whole.figure.value
                yield share, f"({one.written} + {other.written}) / {whole.written}", (one, other, whole)


def _changes_of_sums(operands: Sequence[Operand]) -> Iterator[Result]:
    """The relative change of two rows together, from one column to another."""
    for one, other in _paired_rows(operands):
        if [each.column for each in one] != [each.column for each in other]:
            continue
        sums = [(a.figure.value + b.figure.value, a, b) for a, b in zip(one, other, strict=True) if _alike((a, b))]
        for (new, *first), (old, *second) in permutations(sums, 2):
            if old:
                written = [f"({a.written} + {b.written})" for a, b in (first, second)]
                formula = f"({written[0]} − {written[1]}) / {written[1]}"
                yield abs(new - old) / abs(old), formula, (*first, *second)


def _ratios(words: str, figure: Figure, operands: Sequence[Operand]) -> Iterator[Result]:
    for above, below in permutations(operands, 2):
        if not below.figure.value or below.figure.value == 1 or not belong_together((above, below)):
            continue
        same_unit = _alike((above, below))
        if (same_unit and not figure.unit) or (above.figure.unit == figure.unit and not below.figure.unit):
            yield above.figure.value / below.figure.value, f"{above.written} / {below.written}", (above, below)
    if not figure.unit and _AND.search(words):
        yield from _shares_of_sums(operands)


def _products(figure: Figure, operands: Sequence[Operand]) -> Iterator[Result]:
    for one, other in permutations(operands, 2):
        if (
            one.figure.unit == figure.unit
            and other.figure.unit in {"", SHARE}
            and other.figure.value not in {0, 1}
            and belong_together((one, other))
        ):
            yield one.figure.value * other.figure.value, f"{one.written} × {other.written}", (one, other)


def _multiples(statement: Statement, figure: Figure, operands: Sequence[Operand]) -> Iterator[Result]:
    """So many times a figure of the evidence, where the claim says how many ("the two brackets cost EUR 39 together")."""
    multiplies, saves = (bool(each.search(statement.claim.statement)) for each in (_PRODUCT, _DIFFERENCE))
    for count in statement.facts.figures:
        if count.span == figure.span or count.unit or count.ordinal or count.is_label or not 1 < count.value <= 1000:
            continue
        alike = [operand for operand in operands if figure.unit and operand.figure.unit == figure.unit]
        if multiplies:
            for operand in alike:
                formula = f"{statement_of(count, statement)} × {operand.written}"
                yield operand.figure.value * count.value, formula, (operand,)
        if saves:
            yield from _saved(statement, count, alike)


def _saved(statement: Statement, count: Figure, operands: Sequence[Operand]) -> Iterator[Result]:
    """What several single ones cost more than all of them at once."""
    for single, whole in permutations(operands, 2):
        if belong_together((single, whole)):
            formula = f"{statement_of(count, statement)} × {single.written} − {whole.written}"
            yield single.figure.value * count.value - whole.figure.value, formula, (single, whole)


def _fits(figure: Figure, result: Decimal, used: Sequence[Operand]) -> bool:
    """Whether the claim's figure is the result, rounded as far as it is written; cells may be in thousands or millions."""
    exponents: tuple[int, ...] = (0,)
    if all(operand.cell is not None for operand in used):
        bare = not any(operand.figure.unit for operand in used)
        told = {operand.figure.exponent for operand in used}
        scales = tuple(told) if len(told) == 1 and told != {0} else (0, 3, 6, 9)
        exponents = scales if figure.is_scaled else (0, -2) if figure.unit == SHARE and bare else (0,)
    return any(_equals(figure, result.scaleb(exponent)) for exponent in exponents)


def _equals(figure: Figure, result: Decimal) -> bool:
    gap = abs(abs(figure.value) - abs(result))
    slack = max(figure.step / 2, abs(result) * Decimal("1e-9"))
    if figure.approximate:
        slack = max(slack, abs(result) * Decimal("0.05"))
    return gap <= slack and gap <= abs(result) * Decimal("0.05") and (result != 0 or figure.value == 0)


def _calendar_day(moment: Moment) -> date | None:
    """The day, if the moment names one that exists."""
    if not (moment.year and moment.month and moment.day):
        return None
    try:
        return date(moment.year, moment.month, moment.day)
    except ValueError:
        return None


_APART = re.compile(
    r"(?i)\b(?:between|after|before|later|earlier|from|until|within|took|take[ns]?|lasted|apart|differ\w*|since|by)\b"
)


def _days_between(statement: Statement, figure: Figure, near: Sequence[Candidate]) -> Derivation | None:
    """Days from one date of the evidence to another."""
    day = Decimal(86_400)
    if figure.unit != "time" or figure.value % day or not _APART.search(statement.claim.statement):
        return None
    dated = [
        (day_of, moment, candidate.segment)
        for candidate in near
        for moment in candidate.segment.facts.moments
        if (day_of := _calendar_day(moment)) is not None
    ]
    for (one, first, here), (other, second, there) in permutations(dated[:10], 2):
        if (other - one).days * day == figure.value:
            places = (located(there, second.span), located(here, first.span))
            return Derivation(f"{places[0].text} − {places[1].text} = {statement_of(figure, statement)}", places, there)
    return None


def _years_between(statement: Statement, figure: Figure, near: Sequence[Candidate]) -> Derivation | None:
    """Years from one year of a statement to another: "produced from 1993 to 2000" is seven years."""
    if figure.unit != "months" or figure.value % 12 or not figure.value:
        return None
    for candidate in near:
        years = [moment for moment in candidate.segment.facts.moments if moment.year is not None]
        for first, last in combinations(years[:_YEARS], 2):
            if abs((last.year or 0) - (first.year or 0)) * 12 == figure.value:
                later, earlier = (last, first) if (last.year or 0) > (first.year or 0) else (first, last)
                places = (located(candidate.segment, later.span), located(candidate.segment, earlier.span))
                formula = f"{places[0].text} − {places[1].text} = {statement_of(figure, statement)}"
                return Derivation(formula, places, candidate.segment)
    return None
