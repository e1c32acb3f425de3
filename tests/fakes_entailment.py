"""Entailment models that do what a test tells them, behind the seam `server.models.base.EntailmentModel`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from server.deadline import NEVER, Deadline
from server.domain import Degradation
from server.errors import DeadlineExceeded
from server.models.base import Pair


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


@dataclass
class OverlapEntailment:
    """Entailment is the share of the hypothesis's words that the premise has; nothing is ever contradicted."""

    version: str = "overlap-1"
    degradation: Degradation | None = None
    calls: list[tuple[Pair, ...]] = field(default_factory=list)

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        self.calls.append(tuple(pairs))
        shares = [len(_words(h) & _words(p)) / max(1, len(_words(h))) for p, h in pairs]
        return np.array([[0.98 * share, 1 - 0.98 * share, 0.0] for share in shares], dtype=np.float32).reshape(-1, 3)


@dataclass
class FixedEntailment:
    """The same three probabilities for every pair, or for those whose premise holds a given text."""

    entailment: float = 0.99
    contradiction: float = 0.0
    by_premise: dict[str, tuple[float, float]] = field(default_factory=dict)
    version: str = "fixed-1"
    degradation: Degradation | None = None

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        rows = []
        for premise, _ in pairs:
            default = (self.entailment, self.contradiction)
            found = next((scores for part, scores in self.by_premise.items() if part in premise), default)
            rows.append([found[0], 1.0 - found[0] - found[1], found[1]])
        return np.array(rows, dtype=np.float32).reshape(-1, 3)


@dataclass
class FailingEntailment:
    """Raises `error` whenever it is asked."""

    error: Exception
    version: str = "failing-1"
    degradation: Degradation | None = None

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        raise self.error


@dataclass
class NanEntailment:
    """Returns what is no probability."""

    version: str = "nan-1"
    degradation: Degradation | None = None

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        return np.full((len(pairs), 3), np.nan, dtype=np.float32)


@dataclass
class SlowEntailment:
    """Is never ready before the deadline."""

    version: str = "slow-1"
    degradation: Degradation | None = None

    def score(self, pairs: Sequence[Pair], deadline: Deadline = NEVER) -> NDArray[np.float32]:
        raise DeadlineExceeded("entailment")
