"""What a reply says of the service itself: what answered with less than it should have, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Degradation:
    """A part of the service that answered with less than it should have, and why."""

    component: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one stage took, in microseconds of wall-clock time."""

    stage: str
    microseconds: int
