"""Reads every fact out of a text in one pass, so that a date is not also two numbers and a version is not a decimal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from server.domain import FactKind, Span
from server.stages.facts.dates import Moment, find_moments
from server.stages.facts.durations import find_durations
from server.stages.facts.figures import Figure, find_figures
from server.stages.facts.frequencies import find_frequencies
from server.stages.facts.identifiers import Identifier, find_identifiers

Fact: TypeAlias = Identifier | Moment | Figure


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a text, each list in order."""

    identifiers: tuple[Identifier, ...]
    moments: tuple[Moment, ...]
    figures: tuple[Figure, ...]

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where they stand."""
        return tuple(sorted(fact.span for fact in self.all))

    @property
    def all(self) -> tuple[Fact, ...]:
        """All of them, kind by kind."""
        every: list[Fact] = []
        every.extend(self.identifiers)
        every.extend(self.moments)
        every.extend(self.figures)
        return tuple(every)


def read_facts(text: str, start: int = 0, today: date | None = None) -> Facts:
    """The facts of `text`, whose first character has the offset `start`; times such as "last year" only where `today` is given."""
    facts = _read(text, today)
    if not start:
        return facts
    return Facts(
        tuple(replace(fact, span=fact.span.shifted(start)) for fact in facts.identifiers),
        tuple(replace(fact, span=fact.span.shifted(start)) for fact in facts.moments),
        tuple(replace(fact, span=fact.span.shifted(start)) for fact in facts.figures),
    )


@lru_cache(maxsize=8192)
def _read(text: str, today: date | None) -> Facts:
    identifiers = find_identifiers(text)
    moments = find_moments(text, [fact.span for fact in identifiers], today)
    worded = [*find_frequencies(text), *find_durations(text)]
    taken = [
        *(fact.span for fact in identifiers),
        *(fact.span for fact in moments),
        *(fact.span for fact in worded),
    ]
    figures = sorted([*worded, *find_figures(text, taken)], key=lambda figure: figure.span)
    return Facts(tuple(identifiers), tuple(moments), tuple(figures))


def joined(parts: Iterable[Facts]) -> Facts:
    """The facts of several texts as if they were one."""
    every = tuple(parts)
    return Facts(
        tuple(fact for part in every for fact in part.identifiers),
        tuple(fact for part in every for fact in part.moments),
        tuple(fact for part in every for fact in part.figures),
    )


def kind_of(fact: Fact) -> FactKind:
    """What the contract calls it."""
    if isinstance(fact, Identifier):
        return FactKind.IDENTIFIER
    return FactKind.DATE if isinstance(fact, Moment) else fact.kind
