"""Numbers as they are written: digits in several locales, words, fractions, and scales such as thousand or bn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from server.domain import Span


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text.

    `step` is the place value of the last digit written ("4.1" has 0.1, "4.1 million" 100,000): what the writer may have rounded
    to. `otherwise` is the second reading of a numeral that two locales read differently ("1.234"), else None. `is_word` marks
    numbers in words, `is_signed` those with a plus or minus.
    """

    span: Span
    value: Decimal
    step: Decimal
    otherwise: Decimal | None = None
    is_word: bool = False
    is_signed: bool = False
    is_scaled: bool = False


_DIGITS = re.compile(
    r"(?<![\w.,/])(?<!\d[:-])(?P<sign>(?<![\d\w)\]])[-−+](?=[\d.]))?"
    r"(?P<number>\d{1,3}(?P<mark>[,.'’\u00a0\u2009\u202f ])\d{3}(?:(?P=mark)\d{3})*(?!\d)(?:(?!(?P=mark))[.,]\d+)?"
    r"|\d+(?:[.,]\d+)?|\.\d+)(?P<vulgar>\s?[½⅓⅔¼¾⅕⅛]|\s\d/\d{1,2}(?![\d/]))?(?!\d)"
)
_IN_NAME = re.compile(r"(?<!\bunder)(?<!\bover)(?<!\bpre)(?<!\bpost)(?<!\bmid)(?<=[A-Za-z])[-‑–]\Z")
"""What makes a number part of a name: "COVID-19"."""
_FRACTION = re.compile(r"(?<![\w.,/])(?P<above>\d{1,3})/(?P<below>\d{1,3})(?![\d/]|\s?(?:mm|cm|in)\b)")
_VULGAR = re.compile(r"(?<![\w.,/])[½⅓⅔¼¾⅕⅛]")
_VULGAR_VALUES = {
    "½": Decimal(1) / 2,
    "⅓": Decimal(1) / 3,
    "⅔": Decimal(2) / 3,
    "¼": Decimal(1) / 4,
    "¾": Decimal(3) / 4,
    "⅕": Decimal(1) / 5,
    "⅛": Decimal(1) / 8,
}
_SCALES = {
    "hundred": 2,
    "thousand": 3,
    "million": 6,
    "billion": 9,
    "trillion": 12,
    "lakh": 5,
    "crore": 7,
    "mn": 6,
    "mio": 6,
    "mln": 6,
    "bn": 9,
    "mrd": 9,
    "tn": 12,
    "k": 3,
    "K": 3,
    "M": 6,
    "B": 9,
}
_SCALE_WORD = re.compile(
    r"(?:\s?(?:(?i:hundreds?|thousands?|millions?|billions?|trillions?|lakhs?|crores?)\b|(?i:mn|mio\.?"
    r"|mln|bn|mrd\.?|tn)(?![A-Za-z]))"
    r"|[kKMB](?![A-Za-z/²³]))"
)
_ONES = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
        "nineteen".split(),
        range(20),
        strict=True,
    )
)
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_MAGNITUDES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "twentieth": 20, "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
_SMALL = "|".join((*_TENS, *_ONES))
_WORDS = re.compile(
    rf"(?i)\b(?:(?:an?\s+)?(?:{'|'.join(_MAGNITUDES)})|{_SMALL})(?:(?:\s+and\s+|\s+|-)(?:{_SMALL}|{'|'.join(_MAGNITUDES)})\b)*\b"
    r"(?!['’])"
)
_WORD_FRACTION = re.compile(
    rf"(?i)\b(?P<above>an?|{_SMALL})[\s-]+(?P<below>halves|half|{'|'.join(f'{part}s?' for part in list(_PARTS)[2:])})\b"
    r"(?!\s+(?:of\s+(?:the\s+year|\d{4}|this|last|next)|(?!of\b|less\b|more\b|as\b|in\b|to\b|and\b|or\b"
    r"|by\b|the\b|an?\b|is\b|are\b|was\b|were\b|off\b)[a-z]))"
)
_HALF = re.compile(r"(?i)(?<!-)\bhalf\b(?=\s+(?:of|an?|the|a|its|their|his|her|as)\b|\s+(?:hour|day|year|million))")
_HALF_A = re.compile(r"(?i)(?<!-)\bhalf an? (?P<scale>dozen|hundred|thousand|million|billion|trillion)\b")
_AND_A_HALF = re.compile(r"(?i)\s+and\s+a\s+half\b")


def find_numerals(text: str, free: Span) -> Iterator[Numeral]:
    """The numbers in the stretch `free` of `text`, in order and disjoint."""
    at = free.start
    finders = [*_in_digits(text, free), *_in_words(text, free)]
    for numeral in sorted(finders, key=lambda each: (each.span.start, -each.span.end)):
        if numeral.span.start >= at:
            yield numeral
            at = numeral.span.end


