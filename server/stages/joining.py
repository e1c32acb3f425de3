"""Small chunks for finding, longer passages for reading: chunks that were found next to each other become one passage.

A small chunk says little beside what a question asks, so its rank is telling; but an answer rarely ends where a chunk does. What
lies around an answer is mostly found as well, at lower ranks. So a chunk's neighbours add to its score, and of the best chunks
those that stand side by side in a document are joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from server.domain import Passage, Span
from server.models.base import Embedder

_DECAY = 0.6
_REACH = 4
"""A chunk's score counts 0.6 for the next one, 0.36 for the one after that, and so on, this far; docs/benchmarks.md says how
both were chosen."""

Run = dict[int, Passage]
"""Chunks of one document version, by chunk id, best first; their ids are consecutive numbers."""


def supported(scores: Mapping[int, float]) -> dict[int, float]:
    """The score of each chunk with a share of its neighbours' scores; chunks that were not found have no score."""
    return {
        chunk: score
        + sum(
            _DECAY**distance * (scores.get(chunk - distance, 0.0) + scores.get(chunk + distance, 0.0))
            for distance in range(1, _REACH + 1)
        )
        for chunk, score in scores.items()
    }


def runs_of(chunks: Iterable[tuple[int, Passage]], most: int) -> list[Run]:
    """The chunks, given best first, as at most `most` runs of neighbours, by their best chunk.

    A chunk that is no neighbour of one before it opens a run while there are fewer than `most`.
    """
    runs: list[Run] = []
    for chunk_id, passage in chunks:
        beside = [run for run in runs if chunk_id - 1 in run or chunk_id + 1 in run]
        if beside:
            for run in beside[1:]:
                runs.remove(run)
                beside[0].update(run)
            beside[0][chunk_id] = passage
        elif len(runs) < most:
            runs.append({chunk_id: passage})
    return runs


def span_of(run: Run) -> Span:
    """The characters from the first chunk's start to the last one's end."""
    spans = [passage.span for passage in run.values() if passage.span is not None]
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def joined(run: Run, text: str, embedder: Embedder) -> Passage:
    """The passage of a run, whose `text` is the document's at the run's span.

    It is known by its first and its last chunk, introduced as its first is, and ranked as its best.
    """
    best = next(iter(run.values()))
    first, last = run[min(run)], run[max(run)]
    return replace(
        first,
        passage_id=f"{first.passage_id}-{last.passage_id.rpartition('#')[2]}",
        text=text,
        span=span_of(run),
        score=best.score,
        dense_score=_highest(passage.dense_score for passage in run.values()),
        lexical_score=_highest(passage.lexical_score for passage in run.values()),
        kind=best.kind,
        heading_path=_shared([passage.heading_path for passage in run.values()]),
        last_line=last.last_line,
        tokens=embedder.count_tokens(f"{first.context_prefix}\n{text}" if first.context_prefix else text),
    )


def _shared(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The headings that all the paths begin with."""
    levels = takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False))
    return tuple(level[0] for level in levels)


def _highest(scores: Iterable[float | None]) -> float | None:
    return max((score for score in scores if score is not None), default=None)
