"""Exact binomial probabilities, in logarithms, so that many rows do not underflow."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_HALVINGS = 60


def at_most(errors: int, rows: int, rate: float) -> float:
    """The probability, in [0, 1], of `errors` or fewer among `rows` independent rows that are each wrong with `rate` in (0, 1)."""
    if errors >= rows:
        return 1.0
    factorials = _log_factorials(rows.bit_length())
    counts = np.arange(errors + 1)
    logs = factorials[rows] - factorials[counts] - factorials[rows - counts]
    logs = logs + counts * math.log(rate) + (rows - counts) * math.log1p(-rate)
    highest = float(logs.max())
    return min(1.0, math.exp(highest) * float(np.exp(logs - highest).sum()))


def upper_bound(errors: int, rows: int, confidence: float) -> float:
    """The rate, in [0, 1], that with `confidence` is not exceeded when `errors` of `rows` were wrong (Clopper and Pearson 1934)."""
    if errors >= rows:
        return 1.0
    low, high = errors / rows, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(errors, rows, middle) > 1 - confidence else (low, middle)
    return high


def least_rows(rate: float, confidence: float) -> int:
    """How many rows without any error it takes to say with `confidence` that at most `rate` are wrong."""
    return math.ceil(math.log(1 - confidence) / math.log1p(-rate))


@lru_cache(maxsize=32)
def _log_factorials(bits: int) -> NDArray[np.float64]:
    """Of every number of so many bits."""
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, 1 << bits)))])
