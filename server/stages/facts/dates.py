"""Calendar dates, quarters, years, weekdays and times of day, in the forms in which people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from server.domain import Span
from server.stages.facts.quantities import unit_after


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time, as precise as it was written; None for what was left out.

    `quarter` is 1 to 4, `weekday` 0 (Monday) to 6, `minutes` the time of day since midnight. `day_first` holds the other reading
    of a date such as 03/04/2026 as (month, day), else None. A decade has its first year.
    """

    span: Span
    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    weekday: int | None = None
    minutes: int | None = None
    day_first: tuple[int, int] | None = None
    is_fiscal: bool = False
    is_decade: bool = False

    @property
    def form(self) -> str:
        """What sort of moment it is: "time", "weekday", "quarter", "year" or "date"; only like is compared with like."""
        if self.minutes is not None:
            return "time"
        if self.weekday is not None and self.month is None:
            return "weekday"
        if self.quarter is not None:
            return "quarter"
        return "year" if self.month is None else "date"


_MONTHS = "january february march april may june july august september october november december".split()
_MONTH_PATTERN = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_YEAR = r"(?:1[5-9]|20|21)\d\d"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_ORDINAL_DAYS = {
    word: index
    for index, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth".split(),
        1,
    )
}
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_COUNTED = (
    "hours|days|mm|cm|km|kg|mg|ml|mAh|W|EUR|USD|euros?|dollars?|people|employees|customers|units|cases|million|billion|points|per"
    "|metres|meters|miles|tons|tonnes"
)
"""What makes a number of four digits a count rather than a year."""

_FORMS = [
    re.compile(rf"\b(?P<year>{_YEAR})[-/.](?P<month>0?[1-9]|1[0-2])[-/.](?P<day>{_DAY})(?:[T ](?P<hour>[01]?\d"
        rf"|2[0-3]):(?P<minute>[0-5]\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?![\d-])"),
    re.compile(rf"(?i)\b(?P<day>{_DAY})(?:st|nd|rd|th)?\.?[ \u00a0-](?:of |day of )?(?P<name>{_MONTH_PATTERN})(?:,?[ "
        rf"\u00a0-](?P<year>{_YEAR})\b)?"),
    re.compile(rf"(?i)\b(?:the )?(?P<spoken>{'|'.join(_ORDINAL_DAYS)}) (?:of )?(?P<name>{_MONTH_PATTERN})(?:,? "
        rf"(?P<year>{_YEAR})\b)?"),
    re.compile(rf"(?i)\b(?P<name>{_MONTH_PATTERN})[ \u00a0](?:the )?(?P<day>{_DAY})(?:st|nd|rd|th)?\b(?!:\d)(?:,?[ "
        rf"\u00a0](?P<year>{_YEAR})\b)?"),
    re.compile(rf"(?i)\b(?P<name>{_MONTH_PATTERN})(?:,| of)?[ \u00a0-](?P<year>{_YEAR})\b"),
    re.compile(rf"\b(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})(?P=mark)(?P<year>{_YEAR})\b"),
    re.compile(rf"\b(?P<quarter>(?i:q)[1-4])(?:[ \u00a0/-]?(?:(?i:fy)|of |of the year )?'?(?P<year>{_YEAR}|\d\d)\b)?"),
    re.compile(rf"\b(?P<year>{_YEAR})[ -]?(?P<quarter>(?i:q)[1-4])\b"),
    re.compile(rf"(?i)\b(?P<quarter>{'|'.join(_QUARTERS)})[ -]quarter(?: of (?:the )?(?:(?:fiscal|financial) "
        rf")?(?:year )?(?P<year>{_YEAR})\b)?"),
    re.compile(rf"(?i)\b(?P<fiscal>FY|fiscal(?: years?)?|financial years?)[ \u00a0-]?'?(?P<year>{_YEAR}|\d\d)\b"),
    re.compile(r"\b(?P<fiscal>F)'?(?P<year>[012]\d)\b"),
    re.compile(r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?:[ \u00a0]?(?P<half>[aApP])\.?[mM]\b\.?)?"),
    re.compile(r"\b(?P<hour>1[0-2]|0?[1-9])[ \u00a0]?(?P<half>[aApP])\.?[mM]\b\.?"),
    re.compile(r"(?i)\b(?P<noon>noon|midday|midnight)\b"),
    re.compile(rf"(?i)\b(?P<weekday>{'|'.join(_WEEKDAYS)})s?\b"),
    re.compile(r"(?<![\w.,/-])(?P<decade>(?:1[5-9]|20)\d0)['’]?s\b"),
    re.compile(rf"(?<![\w.,/-])(?P<year>{_YEAR})[-–/](?P<next>\d\d)(?![\w-]|[.,]\d)"),
    re.compile(rf"(?<![\w.,/-])(?P<year>{_YEAR})s?(?![\w/%°]|[.,]\d|-\d|\s?(?:{_COUNTED})\b|\s?%|€|\s€(?![mkb’'0]))"),
    re.compile(rf"(?<![\w.,/-])(?P<year>{_YEAR})(?=[-–]{_YEAR}\b)|(?<=(?:1[5-9]|2[01])\d\d[-–])(?P<until>{_YEAR})(?![\w-]|[.,]\d)"),
    re.compile(rf"\b(?P<name>{'|'.join(name.capitalize() for name in _MONTHS if name != 'may')})\b"),
    re.compile(r"(?<=[a-z] )(?P<name>May)(?=[\s.,;)]|$)(?! [a-z]+ (?:not|be)\b)(?! [A-Z][a-z]*\b(?<!June))"),
]  # fmt: skip
_YEAR_END = re.compile(r"(?i)[ \u00a0-]year(?:s?\b|[ -]end)")
_CURRENCY_BEFORE = re.compile(r"(?:[€$£¥]|\b[A-Z]{3})\s?\Z")


