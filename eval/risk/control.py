"""The threshold from which answers pass, derived from a stated risk instead of picked by hand.

Learn then test: Angelopoulos, Bates, Candès, Jordan and Lei, "Learn then Test: Calibrating Predictive Algorithms to Achieve Risk
Control" (2021, arXiv:2110.01052): fixed-sequence testing from several starts, with the exact binomial p-value. For each threshold
of a grid that does not depend on the labels, the hypothesis is "of the answers that pass, more than the target are unsupported".
From each start, thresholds are tested downwards, at the allowed probability of error divided by the number of starts, until one
cannot be rejected. The lowest rejected threshold keeps the target with the stated confidence, whatever the distribution of answers,
as long as those to come are like those labelled.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eval.risk.binomial import at_most, least_rows, upper_bound

STARTS = (0.998, 0.99, 0.97, 0.92, 0.8, 0.6)
"""Thresholds from which the tests go down. More of them find a way past a threshold that fails, and make each test stricter."""

_STEP = 0.1
"""Between two thresholds of the grid, in logits."""
_LOWEST = 0.05
_MOST_LABELS = 1 << 22


@dataclass(frozen=True, slots=True)
class Scored:
    """A labelled answer: the confidence in it, None where it would not pass at any threshold; whether all of it is supported."""

    confidence: float | None
    is_supported: bool
    categories: tuple[str, ...] = ()
    source: str = ""

    def passes(self, threshold: float) -> bool:
        """Whether the answer passes from `threshold` on."""
        return self.confidence is not None and self.confidence >= threshold


@dataclass(frozen=True, slots=True)
class Target:
    """At most the share `risk` of the answers that pass is unsupported, with the probability `confidence`; both in (0, 1)."""

    risk: float
    confidence: float

    def __str__(self) -> str:
        return (
            f"at most {100 * self.risk:g} % of passed answers contain an unsupported claim, "
            f"with {100 * self.confidence:g} % confidence"
        )


@dataclass(frozen=True, slots=True)
class Controlled:
    """A threshold that keeps the target.

    `passed` and `errors` count rows, `bound` is the upper confidence bound of the risk there; `review_load` is the share of all
    rows, in [0, 1], that a person would look at.
    """

    threshold: float
    passed: int
    errors: int
    bound: float
    review_load: float


@dataclass(frozen=True, slots=True)
class Refused:
    """No threshold keeps the target by these labels; `more_labels` would, if they are like these; None when none would."""

    reason: str
    more_labels: int | None


class Tally:
    """How many of some rows pass at a threshold, and how many of these are not supported."""

    def __init__(self, rows: Sequence[Scored]) -> None:
        negated = np.array([-row.confidence for row in rows if row.confidence is not None])
        wrong = np.array([not row.is_supported for row in rows if row.confidence is not None], dtype=np.int64)
        order = np.argsort(negated)
        self.rows = len(rows)
        self._falling = negated[order]
        self._errors = np.concatenate([[0], np.cumsum(wrong[order])])

    def at(self, threshold: float) -> tuple[int, int]:
        """Passed, and not supported among them."""
        passed = int(np.searchsorted(self._falling, -threshold, side="right"))
        return passed, int(self._errors[passed])

    def confidences(self) -> list[float]:
        """The distinct confidences, highest first."""
        return [float(each) for each in np.unique(-self._falling)[::-1]]


def control(rows: Sequence[Scored], target: Target, floor: float = 0.0) -> Controlled | Refused:
    """The lowest threshold, from `floor` on, at which `rows` show that the target is kept."""
    tally = Tally(rows)
    return derive(tally, target, floor) or _refused(tally, target, floor)


def derive(tally: Tally, target: Target, floor: float = 0.0) -> Controlled | None:
    """The same, or None."""
    rejected: list[float] = []
    for start in STARTS:
        for threshold in grid(start, floor):
            if not _rejects(*tally.at(threshold), target):
                break
            rejected.append(threshold)
    if not rejected:
        return None
    lowest = min(rejected)
    passed, errors = tally.at(lowest)
    bound = upper_bound(errors, passed, _each(target))
    return Controlled(lowest, passed, errors, bound, 1 - passed / tally.rows)


def grid(start: float, floor: float) -> Iterator[float]:
    """The thresholds from `start` downwards, none below `floor`, which is the last one."""
    logit = math.log(start / (1 - start))
    lowest = max(floor, _LOWEST)
    while (threshold := round(1 / (1 + math.exp(-logit)), 6)) > lowest:
        yield threshold
        logit -= _STEP
    yield lowest


def _rejects(passed: int, errors: int, target: Target) -> bool:
    return passed > 0 and at_most(errors, passed, target.risk) <= 1 - _each(target)


def _each(target: Target) -> float:
    """The confidence of each start's tests, so that all of them together have the target's."""
    return 1 - (1 - target.confidence) / len(STARTS)


def _refused(tally: Tally, target: Target, floor: float) -> Refused:
    """Why, and how many more labels would do at the start where the fewest are needed."""
    reached = [tally.at(max(start, floor)) for start in STARTS]
    risks = [errors / passed for passed, errors in reached if passed]
    needed = [_labels_needed(passed / tally.rows, errors / passed, target) for passed, errors in reached if passed]
    enough = min((labels for labels in needed if labels is not None), default=None)
    if risks and enough is None:
        return Refused(
            f"the lowest risk is {100 * min(risks):.2f} % among {tally.rows:,} labelled answers, at any threshold tried, and the "
            f"target is {100 * target.risk:g} %: more labels like these would not change that",
            None,
        )
    least = least_rows(target.risk, _each(target))
    more = max((enough or least) - tally.rows, math.ceil(tally.rows / 4), 1)
    return Refused(
        f"{tally.rows:,} labelled answers are too few to show it: it takes {least:,} that pass without an error, or more with "
        f"some; about {more:,} more labels like these would do",
        more,
    )


def _labels_needed(share: float, risk: float, target: Target) -> int | None:
    """From how many labels the test rejects where `share` passes with `risk`, even with one error more than is expected."""
    if risk >= target.risk:
        return None

    def rejects(labels: int) -> bool:
        passed = math.floor(labels * share)
        return _rejects(passed, math.ceil(passed * risk) + 1, target)

    high = 1
    while not rejects(high):
        high *= 2
        if high > _MOST_LABELS:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if rejects(middle) else (middle, high)
    return high
