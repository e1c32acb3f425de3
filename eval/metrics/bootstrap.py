"""How sure a mean, or the difference of two, is: the percentile bootstrap (Efron 1979), seeded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000
_ROWS_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the bounds within which it lies with 95 % confidence."""

    mean: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the mean is above or below zero beyond chance."""
        return self.low > 0 or self.high < 0

    @property
    def signed(self) -> str:
        """A difference for people."""
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


def interval(values: Sequence[float], seed: int = 0) -> Interval:
    """The mean of at least one value with its 95 % interval."""
    sample = np.array(values, dtype=float)
    random = np.random.default_rng(seed)
    means = np.concatenate(
        [
            sample[random.integers(0, len(sample), (_ROWS_AT_A_TIME, len(sample)))].mean(axis=1)
            for _ in range(RESAMPLES // _ROWS_AT_A_TIME)
        ]
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(sample.mean()), float(low), float(high))


def paired_difference(ours: Sequence[float], theirs: Sequence[float], seed: int = 0) -> Interval:
    """Mean of `ours` less `theirs` on the same questions, which are resampled together."""
    return interval([one - other for one, other in zip(ours, theirs, strict=True)], seed)
