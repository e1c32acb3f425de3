"""What the exported model is worth: figures by set on public test splits, and on the RAGTruth sources set aside.

Thresholds come from validation rows alone. Premises are cut and the int8 file is run exactly as in serving.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.grounding.rows import THREE_WAY, Row, read_rows, sample, set_names
from eval.metrics.classification import auroc, balanced_accuracy, brier, calibration_error, f1, macro_f1
from eval.training import recipe
from eval.training.augment import NAME, NUMBER
from eval.training.calibrate import Scores, calibrated, fit_others, support
from eval.training.data import Pair, clean, held_out
from server.models.base import EntailmentModel
from server.stages.calibration import Calibration
from server.stages.confidence import together
from server.stages.evidence import sentence_spans

ROWS = 300
"""Rows of a test set that are measured, drawn by the seed of the recipe."""
SMALLEST_PART = 40
"""Rows that a part of a set needs for figures of its own."""
PASSAGES = (1, 3, 5, 10)
"""Passages that a claim is judged by, its own among them."""
_SHORTEST_SENTENCE = 3
_COLUMNS = ("entailment", "neutral", "contradiction")


@dataclass(frozen=True, slots=True)
class Figures:
    """One set: AUROC of supported against the rest, and at the threshold, accuracy, balanced accuracy and macro-F1.

    `three_way` is the accuracy over three labels, None where a set does not have them. The errors are those of the
    calibrated probability. Figures that one class alone cannot give are None.
    """

    rows: int
    auroc: float | None
    accuracy: float
    balanced_accuracy: float | None
    macro_f1: float | None
    three_way: float | None
    calibration_error: float
    brier: float


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """Whole RAGTruth answers, judged by their worst sentence: F1 of "contains a hallucination", AUROC, and referrals.

    `calibration_error` is that of the answers' confidence, with the part of the other sentences fitted on the other half of the
    sources. `passing` has, for every share of answers that people look at, how many of 200 wrong ones among 10,000 pass.
    """

    answers: int
    hallucinated: int
    f1: float
    auroc: float
    calibration_error: float
    passing: Mapping[str, int]


def best_threshold(supported: Sequence[bool], probabilities: Scores, sets: Sequence[str]) -> float:
    """The threshold of best balanced accuracy, as a mean over `sets`: to be called on validation rows only."""
    truths, names = np.array(supported), np.array(sets)

    def mean_accuracy(threshold: float) -> float:
        each = [
            balanced_accuracy(truths[names == name].tolist(), (probabilities[names == name] >= threshold).tolist())
            for name in sorted(set(sets))
        ]
        return float(np.mean([accuracy for accuracy in each if accuracy is not None]))

    return max((float(threshold) for threshold in np.arange(0.05, 0.96, 0.01)), key=mean_accuracy)


def test_figures(
    model: EntailmentModel, calibration: Calibration, threshold: float, folder: Path
) -> dict[str, Figures]:
    """The figures of every set in `folder`, and of the parts of those that mix kinds of premises."""
    found: dict[str, Figures] = {}
    for name in set_names(folder):
        rows = sample(read_rows(folder, name), ROWS, recipe.SEED)
        scores = support(model, [pair_of(row, name) for row in rows])
        found[name] = figures(rows, scores, calibration, threshold)
        parts = sorted({row.source for row in rows})
        for part in parts if len(parts) > 1 else []:
            here = [index for index, row in enumerate(rows) if row.source == part]
            if len(here) < SMALLEST_PART or len({rows[index].is_supported for index in here}) < 2:
                continue
            found[f"{name}: {part.rpartition('/')[2]}"] = figures(
                [rows[index] for index in here], scores[here], calibration, threshold
            )
    return found


@dataclass(frozen=True, slots=True)
class Reliability:
    """What is said against what is so: rows of like calibrated probability, every set weighing the same.

    `said` and `supported` are the weighted means of the probability and of the outcome in each of ten bins of equal width that
    has rows, `share` the weight of the rows in it; all in [0, 1].
    """

    said: list[float]
    supported: list[float]
    share: list[float]


def reliability(model: EntailmentModel, calibration: Calibration, folder: Path) -> Reliability:
    """The reliability diagram (DeGroot and Fienberg 1983) over all sets in `folder`."""
    said, truths, weights = [], [], []
    for name in set_names(folder):
        rows = sample(read_rows(folder, name), ROWS, recipe.SEED)
        said += calibrated(calibration, support(model, [pair_of(row, name) for row in rows])[:, 0]).tolist()
        truths += [row.is_supported for row in rows]
        weights += [1.0 / len(rows)] * len(rows)
    probabilities, outcomes, weight = np.array(said), np.array(truths, dtype=float), np.array(weights)
    bins = np.minimum((probabilities * 10).astype(int), 9)
    filled = [bins == each for each in range(10) if (bins == each).any()]
    return Reliability(
        [float(np.average(probabilities[here], weights=weight[here])) for here in filled],
        [float(np.average(outcomes[here], weights=weight[here])) for here in filled],
        [float(weight[here].sum() / weight.sum()) for here in filled],
    )


def by_passages(model: EntailmentModel, folder: Path, rows: int) -> dict[str, float]:
    """The mean AUROC over sets by the number of passages: each row's own premise among those of other rows of its set."""
    areas: dict[str, list[float]] = {}
    for name in set_names(folder):
        drawn = sample(read_rows(folder, name), rows, recipe.SEED)
        pairs, truths = [pair_of(row, name) for row in drawn], [row.is_supported for row in drawn]
        others = list(dict.fromkeys(pair.premise for pair in pairs))
        for count in PASSAGES:
            held = [[pair.premise, *_following(others, pair.premise, count - 1)] for pair in pairs]
            area = auroc(truths, support(model, pairs, held)[:, 0].tolist())
            areas.setdefault(str(count), []).extend([] if area is None else [area])
    return {count: float(np.mean(found)) for count, found in areas.items()}


