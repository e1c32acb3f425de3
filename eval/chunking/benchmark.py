"""Cuts a collection in every way, asks every question, and says which way to choose."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from chunkers import TokenCounter
from eval.chunking.choices import Choice
from eval.chunking.costs import Bill, Prices, Traffic, bill
from eval.chunking.memory import RememberingEmbedder
from eval.chunking.metrics import Retrieved, Scores, precision_omega, score
from eval.chunking.questions import Collection, Reference
from eval.chunking.search import NEAREST, Searcher, searcher
from eval.metrics.bootstrap import Interval, interval, paired_difference
from server.models.base import Embedder

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Cutter:
    """What a way of cutting makes of the collection, before anything is searched.

    Seconds and peak memory of the cutting alone: per megabyte of text, and in bytes per byte of the largest document.
    """

    chunks: int
    mean_tokens: float
    precision_omega: Interval
    seconds_a_megabyte: float
    peak_memory_a_byte: float


@dataclass(frozen=True, slots=True)
class Result:
    """What one choice reached in one mode; means over questions with 95 % intervals.

    tokens: mean tokens of the passages of a request. by_type: mean recall by type of the document that answers.
    recalls, precisions: of each question, in order; they are what comparisons between choices are made from.
    """

    choice: Choice
    mode: str
    recall: Interval
    precision: Interval
    iou: Interval
    span_intact: Interval
    ndcg: Interval
    tokens: float
    bill: Bill
    by_type: Mapping[str, float]
    recalls: Sequence[float] = field(repr=False)
    precisions: Sequence[float] = field(repr=False)

    @property
    def name(self) -> str:
        """Choice and mode in a few words."""
        return f"{self.choice}, {self.mode}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The recall of the recommended choice less another's, paired by question, and the precision likewise."""

    name: str
    difference: Interval
    precision: Interval

    @property
    def verdict(self) -> str:
        """The difference in recall, in words."""
        if not self.difference.excludes_zero:
            return "no significant difference"
        return "better" if self.difference.mean > 0 else "worse"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The choice to make, why, and how it compares with every other."""

    result: Result
    reason: str
    comparisons: Sequence[Comparison]


@dataclass(frozen=True, slots=True)
class ChunkingFigures:
    """Everything that was measured on a collection with `count` passages a request."""

    collection: str
    documents: int
    questions: int
    count: int
    tokenizer: str
    traffic: Traffic
    prices: Prices
    cutters: Mapping[str, Cutter]
    results: Sequence[Result]
    recommendation: Recommendation | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: choices, modes, passages a request, and the tokenizer that requests are billed in."""

    choices: Sequence[Choice]
    modes: Sequence[str]
    count: int
    tokenizer: str
    count_tokens: TokenCounter
    traffic: Traffic = Traffic()
    prices: Prices = Prices()


def measure(collection: Collection, plan: Plan, embedder: Embedder, progress: Callable[[str], None]) -> ChunkingFigures:
    """Every choice in every mode; `progress` is told what is being done."""
    cutters: dict[str, Cutter] = {}
    results: list[Result] = []
    embedder = RememberingEmbedder(embedder)
    for choice in plan.choices:
        progress(f"cutting and embedding: {choice}")
        started = time.perf_counter()
        cutting = {name: choice.cut(each, embedder.count_tokens) for name, each in collection.documents.items()}
        seconds = time.perf_counter() - started
        with searcher(collection, cutting, embedder, plan.count_tokens, choice.chunks_a_passage) as search:
            cutters[str(choice)] = _cutter(choice, collection, search.chunks, seconds, embedder)
            for mode in plan.modes:
                progress(f"asking {len(collection.questions)} questions: {choice}, {mode}")
                results.append(_result(choice, mode, collection, search, plan))
    return ChunkingFigures(
        collection=collection.name,
        documents=len(collection.documents),
        questions=len(collection.questions),
        count=plan.count,
        tokenizer=plan.tokenizer,
        traffic=plan.traffic,
        prices=plan.prices,
        cutters=cutters,
        results=results,
        recommendation=recommend(results),
    )


