"""How well scores and decisions tell one class from the rest.

Truths and decisions are booleans, scores probabilities of True in [0, 1]; all arguments of a call have one length.
Figures that are not defined, because one class is missing, are None.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def auroc(truths: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Probability that a True scores higher than a False, ties counting half (Mann-Whitney U); in [0, 1]."""
    positive, values = np.array(truths, dtype=bool), np.array(scores, dtype=float)
    ones, zeros = int(positive.sum()), int((~positive).sum())
    if not ones or not zeros:
        return None
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle_ranks = np.cumsum(counts) - (counts - 1) / 2
    rank_sum = float(middle_ranks[inverse][positive].sum())
    return (rank_sum - ones * (ones + 1) / 2) / (ones * zeros)


def balanced_accuracy(truths: Sequence[bool], decisions: Sequence[bool]) -> float | None:
    """Mean of the recalls of both classes, in [0, 1]."""
    recalls = [_share(decisions, truths, kind) for kind in (True, False)]
    defined = [recall for recall in recalls if recall is not None]
    return sum(defined) / 2 if len(defined) == 2 else None


def _share(decisions: Sequence[bool], truths: Sequence[bool], kind: bool) -> float | None:
    of_kind = [decision for decision, truth in zip(decisions, truths, strict=True) if truth is kind]
    return of_kind.count(kind) / len(of_kind) if of_kind else None


def f1(truths: Sequence[bool], decisions: Sequence[bool], positive: bool = True) -> float | None:
    """Harmonic mean of precision and recall of the class `positive`, in [0, 1]."""
    pairs = list(zip(truths, decisions, strict=True))
    hits = pairs.count((positive, positive))
    missed_and_wrong = pairs.count((positive, not positive)) + pairs.count((not positive, positive))
    return 2 * hits / (2 * hits + missed_and_wrong) if hits + missed_and_wrong else None


def macro_f1(truths: Sequence[bool], decisions: Sequence[bool]) -> float | None:
    """Mean of the F1 of both classes, in [0, 1]."""
    both = [f1(truths, decisions, positive) for positive in (True, False)]
    defined = [each for each in both if each is not None]
    return sum(defined) / 2 if len(defined) == 2 else None


def brier(truths: Sequence[bool], scores: Sequence[float]) -> float:
    """Mean squared distance of score and truth, in [0, 1], lower is better (Brier 1950)."""
    return float(np.mean((np.array(scores, dtype=float) - np.array(truths, dtype=float)) ** 2))


def calibration_error(truths: Sequence[bool], scores: Sequence[float], bins: int = 10) -> float:
    """Expected calibration error over `bins` bins of equal width, in [0, 1], lower is better (Guo et al. 2017)."""
    positive, values = np.array(truths, dtype=float), np.array(scores, dtype=float)
    place = np.minimum((values * bins).astype(int), bins - 1)
    gaps = [abs(float((values[place == each] - positive[place == each]).sum())) for each in range(bins)]
    return sum(gaps) / len(values)
