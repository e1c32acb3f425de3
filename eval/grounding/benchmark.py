"""Validates every row, and scores what the service says against the labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import groundwire
from eval.grounding.rows import THREE_WAY, Row
from eval.metrics.classification import auroc, balanced_accuracy, brier, calibration_error, f1, macro_f1
from groundwire.v1 import evidence_pb2, guard_pb2

CALLERS = 8
"""Calls under way at once."""

_SECONDS = 300.0
_ASIDE = frozenset({guard_pb2.LABEL_NOT_A_CLAIM})
_LABEL_OF = {
    guard_pb2.LABEL_SUPPORTED: "entailment",
    guard_pb2.LABEL_CONTRADICTED: "contradiction",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the service said of a row as a whole.

    label: "entailment" when every claim is SUPPORTED, "contradiction" when one is CONTRADICTED, else "neutral".
    abstained: nothing in it was judged to be a claim, or something could not be checked; the label is then "neutral".
    confidence: the verdict's calibrated probability that every claim is supported, in [0, 1].
    """

    label: str
    confidence: float
    abstained: bool

    @property
    def is_supported(self) -> bool:
        """Whether the service vouches for the row."""
        return self.label == "entailment"


@dataclass(frozen=True, slots=True)
class Figures:
    """How the judgements on some rows compare with their labels.

    Supported against the rest: balanced accuracy, macro-F1, F1 of the rows that are not supported, and accuracy at the
    service's own thresholds, an abstention counting as not supported; AUROC, expected calibration error (10 bins) and
    Brier score of the confidence. `three_way_accuracy` where every label tells neutral from contradiction. Figures that
    need both classes are None where one is missing.
    """

    rows: int
    supported: int
    balanced_accuracy: float | None
    auroc: float | None
    accuracy: float
    macro_f1: float | None
    unsupported_f1: float | None
    three_way_accuracy: float | None
    calibration_error: float
    brier: float
    abstentions: int


@dataclass(frozen=True, slots=True)
class SetFigures:
    """A set as a whole, and by the parts that its rows name."""

    whole: Figures
    by_source: Mapping[str, Figures] = field(default_factory=dict)
    by_model: Mapping[str, Figures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Means:
    """Means over sets, each set counting once."""

    balanced_accuracy: float | None
    auroc: float | None
    calibration_error: float | None
    brier: float | None


@dataclass(frozen=True, slots=True)
class GroundingFigures:
    """Every set and the means over them, with the versions that gave the verdicts."""

    sets: Mapping[str, SetFigures]
    means: Means
    entailment_model: str
    policy: str


def judge(client: groundwire.Client, row: Row) -> guard_pb2.ValidateResponse:
    """The service's verdict on a row: its hypothesis as the answer, its premise as the only passage."""
    request = guard_pb2.ValidateRequest(
        answer=row.hypothesis, question=row.question, passages=[evidence_pb2.Passage(text=row.premise)]
    )
    return client.guard.Validate(request, timeout=_SECONDS)


def judge_all(
    client: groundwire.Client, rows: Sequence[Row], versions: Callable[[guard_pb2.Versions], None] = lambda _: None
) -> Iterator[Judgement]:
    """A judgement for each row, in order, several calls at once; `versions` is told what each verdict depends on."""
    for verdict in judge_each(client, rows):
        versions(verdict.versions)
        yield judgement(verdict)


def judge_each(client: groundwire.Client, rows: Sequence[Row]) -> Iterator[guard_pb2.ValidateResponse]:
    """The verdict on each row, in order, several calls at once."""
    with ThreadPoolExecutor(CALLERS) as callers:
        yield from callers.map(lambda row: judge(client, row), rows)


def judgement(verdict: guard_pb2.ValidateResponse) -> Judgement:
    """What a verdict says of its answer as a whole."""
    labels = [claim.label for claim in verdict.claims if claim.label not in _ASIDE]
    if not labels or guard_pb2.LABEL_NOT_CHECKED in labels:
        return Judgement("neutral", verdict.confidence, abstained=True)
    if guard_pb2.LABEL_CONTRADICTED in labels:
        return Judgement("contradiction", verdict.confidence, abstained=False)
    agreed = {_LABEL_OF.get(label, "neutral") for label in labels}
    return Judgement(agreed.pop() if len(agreed) == 1 else "neutral", verdict.confidence, abstained=False)


def figures_of(rows: Sequence[Row], judgements: Sequence[Judgement]) -> Figures:
    """The figures over at least one row."""
    truths = [row.is_supported for row in rows]
    decisions = [each.is_supported for each in judgements]
    confidences = [each.confidence for each in judgements]
    return Figures(
        rows=len(rows),
        supported=sum(truths),
        balanced_accuracy=balanced_accuracy(truths, decisions),
        auroc=auroc(truths, confidences),
        accuracy=_agreement(truths, decisions),
        macro_f1=macro_f1(truths, decisions),
        unsupported_f1=f1(truths, decisions, positive=False),
        three_way_accuracy=_three_way(rows, judgements),
        calibration_error=calibration_error(truths, confidences),
        brier=brier(truths, confidences),
        abstentions=sum(each.abstained for each in judgements),
    )


def set_figures(rows: Sequence[Row], judgements: Sequence[Judgement]) -> SetFigures:
    """The figures of a set, and of its parts where it has more than one."""
    return SetFigures(
        whole=figures_of(rows, judgements),
        by_source=_parts(rows, judgements, [row.source for row in rows]),
        by_model=_parts(rows, judgements, [row.model for row in rows]),
    )


def means_of(sets: Iterable[SetFigures]) -> Means:
    """The mean of each figure over the sets that have it."""
    whole = [each.whole for each in sets]
    return Means(
        balanced_accuracy=_mean([each.balanced_accuracy for each in whole]),
        auroc=_mean([each.auroc for each in whole]),
        calibration_error=_mean([each.calibration_error for each in whole]),
        brier=_mean([each.brier for each in whole]),
    )


def _parts(rows: Sequence[Row], judgements: Sequence[Judgement], names: Sequence[str]) -> dict[str, Figures]:
    distinct = sorted(set(names) - {""})
    if len(distinct) < 2:
        return {}
    pairs = list(zip(names, rows, judgements, strict=True))
    return {
        name: figures_of(
            [row for part, row, _ in pairs if part == name], [judged for part, _, judged in pairs if part == name]
        )
        for name in distinct
    }


def _three_way(rows: Sequence[Row], judgements: Sequence[Judgement]) -> float | None:
    if not {row.label for row in rows} <= THREE_WAY:
        return None
    return _agreement([row.label for row in rows], [each.label for each in judgements])


def _agreement(truths: Sequence[object], decisions: Sequence[object]) -> float:
    return sum(truth == decision for truth, decision in zip(truths, decisions, strict=True)) / len(truths)


def _mean(values: Sequence[float | None]) -> float | None:
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None
