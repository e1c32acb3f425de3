"""Numbers with what they count: amounts of money, percentages, quantities with a unit, and plain numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from server.domain import FactKind, Span
from server.stages.facts.ages import OLDEST, is_age, is_somebody_of
from server.stages.facts.bounds import Bound, find_bound, is_case
from server.stages.facts.money import currency_after, currency_before, scale_letter
from server.stages.facts.numerals import Numeral, find_numerals
from server.stages.facts.percentages import percent_after
from server.stages.facts.quantities import rate_after, unit_after

_EXACT = Decimal("1e-9")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as stated.

    `value` and `high` are in the base unit; `high` differs from `value` for a range. `unit` is a dimension ("time"), an ISO 4217
    code, "share" (percentages, as fractions) or empty. `per` is what it is counted per ("day"). `noun` is the word counted.
    `is_case`: it is that of one case to which a rule applies ("an order of 75 euros").
    `bound` is what makes it one end of what it says ("at most"), and `span` then holds its words too. `step` is what the
    writer may have rounded to. `is_label` marks a number
    that is part of a name ("priority 2"): others beside it are other things, and no contradiction. `written` is the number itself.
    `exponent` is the power of ten that the header of its table puts on it ("in thousands"), which `value` leaves out.
    """

    kind: FactKind
    span: Span
    value: Decimal
    high: Decimal
    step: Decimal
    unit: str = ""
    per: str = ""
    noun: str = ""
    otherwise: Decimal | None = None
    approximate: bool = False
    is_scaled: bool = False
    is_signed: bool = False
    is_word: bool = False
    falls: bool = False
    ordinal: bool = False
    is_label: bool = False
    written: Decimal = Decimal(0)
    bound: Bound | None = None
    is_case: bool = False
    exponent: int = 0

    @property
    def is_range(self) -> bool:
        """Whether it has two ends."""
        return self.high != self.value

    @property
    def is_casual(self) -> bool:
        """A lone "one", which is more often a pronoun than a figure."""
        return self.is_word and not self.unit and self.value <= 1 and self.value == int(self.value)


_ABOUT = re.compile(
    r"(?i)(?:\b(?:about|around|approximately|approx\.?|roughly|nearly|almost|some|circa|ca\.?|close to"
    r"|just (?:over|under|above|below)|"
    r"an estimated|in the region of|or so)|[~≈])\s*(?:a |an )?(?:[A-Z]{3}\s?|[€$£¥]\s?)?$"
)
_TO = re.compile(r"(?i)\s?(?:to|through|till|until|[-–—−]|and)\s?(?:[A-Z]{3}\s?|[€$£¥]\s?|up to )?$")
_BETWEEN = re.compile(r"(?i)\bbetween\s+(?:[A-Z]{3}\s?|[€$£¥]\s?)?$")
_DOWN = re.compile(
    r"(?i)\b(?:fell|fall(?:s|en)?|dropp?(?:ed|s)?|decreas\w+|declin\w+|reduc\w+|shr[aiu]nk|down|lost"
    r"|loss(?:es)?|negative|minus|below zero|less|lower|cut)\b"
)
_NOUN = re.compile(
    r"[ \u00a0-]?(?:(?:further|more|additional|different|full|of the|new|other)\s)?(?P<noun>[^\W\d_]{3,})"
)
_NOT_COUNTED = frozenset(
    "and the for from with per each every are was were has have had can will that which who when than "
    "then but not out off onto into "
    "over under after before between during since until must shall may would could should is of to in on at by or if as".split()
)
_LABEL = re.compile(
    r"(?:(?i:\b(?:priority|level|phase|tier|type|class|grade|category|stage|zone|group|room|floor|page|line|option|season|episode|error))"
    r"|(?<=[\w,] )[A-Z][a-z]+|\b[A-Z]{2,5})\s$"
)
"""What makes a number part of a name: "priority 2", "the Brisel 2", "ASC 606"."""
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_ORDINAL_WORDS = {
    word: index
    for index, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), start=1)
}
_ORDINAL_WORD = re.compile(
    rf"(?i)\b(?:the|its|their|his|her|a|every)\s+(?P<word>{'|'.join(_ORDINAL_WORDS)})\b(?!\s+(?:of\s+all|and\s+foremost|time))"
)
_CITED = re.compile(
    r"(?i)\[\s*\^?\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\s*\]|\b(?:passage|source|document|doc)s?\s\d{1,2}\b(?!\s?%)"
)
_ENUMERATED = re.compile(r"(?m)^\s*(?:[-*>]\s*)?\(?\d{1,3}(?:\.\d{1,3})*[.)]?\s+(?=[A-Z\"“*])(?<=[.)]\s)")


