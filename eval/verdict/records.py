"""Twins, evidence that no longer holds, and passages that disagree: generated records and policies of invented customers."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from eval.facts.changes import mutations
from eval.facts.statements import CITIES, COMPANIES, FORMS, PRODUCTS, Statement, draw_statement
from eval.verdict.judge import AS_OF
from server.domain import Attributes, Passage, Validity

_FIRST = ("Robin", "Maren", "Jonas", "Alma", "Piet", "Salome", "Viktor", "Ines", "Tomas", "Greta")
_LAST = ("Ashdown", "Holt", "Marlow", "Quist", "Fenner", "Lindqvist", "Okafor", "Brandt", "Sorel", "Castle")
_PLANS = ("Basic", "Family", "Business", "Student")
MAX_AGE_POLICY = """
name: default
revision: 1
max_age_days: {prices: 30}
categories: {}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A claim, the passages to judge it by, and what it is an example of."""

    kind: str
    claim: str
    passages: tuple[Passage, ...]
    question: str = ""


def twins(seed: int, count: int) -> Iterator[Case]:
    """Claims that are true of one of two look-alikes and made about the other, by code, by name or by product."""
    chance = random.Random(f"twins:{seed}")
    kinds = (_coded_twins, _named_twins, _product_twins, _lone_twin, _pronoun_twins)
    for index in range(count):
        yield kinds[index % len(kinds)](chance)


def _two_numbers(chance: random.Random, low: int, high: int) -> tuple[int, int]:
    one, other = chance.sample(range(low, high), 2)
    return one, other


def _coded_twins(chance: random.Random) -> Case:
    """Two records of one form; the same name, another code."""
    codes = [f"CUS-{number}" for number in _two_numbers(chance, 1000, 9999)]
    name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    points = _two_numbers(chance, 100, 9000)
    plans = chance.sample(_PLANS, 2)
    fields = [{"customer": codes[at], "name": name, "plan": plans[at], "loyalty_points": points[at]} for at in (0, 1)]
    passages = tuple(
        Passage(
            f"p{at}",
            json.dumps(record, indent=2),
            f"customer-{at}",
            attributes=Attributes(title=f"Customer {codes[at]}", entity_keys=(f"customer/{codes[at]}",)),
        )
        for at, record in enumerate(fields)
    )
    claims = (
        f"Customer {codes[0]} has {points[1]} loyalty points.",
        f"{name} ({codes[0]}) is on the {plans[1]} plan.",
        f"The plan of {codes[0]} is {plans[1]}.",
    )
    return Case("code", chance.choice(claims), passages)


def _named_twins(chance: random.Random) -> Case:
    """Two sentences of one form about two people."""
    names = [f"{first} {last}" for first, last in zip(chance.sample(_FIRST, 2), chance.sample(_LAST, 2), strict=True)]
    cities, years = chance.sample(CITIES, 2), _two_numbers(chance, 1990, 2024)
    texts = [f"{names[at]} lives in {cities[at]} and has been a customer since {years[at]}." for at in (0, 1)]
    passages = tuple(Passage(f"p{at}", text) for at, text in enumerate(texts))
    claims = (f"{names[0]} lives in {cities[1]}.", f"{names[0]} has been a customer since {years[1]}.")
    return Case("name", chance.choice(claims), passages)


def _product_twins(chance: random.Random) -> Case:
    """Two models of one product in one passage."""
    product = chance.choice(PRODUCTS)
    weights, hours = _two_numbers(chance, 2, 60), _two_numbers(chance, 2, 40)
    text = " ".join(
        f"The {product} {at + 1} weighs {weights[at]} kg. The battery of the {product} {at + 1} lasts {hours[at]} hours."
        for at in (0, 1)
    )
    claims = (f"The {product} 1 weighs {weights[1]} kg.", f"The battery of the {product} 2 lasts {hours[0]} hours.")
    return Case("product", chance.choice(claims), (Passage("p", text),))


def _lone_twin(chance: random.Random) -> Case:
    """The other one's record alone."""
    ours, other = (f"ORD-{number}" for number in _two_numbers(chance, 10000, 99999))
    total = chance.randint(1000, 99999) / 100
    text = f'{{\n  "order": "{other}",\n  "status": "shipped",\n  "total_eur": {total:.2f}\n}}'
    claims = (f"The total of order {ours} is EUR {total:.2f}.", f"Order {ours} has been shipped.")
    return Case("lone", chance.choice(claims), (Passage("p", text),))


