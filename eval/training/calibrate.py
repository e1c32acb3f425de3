"""The model's probability that a claim is supported, fitted on validation rows so that it can be read as one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from eval.metrics.classification import brier, calibration_error
from eval.training import recipe
from eval.training.data import ENTAILMENT, Pair, held_out
from server.models.base import EntailmentModel
from server.stages.calibration import Calibration
from server.stages.confidence import together
from server.stages.evidence import Evidence

Scores = NDArray[np.float64]

_ROUNDS = 100
_CHUNK = 200


@dataclass(frozen=True, slots=True)
class Fit:
    """A calibration and what it is worth on validation rows that it was not fitted on, as means over the sets."""

    calibration: Calibration
    rows: int
    error_before: float
    error_after: float
    brier_after: float


def support(model: EntailmentModel, pairs: Sequence[Pair], passages: Sequence[Sequence[str]] | None = None) -> Scores:
    """The probabilities [n, 3] for each hypothesis given the premise, of those it is judged by, that entails it most.

    `passages` holds the evidence of each pair where that is more than its premise.
    """
    held = passages or [[pair.premise] for pair in pairs]
    rows = np.empty((len(pairs), 3))
    for start in range(0, len(pairs), _CHUNK):
        part = pairs[start : start + _CHUNK]
        premises = [
            Evidence(texts).premises(pair.hypothesis)
            for pair, texts in zip(part, held[start : start + _CHUNK], strict=True)
        ]
        scored = model.score(
            [(premise.text, pair.hypothesis) for pair, own in zip(part, premises, strict=True) for premise in own]
        )
        first = 0
        for offset, own in enumerate(premises):
            candidates = scored[first : first + len(own)]
            rows[start + offset] = candidates[candidates[:, 0].argmax()]
            first += len(own)
    return rows


def validation_rows(pairs: Sequence[Pair]) -> list[Pair]:
    """At most `recipe.CALIBRATION_ROWS` rows of every set that the grounded phase was trained on, drawn by the seed."""
    random = Random(recipe.SEED)
    by_set: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.set_name in recipe.SETTLING.rows:
            by_set.setdefault(pair.set_name, []).append(pair)
    return [pair for rows in by_set.values() for pair in random.sample(rows, min(len(rows), recipe.CALIBRATION_ROWS))]


def fit(pairs: Sequence[Pair], scores: Scores) -> Fit:
    """The calibration of P(entailment), column 0 of `scores`, for `pairs`; every set weighs the same.

    The errors are measured with two other calibrations, each fitted on the groups that the other is measured on.
    """
    supported = np.array([pair.label == ENTAILMENT for pair in pairs])
    names = np.array([pair.set_name for pair in pairs])
    weights = np.array([1.0 / (names == name).sum() for name in names])
    first_half = np.array([held_out(f"half {pair.group}", 0.5) for pair in pairs])
    entailed = scores[:, 0]
    crossed = np.empty_like(entailed)
    for half in (first_half, ~first_half):
        crossed[half] = calibrated(
            Calibration(*platt(supported[~half], entailed[~half], weights[~half])), entailed[half]
        )

    def mean_over_sets(measure: Callable[[Sequence[bool], Sequence[float]], float], probabilities: Scores) -> float:
        each = [
            measure(supported[names == name].tolist(), probabilities[names == name].tolist()) for name in set(names)
        ]
        return float(np.mean(each))

    return Fit(
        Calibration(*platt(supported, entailed, weights)),
        len(pairs),
        mean_over_sets(calibration_error, entailed),
        mean_over_sets(calibration_error, crossed),
        mean_over_sets(brier, crossed),
    )


def fit_others(answers: Sequence[Sequence[float]], right: Sequence[bool]) -> float:
    """How much the other claims of an answer count beside the least supported one, for the least log loss on these answers.

    `answers` has the calibrated probabilities of each answer's claims; the outcome is one of 0, 0.05, ... 1.
    """

    def loss(others: float) -> float:
        said = np.clip([together(claims, others) for claims in answers], 1e-4, 1 - 1e-4)
        return float(-np.mean(np.where(right, np.log(said), np.log(1 - said))))

    return min((round(step * 0.05, 2) for step in range(21)), key=loss)


def calibrated(calibration: Calibration, probabilities: Scores) -> Scores:
    """`calibration` of each of `probabilities`."""
    return np.array([calibration(probability) for probability in probabilities])


def platt(supported: NDArray[np.bool_], probabilities: Scores, weights: Scores) -> tuple[float, float]:
    """`a` and `b` of sigmoid(a * logit(p) + b) with the least weighted log loss, by Newton's method.

    Platt (1999), Probabilistic outputs for support vector machines. A weak pull towards a = 1, b = 0 keeps the answer
    finite when the classes can be told apart without error.
    """
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    features = np.stack([np.log(clipped / (1 - clipped)), np.ones_like(clipped)])
    start = np.array([1.0, 0.0])
    found = start.copy()
    pull = 1e-3 * weights.sum()
    for _ in range(_ROUNDS):
        said = 1 / (1 + np.exp(-(found @ features)))
        slope = features @ (weights * (said - supported)) + pull * (found - start)
        curvature = (features * (weights * said * (1 - said))) @ features.T + pull * np.eye(2)
        step = np.clip(np.linalg.solve(curvature, slope), -1.0, 1.0)
        found = found - step
        if np.abs(step).max() < 1e-9:
            break
    return float(found[0]), float(found[1])


def write(destination: Path, found: Calibration) -> None:
    """Adds the calibration to `destination`/config.json, where the service reads it."""
    path = destination / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["calibration"] = {"a": round(found.a, 4), "b": round(found.b, 4), "others": found.others}
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