def recommend(results: Sequence[Result]) -> Recommendation | None:
    """The cheapest of the service's choices whose recall is not significantly below the best one's; None without any.

    Only modes that the service offers. Cheapest by tokens of a request; the paired bootstrap over questions decides
    what is significant.
    """
    own = [result for result in results if result.choice.is_service and result.mode != NEAREST]
    if not own:
        return None
    best = max(own, key=lambda result: (result.recall.mean, -result.tokens))
    as_good = [
        result for result in own if result is best or not paired_difference(best.recalls, result.recalls).excludes_zero
    ]
    chosen = min(as_good, key=lambda result: result.tokens)
    reason = f"It has the highest recall, {best.recall.mean:.3f}, and none as good reads fewer tokens."
    if chosen is not best:
        lost = paired_difference(best.recalls, chosen.recalls)
        reason = (
            f"Its recall, {chosen.recall.mean:.3f}, is not significantly below the highest, {best.recall.mean:.3f} "
            f"({best.name}; the difference is {lost.signed}), and it reads {chosen.tokens:.0f} tokens a request, not "
            f"{best.tokens:.0f}."
        )
    others = [result for result in results if result is not chosen]
    return Recommendation(chosen, reason, [_comparison(chosen, other) for other in others])


def _comparison(chosen: Result, other: Result) -> Comparison:
    return Comparison(
        other.name,
        paired_difference(chosen.recalls, other.recalls),
        paired_difference(chosen.precisions, other.precisions),
    )


def _cutter(
    choice: Choice, collection: Collection, chunks: Sequence[Retrieved], seconds: float, embedder: Embedder
) -> Cutter:
    size = sum(len(document.text.encode()) for document in collection.documents.values())
    by_document: dict[str, list[Retrieved]] = {}
    for chunk in chunks:
        by_document.setdefault(chunk.document, []).append(chunk)
    omegas = [
        precision_omega(
            question, [chunk for name in _names(question.references) for chunk in by_document.get(name, ())]
        )
        for question in collection.questions
    ]
    return Cutter(
        chunks=len(chunks),
        mean_tokens=fmean(chunk.tokens for chunk in chunks),
        precision_omega=interval(omegas),
        seconds_a_megabyte=seconds / size * _MEGABYTE,
        peak_memory_a_byte=_peak_memory(choice, collection, embedder.count_tokens),
    )


def _names(references: Sequence[Reference]) -> list[str]:
    return sorted({reference.document for reference in references})


def _peak_memory(choice: Choice, collection: Collection, count_tokens: TokenCounter) -> float:
    largest = max(collection.documents.values(), key=lambda document: len(document.text))
    tracemalloc.start()
    try:
        choice.cut(largest, count_tokens)
        return tracemalloc.get_traced_memory()[1] / len(largest.text.encode())
    finally:
        tracemalloc.stop()


def _result(choice: Choice, mode: str, collection: Collection, search: Searcher, plan: Plan) -> Result:
    scores: list[Scores] = []
    tokens: list[int] = []
    for question in collection.questions:
        found = search.search(question.text, mode, plan.count)
        scores.append(score(question, found))
        tokens.append(sum(passage.tokens for passage in found))
    recalls = [each.recall for each in scores]
    precisions = [each.precision for each in scores]
    return Result(
        choice=choice,
        mode=mode,
        recall=interval(recalls),
        precision=interval(precisions),
        iou=interval([each.iou for each in scores]),
        span_intact=interval([each.span_intact for each in scores]),
        ndcg=interval([each.ndcg for each in scores]),
        tokens=fmean(tokens),
        bill=bill(fmean(tokens), plan.traffic, plan.prices),
        by_type=_by_type(collection, recalls),
        recalls=recalls,
        precisions=precisions,
    )


def _by_type(collection: Collection, recalls: Sequence[float]) -> dict[str, float]:
    grouped: dict[str, list[float]] = {}
    for question, recall in zip(collection.questions, recalls, strict=True):
        document_type = collection.documents[question.references[0].document].type.value
        grouped.setdefault(document_type, []).append(recall)
    return {name: fmean(values) for name, values in sorted(grouped.items())}
