"""Chunks with their scores, best first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """`chunk_ids` and `scores` of equal length, scores descending."""

    chunk_ids: NDArray[np.int64]
    scores: NDArray[np.float32]


def best(
    rows: NDArray[np.intp], scores: NDArray[np.float32], count: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The `count` highest scores with their rows, best first; of equal scores the earlier in `rows` comes first.

    Ties at the cut go by that order too, so that the outcome does not depend on how the rows were stored.
    """
    if len(scores) > count:
        cut = np.partition(scores, len(scores) - count)[len(scores) - count]
        above = np.flatnonzero(scores > cut)
        level = np.flatnonzero(scores == cut)[: count - len(above)]
        chosen = np.sort(np.concatenate([above, level]))
        rows, scores = rows[chosen], scores[chosen]
    order = np.argsort(-scores, kind="stable")
    return rows[order], scores[order]