def _following(texts: Sequence[str], text: str, count: int) -> list[str]:
    """The `count` texts that come after `text`, as if they stood in a circle."""
    at = texts.index(text)
    return [texts[(at + step) % len(texts)] for step in range(1, min(count, len(texts) - 1) + 1)]


def pair_of(row: Row, name: str) -> Pair:
    """`row` as training reads it."""
    return Pair(clean(row.premise), clean(row.hypothesis), row.label, name, row.source_id or row.premise)


def figures(rows: Sequence[Row], scores: Scores, calibration: Calibration, threshold: float) -> Figures:
    """The figures of `rows`, whose probabilities are `scores` [n, 3]."""
    truths = [row.is_supported for row in rows]
    probabilities = np.array([calibration(score) for score in scores[:, 0]])
    said = (probabilities >= threshold).tolist()
    three_way = None
    if all(row.label in THREE_WAY for row in rows):
        chosen = [_COLUMNS[column] for column in scores.argmax(axis=1)]
        three_way = float(np.mean([label == row.label for label, row in zip(chosen, rows, strict=True)]))
    return Figures(
        len(rows),
        auroc(truths, scores[:, 0].tolist()),
        float(np.mean(np.array(truths) == np.array(said))),
        balanced_accuracy(truths, said),
        macro_f1(truths, said),
        three_way,
        calibration_error(truths, probabilities.tolist()),
        brier(truths, probabilities.tolist()),
    )


def answers_set_aside(rows: Iterable[Row]) -> list[Row]:
    """The RAGTruth answers whose sources training never saw."""
    return [row for row in rows if held_out(row.source_id, recipe.RAGTRUTH_SHARE)]


def sentence_support(model: EntailmentModel, rows: Sequence[Row]) -> list[list[float]]:
    """P(entailment) of every sentence of every answer, those of a word or two aside."""
    sentences = [
        Pair(clean(row.premise), row.hypothesis[start:end], row.label, str(index), row.source_id)
        for index, row in enumerate(rows)
        for start, end in sentence_spans(row.hypothesis)
        if len(row.hypothesis[start:end].split()) >= _SHORTEST_SENTENCE
    ]
    found: list[list[float]] = [[] for _ in rows]
    for sentence, probability in zip(sentences, support(model, sentences)[:, 0], strict=True):
        found[int(sentence.set_name)].append(float(probability))
    return found