def _pronoun_twins(chance: random.Random) -> Case:
    """The code stands in the sentence before, and the claim says "it"."""
    codes = [f"ORD-{number}" for number in _two_numbers(chance, 10000, 99999)]
    totals = [number / 100 for number in _two_numbers(chance, 1000, 99999)]
    texts = [f"Order {codes[at]} was placed in May. Its total is EUR {totals[at]:.2f}." for at in (0, 1)]
    passages = tuple(Passage(f"p{at}", text) for at, text in enumerate(texts))
    return Case("pronoun", f"Order {codes[0]} was placed in May. Its total is EUR {totals[1]:.2f}.", passages)


def out_of_date(seed: int, count: int) -> Iterator[Case]:
    """Claims that only an expired, coming, superseded or too old passage bears out; sometimes beside one that says otherwise."""
    chance = random.Random(f"out of date:{seed}")
    kinds = ("expired", "coming", "superseded", "too old")
    for index in range(count):
        kind = kinds[index % len(kinds)]
        statement = draw_statement(chance, index)
        days = timedelta(days=chance.randint(31, 900))
        validity = {"expired": Validity(end=AS_OF - days), "coming": Validity(start=AS_OF + days)}.get(kind, Validity())
        attributes = Attributes(title="Old", validity=validity, observed_at=AS_OF - days if kind == "too old" else None)
        collection = "prices" if kind == "too old" else "policies"
        old = Passage("old", statement.text, "d", collection, 1, attributes=attributes)
        other = _harmless(chance, statement, index, same=False)
        new = Passage(
            "new", other, "d" if kind == "superseded" else "e", "policies", 2, attributes=Attributes(title="New")
        )
        passages = (old, new) if kind == "superseded" or chance.random() < 0.5 else (old,)
        yield Case(kind, statement.text, passages)


def pairs_of_passages(seed: int, count: int) -> Iterator[tuple[Case, bool]]:
    """Claims with two passages that disagree on one fact of them, and as many with two that do not."""
    chance = random.Random(f"conflicts:{seed}")
    made = 0
    form = 0
    while made < count:
        form += 1
        statement = draw_statement(chance, form)
        changed = [
            each
            for each in mutations(chance, statement)
            if each.kind in {"digit", "year", "date", "currency", "negation"}
        ]
        if not changed:
            continue
        made += 1
        conflicts = made % 2 == 0
        other = chance.choice(changed).claim if conflicts else _harmless(chance, statement, form)
        passages = [Passage("a", _amid(chance, form, statement.text)), Passage("b", _amid(chance, form, other))]
        chance.shuffle(passages)
        yield Case("conflict" if conflicts else "agreement", statement.text, tuple(passages)), conflicts


def _harmless(chance: random.Random, statement: Statement, form: int, *, same: bool = True) -> str:
    """The same form about another product or company, or, where `same` is allowed, sometimes the same again."""
    names = {fact.text for fact in statement.facts.values()} & {*PRODUCTS, *COMPANIES}
    if same and (not names or chance.random() < 0.3):
        return statement.text
    while True:
        other = draw_statement(chance, form)
        if not names & {fact.text for fact in other.facts.values()}:
            return other.text


def _amid(chance: random.Random, form: int, text: str) -> str:
    """`text` between two statements of other forms."""
    before, after = chance.sample([index for index in range(len(FORMS)) if index != form % len(FORMS)], 2)
    return f"{draw_statement(chance, before).text} {text} {draw_statement(chance, after).text}"
