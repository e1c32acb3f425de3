"""Changes to a claim: those that make it false, and those that only say the same in other words."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from eval.facts.statements import CITIES, COMPANIES, MONTHS, PRODUCTS, Fact, Statement

_UNITS = {
    "mass": ("kg", "g", 1000, "grams"),
    "hours": ("hours", "minutes", 60, "minutes"),
    "length": ("m", "cm", 100, "centimetres"),
}
_WRONG_UNITS = {"mass": "g", "hours": "days", "length": "km", "days": "weeks", "months": "weeks"}
_WORDS = {
    2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven",
    12: "twelve", 14: "fourteen", 15: "fifteen", 18: "eighteen", 20: "twenty", 21: "twenty-one", 25: "twenty-five",
    30: "thirty", 36: "thirty-six",
    40: "forty", 45: "forty-five", 50: "fifty", 60: "sixty",
}  # fmt: skip
_FRACTIONS = {
    5: "one twentieth",
    10: "one tenth",
    20: "one fifth",
    25: "a quarter",
    40: "two fifths",
    60: "three fifths",
}
_REWORDED = (
    ("is not washable", "cannot be washed"),
    ("must lock", "have to lock"),
    ("All invoices", "Every one of the invoices"),
    ("opens before", "opens earlier than"),
)
_REVERSED = {
    "negation": (
        ("is not washable", "is washable"),
        ("may return", "may not return"),
        ("was founded", "was not founded"),
    ),
    "quantifier": (("All invoices", "Some invoices"),),
    "modality": (("must lock", "may lock"),),
    "direction": (("rose by", "fell by"), ("opens before", "opens after")),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A changed claim and the kind of change."""

    kind: str
    claim: str


def mutations(chance: random.Random, statement: Statement) -> Iterator[Change]:
    """Claims that the statement makes false, one for each way of changing it."""
    for name, fact in statement.facts.items():
        for kind, text in _wrong(chance, fact):
            yield Change(kind, _with(statement, name, text))
    for kind, pairs in _REVERSED.items():
        for said, reversed_ in pairs:
            if said in statement.text:
                yield Change(kind, statement.text.replace(said, reversed_))


def equivalents(statement: Statement) -> Iterator[Change]:
    """Claims that say what the statement says in other words or figures."""
    yield Change("verbatim", statement.text)
    for name, fact in statement.facts.items():
        for kind, text in _same(fact):
            yield Change(kind, _with(statement, name, text))
    for said, reworded in _REWORDED:
        if said in statement.text:
            yield Change("reworded", statement.text.replace(said, reworded))


def _with(statement: Statement, name: str, text: str) -> str:
    texts = {other: fact.text for other, fact in statement.facts.items()} | {name: text}
    return statement.template.format(**texts)


def _wrong(chance: random.Random, fact: Fact) -> Iterator[tuple[str, str]]:
    if fact.kind in {"entity", "city"}:
        names = CITIES if fact.kind == "city" else PRODUCTS if fact.text in PRODUCTS else COMPANIES
        yield "entity", chance.choice([name for name in names if name != fact.text])
        return
    yield ("year" if fact.kind in {"year", "date"} else "digit"), _other_digit(chance, fact)
    if fact.kind in _WRONG_UNITS:
        yield "unit", f"{fact.number:g} {_WRONG_UNITS[fact.kind]}"
    if fact.kind == "money":
        yield "currency", fact.text.replace("EUR", "USD")
    if fact.kind == "billions":
        yield "unit", fact.text.replace("bn", " million")
        yield "currency", fact.text.replace("$", "£")
    if fact.kind == "date":
        day, month, year = fact.text.split()
        yield "date", f"{day} {MONTHS[(MONTHS.index(month) + chance.randint(1, 11)) % 12]} {year}"


def _other_digit(chance: random.Random, fact: Fact) -> str:
    places = [match.start() for match in re.finditer(r"\d", fact.text)]
    place = places[-1] if fact.kind in {"year", "date"} else chance.choice(places)
    leads = place == places[0]
    digit = chance.choice(
        [other for other in "123456789" if other != fact.text[place]] if leads else _others(fact.text[place])
    )
    return fact.text[:place] + digit + fact.text[place + 1 :]


def _others(digit: str) -> list[str]:
    return [other for other in "0123456789" if other != digit]


def _same(fact: Fact) -> Iterator[tuple[str, str]]:
    value = int(fact.number)
    if fact.kind in _UNITS:
        _, unit, factor, word = _UNITS[fact.kind]
        yield "conversion", f"{value * factor:,} {unit}"
        yield "conversion", f"{value * factor} {word}"
    if fact.kind in {*_UNITS, "days", "months"} and value in _WORDS:
        yield (
            "words",
            f"{_WORDS[value]} {fact.unit if len(fact.unit) > 2 else {'kg': 'kilograms', 'm': 'metres'}[fact.unit]}",
        )
    yield from _in_other_units(fact, value)
    if fact.kind == "months" and value % 12 == 0:
        yield "conversion", f"{value // 12} {'year' if value == 12 else 'years'}"
    if fact.kind == "percent":
        yield "percent", f"{value} per cent"
        yield "percent", f"{value}%"
        yield "fraction", f"0.{value:02d}"
        if value in _FRACTIONS:
            yield "fraction", _FRACTIONS[value]
    if fact.kind == "money":
        yield "currency", f"€{fact.number:.2f}"
        yield "locale", f"{fact.number:.2f} euros".replace(".", ",")
        yield "locale", f"EUR {fact.number:.2f}".replace(".", ",")
    if fact.kind == "billions":
        yield "scale", f"${fact.number} billion"
        yield "scale", f"{fact.number * 1000:,.0f} million dollars"
        yield "rounding", f"about ${round(fact.number * 1000 * 1.01):,} million"
    if fact.kind == "thousands":
        yield "locale", fact.text.replace(",", "\u202f")
        yield "locale", fact.text.replace(",", "")
        yield "locale", fact.text.replace(",", ".")
        yield "scale", f"{value / 1000:.3f}k"
        yield "rounding", f"about {round(value, -2):,}"
    if fact.kind == "date":
        yield from _dates(fact)


def _in_other_units(fact: Fact, value: int) -> Iterator[tuple[str, str]]:
    if fact.kind == "hours" and value == 12:
        yield "words", "half a day"
    if fact.kind == "days" and value % 7 == 0:
        yield "conversion", f"{value // 7} weeks"
        yield (
            "words",
            {14: "a fortnight"}.get(value, f"{_WORDS[value // 7]} weeks" if value // 7 in _WORDS else f"{value} days"),
        )
    if fact.kind == "days":
        yield "conversion", f"{value * 24} hours"
    if fact.kind == "months" and value % 12 == 6 and value > 6:
        yield "words", f"{_WORDS[value // 12]} years and a half" if value > 18 else "a year and a half"


def _dates(fact: Fact) -> Iterator[tuple[str, str]]:
    day, month, year = fact.text.split()
    yield "date", f"{year}-{MONTHS.index(month) + 1:02d}-{int(day):02d}"
    yield "date", f"{month} {day}, {year}"
    yield "date", f"the {day}{_suffix(int(day))} of {month} {year}"
    yield "date", f"{int(day):02d}.{MONTHS.index(month) + 1:02d}.{year}"


def _suffix(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
