"""Calendar dates, quarters, years, weekdays and times of day, in the forms in which people write them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from server.caseless import lowered
from server.domain import Span
from server.stages.facts.quantities import unit_after


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time, as precise as it was written; None for what was left out.

    `quarter` is 1 to 4, `weekday` 0 (Monday) to 6, `minutes` the time of day since midnight. `day_first` holds the other reading
    of a date such as 03/04/2026 as (month, day), else None. A decade has its first year. `months` are
    the first and last month of a part of a year ("mid-2024", "H1 2025"). The quarters of a fiscal year are in no certain months.
    `is_relative` marks what was reckoned from the day asked about ("last year"). `weekdays` are the first and last day of a part
    of a week ("weekdays"). `either_half` marks a time of day that may be before or after noon ("half past nine").
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
    months: tuple[int, int] | None = None
    is_relative: bool = False
    weekdays: tuple[int, int] | None = None
    either_half: bool = False

    @property
    def form(self) -> str:
        """What sort of moment it is: "time", "weekday", "quarter", "year" or "date"; only like is compared with like."""
        if self.minutes is not None:
            return "time"
        if self.weekdays is not None or (self.weekday is not None and self.month is None):
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
_SHORT_DAY = r"(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\.?"
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
_QUARTER_NAMES = f"{'|'.join(name for name in _QUARTERS if name != 'last')}|last(?=[ -]quarter of)"
"""The last quarter is the fourth only of a year that is named: else it is the one before this."""
_COUNTED = (
    "hours|days|mm|cm|km|kg|mg|ml|mAh|W|EUR|USD|euros?|dollars?|people|employees|customers|units|cases|million|billion|points|per"
    "|metres|meters|miles|tons|tonnes"
)
"""What makes a number of four digits a count rather than a year."""

_PART = (
    r"(?P<part>early|mid|late|the (?:first|second) half of|the (?:beginning|start|middle) of|the first (?:six )?months of"
    r"|(?:first|second) half of|H[12](?: of)?)"
)
_PARTS = {
    "early": (1, 4),
    "mid": (5, 8),
    "late": (9, 12),
    "first": (1, 6),
    "second": (7, 12),
    "h1": (1, 6),
    "h2": (7, 12),
}
_EDGE = r"(?P<edge>(?:the )?(?:end|close|last day|beginning|start|first day)(?: of)?(?: the)? )"

_NOON = 720
_HOURS = {
    word: index
    for index, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), start=1)
}
_HOUR = rf"(?P<spoken_hour>{'|'.join(_HOURS)}|1[0-2]|[1-9])(?: o['’]clock)?"
_DAYTIME = r"(?P<daytime> in the morning| in the afternoon| in the evening| at night)"
_PAST_HOUR = {
    "half past": 30,
    "quarter past": 15,
    "quarter to": -15,
    "ten past": 10,
    "twenty past": 20,
    "ten to": -10,
    "twenty to": -20,
}

_FORMS = [
    re.compile(rf"(?i)\b{_EDGE}(?P<quarter>q[1-4]|(?:{_QUARTER_NAMES})[ -]quarter)(?: of(?: the year)?)?(?:,?[ \u00a0/-]?'?"
        rf"(?P<year>{_YEAR}|\d\d)\b)?(?! of (?:the )?(?:fiscal|financial))"),
    re.compile(rf"(?i)\b{_EDGE}(?P<name>{_MONTH_PATTERN})(?:(?:,| of)?[ \u00a0-](?P<year>{_YEAR})\b)?"),
    re.compile(rf"(?i)\b{_EDGE}(?:the year )?(?P<year>{_YEAR})\b"),
    re.compile(rf"(?i)\byear[ -]end (?P<year_end>{_YEAR})\b"),
    re.compile(rf"(?i)\b{_PART}[- ](?:the year )?(?P<year>{_YEAR})\b(?!['’]s)"),
    re.compile(rf"(?i)\b(?P<fiscal>FY)'?(?P<year>{_YEAR}|\d\d)[ -]?(?P<quarter>q[1-4])\b"),
    re.compile(rf"(?i)\b(?P<fiscal>fiscal|financial) (?P<quarter>q[1-4]|(?:{_QUARTER_NAMES})[ -]quarter)(?: of)?(?: (?:FY)?'?"
        rf"(?P<year>{_YEAR}|\d\d)\b)?"),
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
    re.compile(rf"(?i)\b(?P<quarter>{_QUARTER_NAMES})[ -]quarter(?: of (?:the )?(?:(?:fiscal|financial) "
        rf")?(?:year )?(?P<year>{_YEAR})\b)?"),
    re.compile(rf"(?i)\b(?P<fiscal>FY|fiscal(?: years?)?|financial years?)[ \u00a0-]?'?(?P<year>{_YEAR}|\d\d)\b"),
    re.compile(r"\b(?P<fiscal>F)'?(?P<year>[012]\d)\b"),
    re.compile(r"\b(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?:[ \u00a0]?(?P<half>[aApP])\.?[mM]\b\.?)?"),
    re.compile(r"\b(?P<hour>1[0-2]|0?[1-9])[ \u00a0]?(?P<half>[aApP])\.?[mM]\b\.?"),
    re.compile(r"(?i)\b(?P<noon>noon|midday|midnight)\b"),
    re.compile(rf"(?i)\b(?:a )?(?P<past_hour>{'|'.join(_PAST_HOUR)}) {_HOUR}{_DAYTIME}?\b"),
    re.compile(rf"(?i)\b{_HOUR}{_DAYTIME}\b"),
    re.compile(rf"(?i)\b(?P<spoken_hour>{'|'.join(_HOURS)}|1[0-2]|[1-9]) o['’]clock\b"),
    re.compile(rf"(?i)\b(?P<weekday>{'|'.join(_WEEKDAYS)})s?(?: (?:to|through|till|until) | ?[–—-] ?)"
        rf"(?P<last_day>{'|'.join(_WEEKDAYS)})s?\b"),
    re.compile(rf"\b(?P<weekday>{_SHORT_DAY})(?: (?:to|through|till|until) | ?[–—-] ?)(?P<last_day>{_SHORT_DAY})(?![\w-])"),
    re.compile(rf"\b(?P<weekday>{_SHORT_DAY})(?=:? \d|:|,? (?:and |or )?{_SHORT_DAY}(?:[ ,.:]|$)|,? (?:closed|open)\b)"),
    re.compile(rf"(?:(?<=(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )|(?<=(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) and ))"
        rf"(?P<weekday>{_SHORT_DAY})(?!\w)"),
    re.compile(r"(?i)\b(?P<week_part>weekdays?|weekends?)\b"),
    re.compile(rf"(?i)\b(?P<weekday>{'|'.join(_WEEKDAYS)})s?\b"),
    re.compile(r"(?<![\w.,/-])(?P<decade>(?:1[5-9]|20)\d0)['’]?s\b"),
    re.compile(rf"(?<![\w.,/-])(?P<year>{_YEAR})[-–/](?P<next>\d\d)(?![\w-]|[.,]\d)"),
    re.compile(rf"(?:(?<![\w.,/-])|(?<=\b(?:1[5-9]|2[01])\d\d,))(?P<year>{_YEAR})(?=(?:,{_YEAR}\b)+(?![.,]\d))"),
    re.compile(rf"(?:(?<![\w.,/-])|(?<=\b(?:1[5-9]|2[01])\d\d,))(?P<year>{_YEAR})s?(?![\w/%°]|[.,]\d|-\d|\s?(?:{_COUNTED})\b|\s?%|€|\s€(?![mkb’'0]))"),
    re.compile(rf"(?<![\w.,/-])(?P<year>{_YEAR})(?=[-–]{_YEAR}\b)|(?<=(?:1[5-9]|2[01])\d\d[-–])(?P<until>{_YEAR})(?![\w-]|[.,]\d)"),
    re.compile(rf"\b(?P<name>{'|'.join(name.capitalize() for name in _MONTHS if name != 'may')})\b"),
    re.compile(r"(?<=[a-z] )(?P<name>May)(?=[\s.,;)]|$)(?! [a-z]+ (?:not|be)\b)(?! [A-Z][a-z]*\b(?<!June))"),
]  # fmt: skip
_RELATIVE = re.compile(
    r"(?i)\b(?:(?P<which>this|last|next|the current|the previous|the coming) (?P<unit>year|quarter|month)"
    r"|(?P<day>today|yesterday|tomorrow))\b(?!['’])"
)
_STEPS = {"this": 0, "last": -1, "next": 1, "the current": 0, "the previous": -1, "the coming": 1}
_DAYS_AWAY = {"today": 0, "yesterday": -1, "tomorrow": 1}
_DIGIT = re.compile(r"\d")
_IN_WORDS = [form for form in _FORMS if not form.groupindex.keys() & {"day", "first", "hour", "until"}]
"""The forms that a text without digits may have: those with one of these parts write it in digits."""
_YEAR_END = re.compile(r"(?i)[ \u00a0-]year(?:s?\b|[ -]end)")
_CURRENCY_BEFORE = re.compile(r"(?:[€$£¥]|\b[A-Z]{3})\s?\Z")


_SIGNS = re.compile(r"(?:1[5-9]|2[01])\d\d|\d:\d\d|\d[ \u00a0]?[aApP]\.?[mM]|\b[Ff]'?\d\d|[Qq][1-4]")
_WORDS = (
    *"jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun quarter fy fiscal financial noon midday".split(),
    *"midnight clock morning afternoon evening night week past".split(),
    "ten to",
    "twenty to",
)
"""Each form of a time has one of these words or signs; a text without any need not be searched for every form."""


def _forms_for(text: str) -> Sequence[re.Pattern[str]]:
    """The forms that `text` may have, as far as a glance tells."""
    if not _SIGNS.search(text):
        lower = lowered(text)
        if not any(word in lower for word in _WORDS):
            return ()
    return _FORMS if _DIGIT.search(text) else _IN_WORDS


def find_moments(text: str, taken: list[Span], today: date | None = None) -> list[Moment]:
    """The dates and times of `text` outside `taken`, in order and disjoint; the longest form wins.

    Where `today` is given, those that are reckoned from it as well ("last quarter", "yesterday"), and what names a quarter's end
    without its year is of the same year.
    """
    found: list[Moment] = []
    used = list(taken)
    for form in _forms_for(text):
        for match in form.finditer(text):
            span = Span(*match.span())
            if any(span.start < other.end and other.start < span.end for other in used):
                continue
            moment = _moment(match, span)
            if moment is not None and not (moment.form == "year" and _is_counted(text, span)):
                found.append(moment)
                used.append(span)
    if today is not None:
        found = [_this_year(text, moment, today) for moment in found]
        found += [
            _reckoned(match, today)
            for match in _RELATIVE.finditer(text)
            if not any(match.start() < other.end and other.start < match.end() for other in used)
        ]
    return sorted(found, key=lambda moment: moment.span)


@lru_cache(maxsize=4096)
def is_reckoned(text: str) -> bool:
    """Whether `text` has a time that is reckoned from the day of whoever wrote it."""
    return bool(_RELATIVE.search(text))


def _this_year(text: str, moment: Moment, today: date) -> Moment:
    """An end such as "by the end of Q3" is this year's; a month or a day alone may be any year's."""
    is_edge = bool(re.match(_EDGE, moment.span.of(text), re.IGNORECASE))
    return replace(moment, year=today.year, is_relative=True) if is_edge and moment.year is None else moment


def _reckoned(match: re.Match[str], today: date) -> Moment:
    span = Span(*match.span())
    if match.group("day"):
        day = today + timedelta(days=_DAYS_AWAY[match.group("day").lower()])
        return Moment(span, day.year, day.month, day.day, is_relative=True)
    step, unit = _STEPS[match.group("which").lower()], match.group("unit").lower()
    if unit == "year":
        return Moment(span, today.year + step, is_relative=True)
    if unit == "quarter":
        year, quarter = divmod(today.year * 4 + (today.month - 1) // 3 + step, 4)
        return Moment(span, year, quarter=quarter + 1, is_relative=True)
    year, month = divmod(today.year * 12 + today.month - 1 + step, 12)
    return Moment(span, year, month + 1, is_relative=True)


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
        return bool(_times(claimed) & _times(found))
    if claimed.is_relative and claimed.day is not None and found.year is None:
        claimed = replace(claimed, year=None)
    if claimed.weekdays is not None:
        return claimed.weekdays == found.weekdays
    if claimed.weekday is not None and claimed.month is None:
        first, last = found.weekdays or (found.weekday, found.weekday)
        return first is not None and last is not None and first <= claimed.weekday <= last
    if claimed.year is not None and found.year is None:
        if found.month is None or claimed.year not in context_years:
            return False
    elif claimed.year is not None and found.year is not None and not _same_year(claimed, found.year):
        return False
    if claimed.months is not None:
        return claimed.year is not None and _within(found, claimed.months)
    if claimed.quarter is not None and claimed.quarter != found.quarter:
        in_calendar = not claimed.is_fiscal and found.month is not None
        if not in_calendar or claimed.quarter != ((found.month or 0) + 2) // 3:
            return False
    return any(
        (month is None or month == other_month) and (day is None or day == other_day)
        for month, day in _readings(claimed)
        for other_month, other_day in _readings(found)
    )


def _times(moment: Moment) -> frozenset[int]:
    """The times of day, in minutes since midnight, that it may mean."""
    if moment.minutes is None:
        return frozenset()
    other = (moment.minutes + _NOON) % (2 * _NOON) if moment.either_half else moment.minutes
    return frozenset((moment.minutes, other))


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
    if not _same_year(vague, precise.year):
        return False
    if vague.quarter is not None:
        return precise.month is not None and (vague.is_fiscal or vague.quarter == (precise.month + 2) // 3)
    if vague.months is not None:
        return _within(precise, vague.months) and precise.months != vague.months
    has_parts = precise.month is not None or precise.quarter is not None or precise.months is not None
    if vague.month is not None:
        return vague.day is None and precise.day is not None and vague.month == precise.month
    return has_parts or vague.is_decade


def _within(moment: Moment, months: tuple[int, int]) -> bool:
    """Whether the moment lies in these months of its year."""
    first, last = months
    if moment.month is not None:
        return first <= moment.month <= last
    if moment.months is not None:
        return first <= moment.months[0] and moment.months[1] <= last
    return moment.quarter is not None and first <= 3 * moment.quarter - 2 and 3 * moment.quarter <= last


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
    time = _time_of_day(span, parts)
    if time is not None:
        return time
    if parts.get("weekday") or parts.get("week_part"):
        return _part_of_week(span, parts)
    if parts.get("part"):
        word = parts["part"].lower().removeprefix("the ").split()[0]
        named = {"beginning": "early", "start": "early", "middle": "mid"}.get(word, word)
        return Moment(span, year, months=_PARTS[named])
    if parts.get("year_end"):
        return Moment(span, int(parts["year_end"]), 12, 31)
    if parts.get("edge"):
        return _edge(parts, span, year)
    if parts.get("quarter"):
        is_fiscal = bool(parts.get("fiscal") or _OF_FISCAL.search(match.group()))
        return Moment(span, year, quarter=_quarter(parts["quarter"]), is_fiscal=is_fiscal)
    if parts.get("name"):
        month = _month(parts["name"])
        spoken = parts.get("spoken")
        day = _ORDINAL_DAYS[spoken.lower()] if spoken else int(parts["day"]) if parts.get("day") else None
        return Moment(span, year, month, day)
    if parts.get("first"):
        return _numeric(span, year, int(parts["first"]), int(parts["second"]), parts["mark"])
    if parts.get("month"):
        return Moment(span, year, int(parts["month"]), int(parts["day"]))
    return Moment(span, year, is_fiscal=bool(parts.get("fiscal")))


def _time_of_day(span: Span, parts: Mapping[str, str | None]) -> Moment | None:
    """The time of day, if the form has one and no date."""
    if parts.get("hour") and not parts.get("month"):
        return Moment(span, minutes=_minutes(parts["hour"] or "", parts.get("minute"), parts.get("half")))
    if parts.get("noon"):
        return Moment(span, minutes=0 if (parts["noon"] or "").lower() == "midnight" else _NOON)
    return _spoken(span, parts) if parts.get("spoken_hour") else None


def _part_of_week(span: Span, parts: Mapping[str, str | None]) -> Moment:
    """A day of the week, or several in a row."""
    if parts.get("week_part"):
        return Moment(span, weekdays=(0, 4) if (parts["week_part"] or "").lower().startswith("weekd") else (5, 6))
    first, last_day = _day_of_week(parts["weekday"] or ""), parts.get("last_day")
    return Moment(span, weekdays=(first, _day_of_week(last_day))) if last_day else Moment(span, weekday=first)


def _day_of_week(name: str) -> int:
    """0 for Monday, however short it is written."""
    return next(index for index, day in enumerate(_WEEKDAYS) if day.startswith(name.lower()[:3]))


def _spoken(span: Span, parts: Mapping[str, str | None]) -> Moment:
    """A time as people say it: "nine in the morning", "half past four"."""
    word, daytime = (parts["spoken_hour"] or "").lower(), (parts.get("daytime") or "").strip().lower()
    hour = _HOURS.get(word) or int(word)
    minutes = hour % 12 * 60 + _PAST_HOUR.get((parts.get("past_hour") or "").lower(), 0)
    is_late = daytime in {"in the afternoon", "in the evening"} or (daytime == "at night" and 6 <= hour < 12)
    return Moment(span, minutes=(minutes + _NOON * is_late) % (2 * _NOON), either_half=not daytime)


_OF_FISCAL = re.compile(r"(?i)\bFY|fiscal|financial")


def _quarter(named: str) -> int:
    word = re.split(r"[ -]", named.lower())[0]
    return _QUARTERS.get(word) or int(word[1])


def _edge(parts: Mapping[str, str | None], span: Span, year: int | None) -> Moment:
    """The first or the last day of a month, a calendar quarter or a year."""
    ends = bool(re.match(r"(?i)(?:the )?(?:end|close|last)", parts["edge"] or ""))
    if parts.get("quarter"):
        quarter = _quarter(parts["quarter"] or "")
        first, last = 3 * quarter - 2, 3 * quarter
    elif parts.get("name"):
        first = last = _month(parts["name"] or "")
    else:
        first, last = 1, 12
    if not ends:
        return Moment(span, year, first, 1)
    # Without its year, the end of February is taken as that of most years.
    return Moment(span, year, last, monthrange(year or 2023, last)[1])


def _month(name: str) -> int:
    return next(index for index, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


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
