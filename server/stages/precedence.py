"""Which of two passages that disagree weighs more, and in what respect; the claim stays CONFLICTING in any case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from server.domain import Passage, Trust

Criterion = Literal["trust", "validity", "recency"]

_LEVELS = (Trust.UNTRUSTED, Trust.STANDARD, Trust.AUTHORITATIVE)


def _trust(passage: Passage) -> float:
    return _LEVELS.index(passage.attributes.trust)


def _validity(passage: Passage) -> float:
    return _seconds(passage.attributes.validity.start)


def _recency(passage: Passage) -> float:
    return _seconds(passage.attributes.observed_at)


def _seconds(moment: datetime | None) -> float:
    """Since 1970; what says no time is older than all that does."""
    return float("-inf") if moment is None else moment.timestamp()


_MEASURES: Mapping[Criterion, tuple[Callable[[Passage], float], str]] = {
    "trust": (_trust, "it is the more trusted source"),
    "validity": (_validity, "what it says holds from a later date"),
    "recency": (_recency, "it was observed later"),
}


def outranks(one: Passage, other: Passage, rank_by: Sequence[Criterion]) -> str:
    """In what respect `one` weighs more than `other`, as the end of a sentence; empty when it does not.

    The first criterion of `rank_by` in which they are different decides.
    """
    for criterion in rank_by:
        measure, why = _MEASURES[criterion]
        mine, theirs = measure(one), measure(other)
        if mine != theirs:
            return why if mine > theirs else ""
    return ""
