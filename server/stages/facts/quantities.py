"""Units of measure, with exact factors to the base unit of their dimension.

Factors are those of the International System of Units (BIPM, SI brochure, 9th edition) and, for the yard and pound, of the
international agreement of 1959. Months and years have no fixed number of days, and working days are no days, so each of these is a
dimension of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Unit:
    """`value * factor + offset` is the value in the base unit of `dimension`."""

    dimension: str
    factor: Decimal
    offset: Decimal = Decimal(0)


_TABLE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # dimension: {factor: (symbols and words; words take a plural s)}
    "length": {
        "1e-9": ("nm", "nanometre", "nanometer"),
        "1e-6": ("µm", "μm", "micron", "micrometre", "micrometer"),
        "0.001": ("mm", "millimetre", "millimeter"),
        "0.01": ("cm", "centimetre", "centimeter"),
        "1": ("m", "metre", "meter"),
        "1000": ("km", "kilometre", "kilometer"),
        "0.0254": ("inch", "inches"),
        "0.3048": ("ft", "foot", "feet"),
        "0.9144": ("yd", "yard"),
        "1609.344": ("mi", "mile"),
        "1852": ("nmi", "nautical mile"),
    },
    "mass": {
        "1e-9": ("µg", "μg", "mcg", "microgram"),
        "1e-6": ("mg", "milligram"),
        "0.001": ("g", "gram", "gramme"),
        "1": ("kg", "kilo", "kilogram"),
        "1000": ("tonne", "metric ton"),
        "0.45359237": ("lb", "lbs", "pound weight"),
        "0.028349523125": ("oz", "ounce"),
    },
    "volume": {
        "0.000001": ("ml", "mL", "millilitre", "milliliter", "cm³", "cc"),
        "0.00001": ("cl", "centilitre"),
        "0.0001": ("dl", "decilitre"),
        "0.001": ("l", "L", "litre", "liter"),
        "1": ("m³", "m3", "cubic metre", "cubic meter"),
        "0.003785411784": ("gal", "gallon"),
        "0.028316846592": ("ft³", "cubic foot", "cubic feet"),
    },
    "area": {
        "0.0001": ("cm²", "cm2", "square centimetre", "square centimeter"),
        "1": ("m²", "m2", "sqm", "square metre", "square meter"),
        "10000": ("ha", "hectare"),
        "1000000": ("km²", "km2", "square kilometre", "square kilometer"),
        "0.09290304": ("sq ft", "ft²", "square foot", "square feet"),
        "4046.8564224": ("acre",),
    },
    "time": {
        "1e-9": ("ns", "nanosecond"),
        "1e-6": ("µs", "μs", "microsecond"),
        "0.001": ("ms", "millisecond"),
        "1": ("s", "sec", "second"),
        "60": ("min", "minute"),
        "3600": ("h", "hr", "hour"),
        "86400": ("d", "day", "calendar day"),
        "604800": ("week",),
        "1209600": ("fortnight",),
    },
    "working time": {"1": ("working day", "business day", "workday", "weekday")},
    "months": {
        "1": ("month", "calendar month"),
        "3": ("quarter",),
        "12": ("year", "yr"),
        "120": ("decade",),
        "1200": ("century", "centuries"),
    },
    "nights": {"1": ("night",)},
    "speed": {"1": ("mps",), "0.44704": ("mph",), "0.27777777777777777778": ("kph", "kmh")},
    "energy": {
        "1": ("J", "joule"),
        "1000": ("kJ",),
        "3600": ("Wh", "watt-hour"),
        "3600000": ("kWh",),
        "3.6e9": ("MWh",),
        "3.6e12": ("GWh",),
        "4.184": ("cal",),
        "4184": ("kcal", "calorie"),
    },
    "power": {
        "0.001": ("mW",),
        "1": ("W", "watt"),
        "1000": ("kW", "kilowatt"),
        "1e6": ("MW", "megawatt"),
        "1e9": ("GW", "gigawatt"),
        "745.69987158227022": ("hp", "horsepower"),
    },
    "frequency": {"1": ("Hz", "hertz"), "1e3": ("kHz",), "1e6": ("MHz", "megahertz"), "1e9": ("GHz", "gigahertz")},
    "data": {
        "1": ("byte",),
        "1e3": ("kB", "KB", "kilobyte"),
        "1e6": ("MB", "megabyte"),
        "1e9": ("GB", "gigabyte"),
        "1e12": ("TB", "terabyte"),
        "1024": ("KiB",),
        "1048576": ("MiB",),
        "1073741824": ("GiB",),
        "1099511627776": ("TiB",),
    },
    "bits per second": {"1e3": ("kbps", "kbit/s"), "1e6": ("Mbps", "Mbit/s"), "1e9": ("Gbps", "Gbit/s")},
    "voltage": {"0.001": ("mV",), "1": ("V", "volt"), "1000": ("kV",)},
    "current": {"0.001": ("mA",), "1": ("A", "ampere", "amp")},
    "charge": {"0.001": ("mAh",), "1": ("Ah",)},
    "pressure": {
        "1": ("Pa", "pascal"),
        "100": ("hPa", "mbar"),
        "1000": ("kPa",),
        "1e6": ("MPa",),
        "100000": ("bar",),
        "6894.757293168": ("psi",),
    },
    "sound level": {"1": ("dB(A)", "dBA", "dB", "decibel")},
    "angle": {"1": ("degree",)},
    "resolution": {"1": ("dpi",), "1e6": ("MP", "megapixel")},
    "pixels": {"1": ("px", "pixel")},
    "concentration": {"1": ("ppm",), "0.001": ("ppb",)},
}
_KELVIN = Decimal("273.15")
_TEMPERATURES = {
    "°C": Unit("temperature", Decimal(1), _KELVIN),
    "℃": Unit("temperature", Decimal(1), _KELVIN),
    "degrees Celsius": Unit("temperature", Decimal(1), _KELVIN),
    "degrees centigrade": Unit("temperature", Decimal(1), _KELVIN),
    "°F": Unit("temperature", Decimal(5) / 9, _KELVIN - Decimal(160) / 9),
    "degrees Fahrenheit": Unit("temperature", Decimal(5) / 9, _KELVIN - Decimal(160) / 9),
    "K": Unit("temperature", Decimal(1)),
    "kelvin": Unit("temperature", Decimal(1)),
}
_WORD_LENGTH = 4
"""Names of at least this many letters are words: they take a plural and any case. Shorter ones are symbols, exact."""


def _surfaces() -> dict[str, Unit]:
    units = dict(_TEMPERATURES)
    for dimension, factors in _TABLE.items():
        for factor, names in factors.items():
            for name in names:
                unit = Unit(dimension, Decimal(factor))
                units[name] = unit
                if _is_word(name):
                    units[f"{name}s"] = unit
    return units


def _is_word(name: str) -> bool:
    return (
        len(name) >= _WORD_LENGTH or name in {"day", "hr", "yr", "lb", "gal", "sec", "min", "cal", "amp"}
    ) and name.replace(" ", "").replace("-", "").islower()


_UNITS = _surfaces()
_FOLDED = {
    name.lower(): unit for name, unit in _UNITS.items() if _is_word(name) or (name in _TEMPERATURES and len(name) > 2)
}


def _alternation(names: Mapping[str, Unit]) -> str:
    return "|".join(re.escape(name).replace("\\ ", r"[\s-]") for name in sorted(names, key=len, reverse=True))


_SYMBOL = rf"(?:{_alternation(_UNITS)}|(?i:{_alternation(_FOLDED)}))(?![\w²³]|['’](?!s?\s))"
_AFTER = re.compile(rf"[ \t\u00a0\u202f]?-?(?P<unit>{_SYMBOL})(?:(?:/| per )(?P<per>{_SYMBOL}))?")
_OF_A_KIND = re.compile(
    r"[ \u00a0](?:(?:vacation|holiday|paid|unpaid|sick|annual|consecutive|full|whole|additional|extra|further|more|training"
    r"|remote)[ -])*(?:leave |(?!(?:working|business|calendar|and|but|for|from|per|than|the|times|to|with|in|of|or|on|at|by|out)\b)"
    r"[a-z]{2,} )?(?<=[ -])(?=(?:days?|weeks?|months?|hours?|minutes|years?|nights?)\b)"
)
"""What may stand between a number and its days: "2.5 vacation days"."""
RATE_TIMES = ("second", "minute", "hour", "day", "night", "week", "month", "quarter", "year")
_RATE = re.compile(
    rf"(?i)[ ]?(?:/\s?|\bper\s+|\bevery\s+|\b(?:once|twice)?\s?an?\s+|\b(?P<adverb>daily|weekly|monthly"
    rf"|quarterly|yearly|annually)\b"
    rf"|\beach\s+)(?:(?P<noun>(?:working |business |calendar )?(?:{'|'.join(RATE_TIMES)}|kilomet(?:re|er)"
    rf"|km|person|item|parcel|pallet|user|head|order|unit|mile))\b)?"
)
_OF_WHAT = re.compile(r" of [a-z]+(?: [a-z]+)??(?= (?:an?|per|each|every) )")
_ADVERBS = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annually": "year",
}


def unit_after(text: str, end: int) -> tuple[int, Unit] | None:
    """Where the unit right after `end` ends, and the unit; None when there is none. "m³/h" and "km per hour" are read whole."""
    kind = _OF_A_KIND.match(text, end)
    match = _AFTER.match(text, kind.end() if kind else end)
    if match is None:
        return None
    unit = _lookup(match.group("unit"))
    if match.group("per") is None or unit.offset:
        return match.end("unit"), unit
    per = _lookup(match.group("per"))
    if unit.dimension in {"time", "working time"} and per.dimension in {"time", "months"}:
        return match.end("unit"), unit  # "2.5 days per month": a rate, as that of money is.
    if per.dimension == "time" and unit.dimension == "length":
        return match.end(), Unit("speed", unit.factor / per.factor)
    return match.end(), Unit(f"{unit.dimension} per {per.dimension}", unit.factor / per.factor)


def rate_after(text: str, end: int) -> str:
    """What an amount before `end` is counted per: "day" for "per day", "a day", "/day" and "daily"; empty when nothing.

    What the amount is of may come first: "2.5 days of vacation a month".
    """
    of = _OF_WHAT.match(text, end)
    match = (_RATE.match(text, of.end()) if of else None) or _RATE.match(text, end)
    if match is None:
        return ""
    if match.group("adverb"):
        return _ADVERBS[match.group("adverb").lower()]
    noun = (match.group("noun") or "").lower()
    return {"km": "kilometre", "kilometer": "kilometre"}.get(noun, noun)


def _lookup(written: str) -> Unit:
    written = re.sub(r"[\s-]", " ", written)
    return _UNITS.get(written) or _FOLDED[written.lower()]
