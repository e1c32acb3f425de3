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
    wanted = sum(reference.end - reference.start for reference in question.references)
    found = shared_length(_shared(question.references, retrieved))
    read = length([passage.range for passage in retrieved])
    return Scores(
        recall=found / wanted,
        precision=found / read if read else 0.0,
        iou=found / (read + wanted - found),
        span_intact=sum(_is_inside(each, retrieved) for each in question.references) / len(question.references),
        ndcg=_ndcg(question.references, retrieved),
    )


def precision_omega(question: Question, chunks: Sequence[Retrieved]) -> float:
    """The precision of a search that finds every chunk with a part of a reference, and no other; in [0, 1].

    A chunk that begins or ends just where a reference ends or begins counts as one with a part of it, as in the
    published figures.
    """
    touching = [chunk for chunk in chunks if any(_touches(reference, chunk) for reference in question.references)]
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


def _touches(reference: Reference, chunk: Retrieved) -> bool:
    return reference.document == chunk.document and reference.start <= chunk.end and chunk.start <= reference.end


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
    best = sorted((reference.end - reference.start for reference in references), reverse=True)[: len(retrieved)]
    ideal = _discounted(best)
    return min(1.0, _discounted(gains) / ideal) if ideal else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))
