"""Chunks with their scores, best first, and where they are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Sized
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

FEW = 256
"""Up to so many chunks are scored one by one no slower than in a scan that skips the others."""
_ONE_IN = 16
_MANY_TIMES = 8
"""Of so many times as many scores as are wanted, most are told apart from the best by one comparison each."""

Segment = TypeVar("Segment", bound=Sized)


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
    if len(scores) > _MANY_TIMES * count:
        promising = np.flatnonzero(scores >= _certain(scores, count))
        rows, scores = rows[promising], scores[promising]
    if len(scores) > count:
        cut = np.partition(scores, len(scores) - count)[len(scores) - count]
        above = np.flatnonzero(scores > cut)
        level = np.flatnonzero(scores == cut)[: count - len(above)]
        chosen = np.sort(np.concatenate([above, level]))
        rows, scores = rows[chosen], scores[chosen]
    order = np.argsort(-scores, kind="stable")
    return rows[order], scores[order]


def _certain(scores: NDArray[np.float32], count: int) -> np.float32:
    """A score that at least `count` have: the lowest of the highest of as many groups, taken across twice as many."""
    groups = 2 * count
    size = len(scores) // groups
    highest = scores[: size * groups].reshape(size, groups).max(axis=0)
    return np.float32(np.partition(highest, count)[count])


def are_few(count: int, total: int) -> bool:
    """Whether so many of all the chunks are better looked up one by one than found by going through them all."""
    return count <= max(FEW, total // _ONE_IN)


def by_segment(rows: NDArray[np.intp], segments: Sequence[Segment]) -> Iterator[tuple[Segment, NDArray[np.intp]]]:
    """Ascending rows, numbered through all the segments, as rows within each segment; segments with none of them are left out."""
    ends = list(accumulate(map(len, segments)))
    start = 0
    for segment, end, stop in zip(segments, ends, np.searchsorted(rows, ends).tolist(), strict=True):
        if stop > start:
            yield segment, rows[start:stop] - (end - len(segment))
        start = stop