def _in_digits(text: str, free: Span) -> Iterator[Numeral]:
    for match in _FRACTION.finditer(text, free.start, free.end):
        below = Decimal(match.group("below"))
        if below:
            yield Numeral(Span(*match.span()), Decimal(match.group("above")) / below, Decimal("0.0001"))
    for match in _VULGAR.finditer(text, free.start, free.end):
        yield Numeral(Span(*match.span()), _VULGAR_VALUES[match.group()], Decimal("0.01"))
    for match in _DIGITS.finditer(text, free.start, free.end):
        if _IN_NAME.search(text, max(0, match.start() - 1), match.start()):
            continue
        yield _scaled(text, _digits(match), free)


def _digits(match: re.Match[str]) -> Numeral:
    written, mark = match.group("number"), match.group("mark")
    readings = [_read(written, mark)]
    if mark == "." and written.count(".") == 1 and "," not in written and not written.startswith("0"):
        # "1.234" is a decimal here and a thousand elsewhere.
        readings = [(Decimal(written), Decimal("0.001")), (Decimal(written.replace(".", "")), Decimal(1))]
    value, step = readings[0]
    vulgar = (match.group("vulgar") or "").strip()
    if vulgar:
        above, _, below = vulgar.partition("/")
        value += (
            _VULGAR_VALUES[vulgar] if vulgar in _VULGAR_VALUES else Decimal(above) / max(Decimal(below), Decimal(1))
        )
        step = Decimal("0.01")
    sign = match.group("sign") or ""
    factor = -1 if sign and sign != "+" else 1
    other = readings[1][0] * factor if len(readings) > 1 else None
    return Numeral(Span(*match.span()), value * factor, step, other, is_signed=bool(sign))


def _read(written: str, mark: str | None) -> tuple[Decimal, Decimal]:
    plain = written.replace(mark, "") if mark else written
    plain = plain.replace(",", ".")
    decimals = len(plain.partition(".")[2])
    return Decimal(plain), Decimal(1).scaleb(-decimals)


def _scaled(text: str, numeral: Numeral, free: Span) -> Numeral:
    """`numeral` times the scale word after it ("4.1 million", "70k"), if any."""
    scale = _SCALE_WORD.match(text, numeral.span.end, free.end)
    if scale is None:
        return numeral
    word = scale.group().strip().rstrip(".")
    exponent = _SCALES.get(word) or _SCALES.get(word.lower()) or _SCALES[word.lower().removesuffix("s")]
    other = numeral.otherwise.scaleb(exponent) if numeral.otherwise is not None else None
    span = Span(numeral.span.start, scale.end())
    value, step = numeral.value.scaleb(exponent), numeral.step.scaleb(exponent)
    return Numeral(span, value, step, other, is_signed=numeral.is_signed, is_scaled=True)


def _in_words(text: str, free: Span) -> Iterator[Numeral]:
    for match in _WORD_FRACTION.finditer(text, free.start, free.end):
        above = match.group("above").lower()
        numerator = 1 if above in {"a", "an"} else _ONES.get(above) or _TENS.get(above, 0)
        below = match.group("below").lower()
        parts = _PARTS.get(below) or _PARTS[below.removesuffix("s")]
        yield Numeral(Span(*match.span()), Decimal(numerator) / parts, Decimal("0.01"), is_word=True)
    for match in _HALF_A.finditer(text, free.start, free.end):
        whole = Decimal(_MAGNITUDES[match.group("scale").lower()])
        yield Numeral(Span(*match.span()), whole / 2, whole / 10, is_word=True, is_scaled=whole >= 1000)
    for match in _HALF.finditer(text, free.start, free.end):
        yield Numeral(Span(*match.span()), Decimal("0.5"), Decimal("0.1"), is_word=True)
    for match in _WORDS.finditer(text, free.start, free.end):
        value = _spoken(match.group().lower())
        step = Decimal(1) if value % 10 or value < 100 else _last_place(value)
        half = _AND_A_HALF.match(text, match.end(), free.end)
        if half:
            yield Numeral(Span(match.start(), half.end()), value + Decimal("0.5"), Decimal("0.1"), is_word=True)
        else:
            yield Numeral(Span(*match.span()), value, step, is_word=True, is_scaled=value >= 1000)


def _spoken(words: str) -> Decimal:
    """The value of a number in words: hundreds multiply what is before them, thousands and more close a group."""
    total = group = 0
    for word in re.findall(r"[a-z]+", words):
        if word in _ONES:
            group += _ONES[word]
        elif word in _TENS:
            group += _TENS[word]
        elif word in {"hundred", "dozen"}:
            group = max(group, 1) * _MAGNITUDES[word]
        elif word in _MAGNITUDES:
            total += max(group, 1) * _MAGNITUDES[word]
            group = 0
    return Decimal(total + group)


def _last_place(value: Decimal) -> Decimal:
    step = Decimal(1)
    while value and value % (step * 10) == 0:
        step *= 10
    return step
