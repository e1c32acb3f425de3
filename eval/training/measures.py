"""How well scores tell supported hypotheses from others, and how far they are from probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Truth = NDArray[np.bool_]
Scores = NDArray[np.float64]


def auroc(supported: Truth, scores: Scores) -> float:
    """The area under the ROC curve: the chance that a supported row scores higher than another; ties count half.

    NaN when all rows are of one class.
    """
    positives = int(supported.sum())
    negatives = len(supported) - positives
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[supported].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def balanced_accuracy(supported: Truth, scores: Scores, threshold: float) -> float:
    """The mean of the shares of both classes that `scores >= threshold` gets right; NaN when all rows are of one class."""
    said = scores >= threshold
    if supported.all() or not supported.any():
        return float("nan")
    return float((said[supported].mean() + (~said[~supported]).mean()) / 2)


def f1(positive: Truth, said: Truth) -> float:
    """The harmonic mean of precision and recall of `said` for `positive`; 0 when nothing positive was said or there."""
    both = int((positive & said).sum())
    return 2 * both / (int(positive.sum()) + int(said.sum())) if both else 0.0


def macro_f1(supported: Truth, scores: Scores, threshold: float) -> float:
    """The mean F1 of the two classes."""
    said = scores >= threshold
    return (f1(supported, said) + f1(~supported, ~said)) / 2


def best_threshold(supported: Truth, scores: Scores) -> float:
    """The threshold of best balanced accuracy: to be called on validation rows only. The lowest of equals."""
    candidates = np.unique(np.round(scores, 3))
    return float(candidates[np.argmax([balanced_accuracy(supported, scores, threshold) for threshold in candidates])])


def calibration_error(supported: Truth, probabilities: Scores, bins: int = 10) -> float:
    """The expected calibration error over `bins` of equal width: |share supported - mean probability|, by rows in a bin.

    Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated probabilities using Bayesian binning.
    """
    index = np.minimum((probabilities * bins).astype(int), bins - 1)
    gaps = [
        abs(supported[index == at].mean() - probabilities[index == at].mean()) * (index == at).mean()
        for at in range(bins)
        if (index == at).any()
    ]
    return float(sum(gaps))


def brier(supported: Truth, probabilities: Scores) -> float:
    """The mean squared distance of the probabilities from what was true, in [0, 1]; 0 is best."""
    return float(np.mean((probabilities - supported) ** 2))


def platt(supported: Truth, probabilities: Scores, weights: Scores, rounds: int = 100) -> tuple[float, float]:
    """`a` and `b` of sigmoid(a * logit(p) + b) with the least weighted log loss, by Newton's method.

    Platt (1999), Probabilistic outputs for support vector machines. A weak pull towards a = 1, b = 0 keeps the answer
    finite when the classes are separable.
    """
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    features = np.stack([np.log(clipped / (1 - clipped)), np.ones_like(clipped)])
    start = np.array([1.0, 0.0])
    found = start.copy()
    pull = 1e-3 * weights.sum()
    for _ in range(rounds):
        said = 1 / (1 + np.exp(-(found @ features)))
        gradient = features @ (weights * (said - supported)) + pull * (found - start)
        curvature = (features * (weights * said * (1 - said))) @ features.T + pull * np.eye(2)
        step = np.linalg.solve(curvature, gradient)
        found = found - np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-9:
            break
    return float(found[0]), float(found[1])
