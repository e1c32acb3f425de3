"""Sets of characters as lists of half-open ranges that are sorted and do not touch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

Range: TypeAlias = tuple[int, int]


def union(ranges: Iterable[Range]) -> list[Range]:
    """All characters that are in at least one of the ranges."""
    joined: list[Range] = []
    for start, end in sorted(ranges):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def overlap(one: Range, other: Range) -> Range | None:
    """The characters that two ranges share; None when they share none."""
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None


def length(ranges: Sequence[Range]) -> int:
    """How many characters the ranges have, each counted as often as it is in one."""
    return sum(end - start for start, end in ranges)