def find_moments(text: str, taken: list[Span]) -> list[Moment]:
    """The dates and times of `text` outside `taken`, in order and disjoint; the longest form wins."""
    found: list[Moment] = []
    used = list(taken)
    for form in _FORMS:
        for match in form.finditer(text):
            span = Span(*match.span())
            if any(span.start < other.end and other.start < span.end for other in used):
                continue
            moment = _moment(match, span)
            if moment is not None and not (moment.form == "year" and _is_counted(text, span)):
                found.append(moment)
                used.append(span)
    return sorted(found, key=lambda moment: moment.span)


def _is_counted(text: str, span: Span) -> bool:
    """Whether a currency or unit beside a number of four digits makes it an amount: "1900 centimetres"."""
    unit = None if _YEAR_END.match(text, span.end) else unit_after(text, span.end)
    return bool(_CURRENCY_BEFORE.search(text[max(0, span.start - 5) : span.start])) or (
        unit is not None and unit[0] - span.end > 2
    )


def agrees(claimed: Moment, found: Moment, context_years: frozenset[int] = frozenset()) -> bool:
    """Whether `found` bears out `claimed`: it has every part that `claimed` has, with the same value.

    A claim may be less precise than the evidence. A year that the evidence leaves out may stand elsewhere in its passage
    (`context_years`).
    """
    if claimed.minutes is not None:
        return claimed.minutes == found.minutes
    if claimed.weekday is not None and claimed.month is None:
        return claimed.weekday == found.weekday
    if claimed.year is not None and found.year is None:
        if found.month is None or claimed.year not in context_years:
            return False
    elif claimed.year is not None and found.year is not None and not _same_year(claimed, found.year):
        return False
    if claimed.quarter is not None and claimed.quarter not in {
        found.quarter,
        (found.month + 2) // 3 if found.month else None,
    }:
        return False
    return any(
        (month is None or month == other_month) and (day is None or day == other_day)
        for month, day in _readings(claimed)
        for other_month, other_day in _readings(found)
    )


def _same_year(claimed: Moment, year: int) -> bool:
    return claimed.year == (year // 10 * 10 if claimed.is_decade else year)


def comparable(claimed: Moment, found: Moment) -> bool:
    """Whether a difference between the two would be a contradiction; what is only less precise leaves the claim open."""
    if _covers(found, claimed):
        return False
    return claimed.form == found.form or {claimed.form, found.form} <= {"date", "year", "quarter"}


def _covers(vague: Moment, precise: Moment) -> bool:
    """Whether `vague` is a longer time around `precise`: 2019 of March 2019, the 1990s of 1993."""
    if vague.form in {"time", "weekday"} or vague.year is None or precise.year is None:
        return False
    shorter = (precise.month, precise.day) != (None, None) or precise.quarter is not None or vague.is_decade
    return shorter and vague.month is None and vague.quarter is None and _same_year(vague, precise.year)


def _readings(moment: Moment) -> Iterator[tuple[int | None, int | None]]:
    yield moment.month, moment.day
    if moment.day_first is not None:
        yield moment.day_first


def _moment(match: re.Match[str], span: Span) -> Moment | None:
    parts = match.groupdict()
    if parts.get("next") and int(parts["next"]) != (int(parts["year"]) + 1) % 100:
        return None
    if parts.get("decade"):
        return Moment(span, int(parts["decade"]), is_decade=True)
    year = _year(parts.get("year") or parts.get("until"))
    if parts.get("hour") and not parts.get("month"):
        return Moment(span, minutes=_minutes(parts["hour"], parts.get("minute"), parts.get("half")))
    if parts.get("noon"):
        return Moment(span, minutes=0 if parts["noon"].lower() == "midnight" else 720)
    if parts.get("weekday"):
        return Moment(span, weekday=_WEEKDAYS.index(parts["weekday"].lower()))
    if parts.get("quarter"):
        named = parts["quarter"].lower()
        return Moment(span, year, quarter=_QUARTERS.get(named) or int(named[1]))
    if parts.get("name"):
        month = next(index for index, name in enumerate(_MONTHS, 1) if name.startswith(parts["name"].lower()[:3]))
        spoken = parts.get("spoken")
        day = _ORDINAL_DAYS[spoken.lower()] if spoken else int(parts["day"]) if parts.get("day") else None
        return Moment(span, year, month, day)
    if parts.get("first"):
        return _numeric(span, year, int(parts["first"]), int(parts["second"]), parts["mark"])
    if parts.get("month"):
        return Moment(span, year, int(parts["month"]), int(parts["day"]))
    return Moment(span, year, is_fiscal=bool(parts.get("fiscal")))


def _numeric(span: Span, year: int | None, first: int, second: int, mark: str) -> Moment | None:
    """03.04.2026 is the third of April; 03/04/2026 may be either, and 13/04/2026 cannot be in the thirteenth month."""
    if second <= 12 and 1 <= first <= 31 and (mark == "." or first > 12):
        return Moment(span, year, second, first)
    if first <= 12 and 12 < second <= 31:
        return Moment(span, year, first, second)
    if 1 <= first <= 12 and 1 <= second <= 12:
        return Moment(span, year, second, first, day_first=(first, second))
    return None


def _year(written: str | None) -> int | None:
    if not written:
        return None
    return int(written) if len(written) == 4 else 2000 + int(written)


def _minutes(hour: str, minute: str | None, half: str | None) -> int:
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half.lower() == "p" else 0)
    return hours * 60 + int(minute or 0)
