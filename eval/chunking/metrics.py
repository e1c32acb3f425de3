"""Chroma's metrics for retrieved chunks, to the character, and two about ranks.

Recall, precision, PrecisionOmega and IoU as defined in "Evaluating Chunking Strategies for Retrieval" (Smith and
Troynikov 2024): what is shared with references is counted once, what was retrieved as often as it was.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from eval.chunking.questions import Question, Reference
from eval.chunking.ranges import Range, length, overlap, union


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Characters [start, end) of a document that a search returned, and how many tokens a model reads of them."""

    document: str
    start: int
    end: int
    tokens: int = 0

    @property
    def range(self) -> Range:
        """The characters."""
        return (self.start, self.end)


@dataclass(frozen=True, slots=True)
class Scores:
    """What one question got, all in [0, 1].

    span_intact: the share of its references that lie inside one retrieved passage.
    ndcg: with the characters of references that a passage is the first to show as its gain.
    """

    recall: float
    precision: float
    iou: float
    span_intact: float
    ndcg: float


def score(question: Question, retrieved: Sequence[Retrieved]) -> Scores:
    """The scores of a question for passages, best first."""
    wanted = length([(reference.start, reference.end) for reference in question.references])
    shared = _shared(question.references, retrieved)
    read = length([passage.range for passage in retrieved])
    missed = wanted - length(union(_spans(question.references))) + _missing(question.references, shared)
    return Scores(
        recall=shared_length(shared) / wanted,
        precision=shared_length(shared) / read if read else 0.0,
        iou=shared_length(shared) / (read + missed) if read + missed else 0.0,
        span_intact=sum(_is_inside(each, retrieved) for each in question.references) / len(question.references),
        ndcg=_ndcg(question.references, retrieved),
    )


def precision_omega(question: Question, chunks: Sequence[Retrieved]) -> float:
    """The precision of a search that finds every chunk with a part of a reference, and no other; in [0, 1]."""
    touching = [
        chunk for chunk in chunks if any(_overlap(reference, chunk) is not None for reference in question.references)
    ]
    read = sum(
        length(union(chunk.range for chunk in touching if chunk.document == document))
        for document in {chunk.document for chunk in touching}
    )
    return shared_length(_shared(question.references, touching)) / read if read else 0.0


def shared_length(shared: dict[str, list[Range]]) -> int:
    """Characters in all documents."""
    return sum(length(ranges) for ranges in shared.values())


def _shared(references: Sequence[Reference], retrieved: Sequence[Retrieved]) -> dict[str, list[Range]]:
    """The characters of references that were retrieved, by document, each once."""
    found: dict[str, list[Range]] = {}
    for passage in retrieved:
        for reference in references:
            both = _overlap(reference, passage)
            if both is not None:
                found.setdefault(reference.document, []).append(both)
    return {document: union(ranges) for document, ranges in found.items()}


def _overlap(reference: Reference, passage: Retrieved) -> Range | None:
    if reference.document != passage.document:
        return None
    return overlap((reference.start, reference.end), passage.range)


def _spans(references: Sequence[Reference]) -> list[Range]:
    return [(reference.start, reference.end) for reference in references]


def _missing(references: Sequence[Reference], shared: dict[str, list[Range]]) -> int:
    """Characters of references that were not retrieved."""
    return length(union(_spans(references))) - shared_length(shared)


def _is_inside(reference: Reference, retrieved: Sequence[Retrieved]) -> bool:
    return any(
        passage.document == reference.document and passage.start <= reference.start and reference.end <= passage.end
        for passage in retrieved
    )


def _ndcg(references: Sequence[Reference], retrieved: Sequence[Retrieved]) -> float:
    gains = []
    seen = 0
    for count in range(1, len(retrieved) + 1):
        now = shared_length(_shared(references, retrieved[:count]))
        gains.append(now - seen)
        seen = now
    best = sorted(
        (shared_length(_shared([reference], [Retrieved(reference.document, reference.start, reference.end)])) for reference in references),
        reverse=True,
    )[: len(retrieved)]
    ideal = _discounted(best)
    return min(1.0, _discounted(gains) / ideal) if ideal else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
