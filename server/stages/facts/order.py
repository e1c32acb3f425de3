"""Which of two events a text has first: "turn off the gas before removing the cover", "after the vote, the chair left"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.domain import Span
from server.stages.evidence import terms

_BETWEEN = re.compile(r"(?i)^(?P<one>[^;:]{6,}?),?\s+(?P<word>before|after)\s+(?P<other>[^;:]{6,})$")
_IN_FRONT = re.compile(r"(?i)^\W*(?P<word>before|after)\s+(?P<other>[^,;:]{6,}),\s+(?P<one>[^;:]{6,})$")
_SAME = 0.6
"""The share of its words that an event must have in common with the other text's."""
_FEWEST = 2
"""Words of an event: a verb and what it is done to."""


@dataclass(frozen=True, slots=True)
class Order:
    """Two events by their words, the earlier one first, and where the word stands that orders them."""

    first: frozenset[str]
    then: frozenset[str]
    place: Span


def order_of(text: str) -> Order | None:
    """The two events that `text` orders by the one "before" or "after" in it; None where it does not."""
    if len(re.findall(r"(?i)\b(?:before|after)\b", text)) != 1:
        return None
    found = _IN_FRONT.match(text) or _BETWEEN.match(text)
    if found is None:
        return None
    one, other = terms(found["one"]), terms(found["other"])
    if min(len(one), len(other)) < _FEWEST:
        return None
    is_first = found["word"].lower() == "before"
    return Order(*((one, other) if is_first else (other, one)), Span(*found.span("word")))


def is_same_order(one: Order, other: Order) -> bool:
    """Whether both have the same two events in the same order, in whatever way they tell it."""
    return _alike(one.first, other.first) and _alike(one.then, other.then)


def is_turned_round(one: Order, other: Order) -> bool:
    """Whether each has last what the other has first."""
    return _alike(one.first, other.then) and _alike(one.then, other.first) and not is_same_order(one, other)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME * max(len(one), len(other))