def find_figures(text: str, taken: Sequence[Span]) -> list[Figure]:
    """The figures of `text` outside the spans `taken` (dates, identifiers), in order and disjoint.

    Citation markers ("[1]") and the numbers of list items are no figures.
    """
    marks = [Span(*match.span()) for pattern in (_CITED, _ENUMERATED) for match in pattern.finditer(text)]
    numerals = [numeral for gap in _gaps(len(text), [*taken, *marks]) for numeral in find_numerals(text, gap)]
    figures = [_figure(text, numeral) for numeral in numerals]
    figures += [_ordinal(match) for match in _ORDINAL_WORD.finditer(text) if not _overlaps(Span(*match.span()), taken)]
    figures.sort(key=lambda figure: figure.span)
    return [_bounded(text, figure) for figure in _compounds(text, _ranges(text, _ratios(text, figures)))]


# --- reading ------------------------------------------------------------------------------------------------------------------


def _overlaps(span: Span, taken: Sequence[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in taken)


def _gaps(length: int, taken: Sequence[Span]) -> list[Span]:
    gaps, at = [], 0
    for span in sorted(taken):
        if span.start > at:
            gaps.append(Span(at, span.start))
        at = max(at, span.end)
    return [*gaps, Span(at, length)] if at < length else gaps


def _figure(text: str, numeral: Numeral) -> Figure:
    """The numeral with the currency, sign or unit beside it, and the words that bound or soften it."""
    numeral = _in_millions(text, numeral)
    span = numeral.span
    kind, unit, per, noun = FactKind.NUMBER, "", "", ""
    factor, offset = Decimal(1), Decimal(0)
    ordinal = bool(_ORDINAL.match(text, span.end)) and not numeral.is_word
    before = currency_before(text, span.start)
    after = currency_after(text, span.end)
    percent = percent_after(text, span.end)
    measured = unit_after(text, span.end)
    if ordinal:
        span = Span(span.start, span.end + 2)
    elif before:
        kind, unit, span = FactKind.MONEY, before[1], Span(before[0], span.end)
    elif after:
        kind, unit, span = FactKind.MONEY, after[1], Span(span.start, after[0])
        factor = Decimal(1).scaleb(after[2])
    elif percent:
        kind, unit, span, factor = FactKind.PERCENTAGE, percent[1], Span(span.start, percent[0]), percent[2]
    elif measured:
        kind, unit, span = FactKind.QUANTITY, measured[1].dimension, Span(span.start, measured[0])
        factor, offset = measured[1].factor, measured[1].offset
    per = rate_after(text, span.end)
    if kind is FactKind.NUMBER:
        counted = _NOUN.match(text, span.end)
        noun = _stem(counted.group("noun")) if counted and counted.group("noun").lower() not in _NOT_COUNTED else ""
        is_verb = counted is not None and not counted.group("noun").endswith("s")  # "children under six travel free"
        if not ordinal and (not noun or is_verb) and numeral.value <= OLDEST and is_age(text, span):
            kind, unit, noun, factor = FactKind.QUANTITY, "months", "", Decimal(12)
    lead = text[max(0, span.start - 24) : span.start]
    value = numeral.value * factor + offset
    negated = (
        kind is FactKind.MONEY and before is not None and "-" in text[before[0] : numeral.span.start].replace("−", "-")
    )
    other = numeral.otherwise * factor + offset if numeral.otherwise is not None else None
    return Figure(
        kind,
        span,
        -value if negated else value,
        -value if negated else value,
        numeral.step * factor,
        unit,
        per,
        noun,
        other,
        bool(_ABOUT.search(lead)),
        numeral.is_scaled,
        numeral.is_signed,
        numeral.is_word,
        bool(_DOWN.search(text[max(0, span.start - 80) : span.end + 30])),
        ordinal,
        kind is FactKind.NUMBER and bool(_LABEL.search(lead)),
        numeral.value,
    )


def _in_millions(text: str, numeral: Numeral) -> Numeral:
    """An amount of money times what a letter after it stands for ("$10m", "3.2m euros")."""
    letter = None if numeral.is_word or numeral.is_scaled else scale_letter(text, numeral.span.end)
    if letter is None or not (currency_before(text, numeral.span.start) or currency_after(text, letter[0])):
        return numeral
    end, exponent = letter
    return replace(
        numeral,
        span=Span(numeral.span.start, end),
        value=numeral.value.scaleb(exponent),
        step=numeral.step.scaleb(exponent),
        otherwise=None if numeral.otherwise is None else numeral.otherwise.scaleb(exponent),
        is_scaled=True,
    )


def _bounded(text: str, figure: Figure) -> Figure:
    """The figure with the words that bound it, if there are any: "at least" before one end, "between" before both."""
    if figure.ordinal or figure.is_label:
        return figure
    if figure.is_range:
        between = _BETWEEN.search(text, max(0, figure.span.start - 14), figure.span.start)
        return replace(figure, span=Span(between.start(), figure.span.end)) if between else figure
    bound = find_bound(text, figure.span)
    if bound is None:
        is_one_case = is_case(text, figure.span) or (figure.unit == "months" and is_somebody_of(text, figure.span))
        return replace(figure, is_case=True) if is_one_case else figure
    return replace(figure, span=bound.span, bound=bound)


def _ordinal(match: re.Match[str]) -> Figure:
    value = Decimal(_ORDINAL_WORDS[match.group("word").lower()])
    return Figure(FactKind.NUMBER, Span(*match.span("word")), value, value, Decimal(1), is_word=True, ordinal=True)


def _ratios(text: str, figures: list[Figure]) -> list[Figure]:
    """Reads "1 in 10" and "9 out of 10" as the fractions they are."""
    joined: list[Figure] = []
    for figure in figures:
        part = joined[-1] if joined else None
        if part is not None and _is_ratio(text, part, figure):
            share = part.value / figure.value
            joined[-1] = replace(
                part,
                span=Span(part.span.start, figure.span.end),
                value=share,
                high=share,
                step=_EXACT,
                noun=figure.noun,
            )
        else:
            joined.append(figure)
    return joined


def _is_ratio(text: str, part: Figure, whole: Figure) -> bool:
    between = text[part.span.end : whole.span.start].strip().lower()
    plain = part.kind is whole.kind is FactKind.NUMBER and not part.ordinal and not whole.ordinal
    return plain and between in {"in", "out of", "in every"} and 0 < part.value < whole.value


def _ranges(text: str, figures: list[Figure]) -> list[Figure]:
    """Joins "2 to 4 days" and "between 5 and 10": the first end takes the second's unit."""
    joined: list[Figure] = []
    for figure in figures:
        low = joined[-1] if joined else None
        if low is not None and not low.is_range and _is_range(text, low, figure):
            scale = _implied_scale(low, figure)
            value = low.value if low.unit else low.value * scale
            joined[-1] = replace(
                figure,
                span=Span(low.span.start, figure.span.end),
                value=value,
                high=figure.high,
                approximate=low.approximate or figure.approximate,
            )
        elif low is None or figure.span.start >= low.span.end:
            joined.append(figure)
    return joined


def _is_range(text: str, low: Figure, high: Figure) -> bool:
    between = text[low.span.end : high.span.start]
    joins = _TO.fullmatch(between)
    if joins is None or low.ordinal or high.ordinal or (low.unit and low.unit != high.unit):
        return False
    if between.strip().lower().startswith("and") and not _BETWEEN.search(
        text[max(0, low.span.start - 14) : low.span.start]
    ):
        return False
    if (
        between.strip().lower().startswith("to")
        and re.search(
            r"(?i)\b(?:rose|fell|grew|increased|decreased|up|down|cut|raised|went|from)\b[^.]{0,40}$",
            text[max(0, low.span.start - 50) : low.span.start],
        )
        and low.unit
    ):
        return False
    return low.value * _implied_scale(low, high) < high.high


def _implied_scale(low: Figure, high: Figure) -> Decimal:
    """What the unit after the second number of a range does to the first: "2 to 4 days", "5–10 %", "3 to 4 million"."""
    if low.unit or (not high.unit and not high.is_scaled):
        return Decimal(1)
    written = high.step
    return max(written, Decimal("1e-12")) / max(low.step, Decimal("1e-12")) if low.step else Decimal(1)


def _compounds(text: str, figures: list[Figure]) -> list[Figure]:
    """Adds up "1 hour 30 minutes" and "5 ft 3 inches"."""
    joined: list[Figure] = []
    for figure in figures:
        last = joined[-1] if joined else None
        if (
            last is not None
            and figure.kind is FactKind.QUANTITY
            and last.unit == figure.unit
            and not last.is_range
            and figure.step < last.step
            and text[last.span.end : figure.span.start].strip() in {"", "and"}
        ):
            value = last.value + figure.value
            joined[-1] = replace(
                last, span=Span(last.span.start, figure.span.end), value=value, high=value, step=figure.step
            )
        else:
            joined.append(figure)
    return joined


def _stem(word: str) -> str:
    word = word.lower()
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
