"""Small texts about invented products and companies, and a claim that one of their sentences bears out."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

PRODUCTS = ("Brisel", "Nimbra", "Tovara", "Quillon", "Ardesco", "Fenwick", "Solvane", "Kestrin", "Maruvo", "Plessa")
COMPANIES = (
    "Halvorn",
    "Oxlade",
    "Pellmark",
    "Drayton",
    "Merrow",
    "Castell",
    "Vintry",
    "Skelder",
    "Yarrow",
    "Bramfield",
)
CITIES = ("Fernbridge", "Lisbon", "Vienna", "Osaka", "Toronto", "Nairobi", "Bergen", "Seville")
MONTHS = tuple("January February March April May June July August September October November December".split())


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as the evidence writes it, with what is needed to write it otherwise."""

    kind: str
    text: str
    number: float = 0.0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with slots, and the facts that fill them."""

    template: str
    facts: Mapping[str, Fact]

    @property
    def text(self) -> str:
        """The sentence."""
        return self.template.format(**{name: fact.text for name, fact in self.facts.items()})


Draw = Callable[[random.Random], Fact]


def _number(kind: str, unit: str, low: int, high: int) -> Draw:
    def draw(chance: random.Random) -> Fact:
        value = chance.randint(low, high)
        return Fact(kind, f"{value} {unit}".strip(), value, unit)

    return draw


def _name(kind: str, names: tuple[str, ...]) -> Draw:
    return lambda chance: Fact(kind, chance.choice(names))


def _money(chance: random.Random) -> Fact:
    value = chance.randint(101, 9999) / 100
    return Fact("money", f"EUR {value:.2f}", value, "EUR")


def _billions(chance: random.Random) -> Fact:
    value = chance.randint(11, 99) / 10
    return Fact("billions", f"${value}bn", value, "USD")


def _percent(chance: random.Random) -> Fact:
    value = chance.choice([5, 8, 10, 12, 15, 20, 25, 30, 40, 60])
    return Fact("percent", f"{value} %", value, "%")


def _date(chance: random.Random) -> Fact:
    year, month, day = chance.randint(2012, 2029), chance.randint(1, 12), chance.randint(1, 28)
    return Fact("date", f"{day} {MONTHS[month - 1]} {year}", year * 10_000 + month * 100 + day)


def _year(chance: random.Random) -> Fact:
    value = chance.randint(1950, 2024)
    return Fact("year", str(value), value)


def _thousands(chance: random.Random) -> Fact:
    value = chance.randint(1100, 98999)
    return Fact("thousands", f"{value:,}", value)


def _version(chance: random.Random) -> Fact:
    return Fact("version", f"{chance.randint(1, 9)}.{chance.randint(0, 9)}.{chance.randint(0, 9)}")


_PRODUCT, _COMPANY, _CITY = _name("entity", PRODUCTS), _name("entity", COMPANIES), _name("city", CITIES)

FORMS: tuple[tuple[str, Mapping[str, Draw]], ...] = (
    ("The {p} weighs {x} with its case.", {"p": _PRODUCT, "x": _number("mass", "kg", 2, 80)}),
    ("A full charge of the {p} takes {x}.", {"p": _PRODUCT, "x": _number("hours", "hours", 2, 20)}),
    ("The cable of the {p} is {x} long.", {"p": _PRODUCT, "x": _number("length", "m", 2, 30)}),
    ("The {p} costs {x} including tax.", {"p": _PRODUCT, "x": _money}),
    ("The {c} group was founded in {x} by two sisters.", {"c": _COMPANY, "x": _year}),
    ("The headquarters of {c} are in {x}.", {"c": _COMPANY, "x": _CITY}),
    ("In {y} the revenue of {c} rose by {x}.", {"c": _COMPANY, "x": _percent, "y": _year}),
    ("The revenue of {c} was {x} last year.", {"c": _COMPANY, "x": _billions}),
    (
        "Customers of {c} may return goods within {x} of delivery.",
        {"c": _COMPANY, "x": _number("days", "days", 11, 60)},
    ),
    ("The warranty of the {p} lasts {x} from delivery.", {"p": _PRODUCT, "x": _number("months", "months", 2, 60)}),
    ("The agreement with {c} was signed on {x} in Bergen.", {"c": _COMPANY, "x": _date}),
    ("Version {v} of the {p} firmware was released on {x}.", {"v": _version, "p": _PRODUCT, "x": _date}),
    ("The archive of {c} holds {x} photographs.", {"c": _COMPANY, "x": _thousands}),
    ("The housing of the {p} is not washable.", {"p": _PRODUCT}),
    ("Employees of {c} must lock their screens.", {"c": _COMPANY}),
    ("All invoices of {c} are paid by bank transfer.", {"c": _COMPANY}),
    ("The {c} office opens before the school in {x}.", {"c": _COMPANY, "x": _CITY}),
    ("The share of recycled plastic in the {p} is {x}.", {"p": _PRODUCT, "x": _percent}),
)


def draw_statement(chance: random.Random, form: int) -> Statement:
    """One sentence of the form with that index."""
    template, slots = FORMS[form % len(FORMS)]
    return Statement(template, {name: draw(chance) for name, draw in slots.items()})


def draw_evidence(chance: random.Random, statement: Statement) -> str:
    """A passage with the statement among others, none of which has its form: no other sentence bears on the claim."""
    forms = [index for index, (template, _) in enumerate(FORMS) if template != statement.template]
    sentences = [draw_statement(chance, form).text for form in chance.sample(forms, 5)]
    sentences.insert(chance.randrange(6), statement.text)
    return " ".join(sentences)