def answer_figures(rows: Sequence[Row], entailed: Sequence[Sequence[float]], calibration: Calibration) -> AnswerFigures:
    """The figures of whole answers by P(entailment) of their sentences; every half is judged by what the other half shows."""
    wrong = np.array([not row.is_supported for row in rows])
    least = np.array([min(sentences, default=1.0) for sentences in entailed])
    claims = [[calibration(probability) for probability in sentences] or [1.0] for sentences in entailed]
    first_half = np.array([held_out(f"half {row.source_id}", 0.5) for row in rows])
    said, confidence = np.zeros(len(rows), dtype=bool), np.zeros(len(rows))
    for half in (first_half, ~first_half):
        here, there = np.flatnonzero(half).tolist(), np.flatnonzero(~half).tolist()
        said[half] = least[half] < best_f1_threshold(wrong[~half], least[~half])
        others = fit_others([claims[index] for index in there], (~wrong[~half]).tolist())
        confidence[half] = [together(claims[index], others) for index in here]
    area = auroc((~wrong).tolist(), least.tolist())
    found = f1(wrong.tolist(), said.tolist())
    if area is None or found is None:
        raise ValueError("the answers set aside are all right or all wrong; nothing can be measured on them")
    error = calibration_error((~wrong).tolist(), confidence.tolist())
    return AnswerFigures(len(rows), int(wrong.sum()), found, area, error, passing(wrong, least))


def best_f1_threshold(wrong: NDArray[np.bool_], least: Scores) -> float:
    """The support below which an answer is to be called wrong, for the best F1 on these answers."""

    def f1_below(threshold: float) -> float:
        return f1(wrong.tolist(), (least < threshold).tolist()) or 0.0

    return max((float(value) for value in np.unique(least)), key=f1_below)


def passing(wrong: NDArray[np.bool_], least: Scores) -> dict[str, int]:
    """How many of 200 wrong answers among 10,000 pass, by the share that people look at: those of least support."""
    weights = np.where(wrong, 200 / wrong.sum(), 9_800 / (~wrong).sum())
    order = np.argsort(least, kind="stable")
    seen = np.cumsum(weights[order]) / weights.sum()
    passed: dict[str, int] = {}
    for share in (0.01, 0.02, 0.04, 0.06, 0.10, 0.20, 0.30):
        unseen = order[seen > share]
        passed[f"{share:.0%}"] = round(float(weights[unseen][wrong[unseen]].sum()))
    return passed


def loss_of_int8(small: EntailmentModel, full: EntailmentModel, folder: Path, rows: int) -> dict[str, float]:
    """By set, how much the AUROC of `small` is below that of `full`, in points of 0.01, on the same rows."""
    lost: dict[str, float] = {}
    for name in set_names(folder):
        drawn = sample(read_rows(folder, name), rows, recipe.SEED)
        pairs, truths = [pair_of(row, name) for row in drawn], [row.is_supported for row in drawn]
        areas = [auroc(truths, support(model, pairs)[:, 0].tolist()) for model in (full, small)]
        if areas[0] is not None and areas[1] is not None:
            lost[name] = round(100 * (areas[0] - areas[1]), 2)
    return lost


def by_part(rows: Sequence[Row], scores: Scores, parts: Sequence[str]) -> dict[str, float | None]:
    """The AUROC of the rows of every part; `parts` names that of each row."""
    found: dict[str, float | None] = {}
    for part in sorted(set(parts)):
        here = [index for index, name in enumerate(parts) if name == part]
        found[part] = auroc([rows[index].is_supported for index in here], scores[here, 0].tolist())
    return found


def length_band(hypothesis: str) -> str:
    """The band of words that a claim's length lies in."""
    words = len(hypothesis.split())
    return next(
        (name for most, name in ((10, "up to 10"), (20, "11 to 20"), (30, "21 to 30")) if words <= most), "over 30"
    )


def claim_kind(hypothesis: str) -> str:
    """What a claim has that can be wrong by itself: a number, a negation, a name, or none of them."""
    if NUMBER.search(hypothesis):
        return "with a number"
    if re.search(r"\b(?:not|no|never|none|nor)\b|n't\b", hypothesis):
        return "with a negation"
    return "with a name" if NAME.search(hypothesis) else "none of these"
