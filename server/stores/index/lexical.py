"""BM25 over immutable segments, with statistics taken over the allowed chunks alone.

The scoring is Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the inverse document
frequency log(1 + (N - df + 0.5) / (df + 0.5)), which is never negative. N, df and the mean length count only what a query may
see, so that a hidden document changes no score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from server.stores.index.ranking import best

# Robust on short passages in the BEIR benchmark (Thakur et al., 2021), whose BM25 baseline uses them.
K1 = 0.9
B = 0.4

_Postings: TypeAlias = tuple[NDArray[np.int32], NDArray[np.float32]]
_HIGHEST_FREQUENCY = np.iinfo(np.uint16).max


@dataclass(frozen=True, eq=False)
class LexicalSegment:
    """Postings of a run of chunks in compressed sparse rows.

    `terms` ascend; the postings of `terms[i]` are `rows` and `frequencies` from `starts[i]` to `starts[i + 1]`, rows ascending.
    Rows count from 0 at the segment's first chunk. `lengths` has the number of terms of each chunk.
    """

    terms: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    frequencies: NDArray[np.uint16]
    lengths: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def total_length(self) -> int:
        """How many terms all the chunks have together."""
        return int(self.lengths.sum(dtype=np.int64))

    def postings(self, term: np.uint64) -> slice:
        """Where a term's postings are; empty when no chunk has it."""
        at = int(np.searchsorted(self.terms, term))
        if at == len(self.terms) or self.terms[at] != term:
            return slice(0, 0)
        return slice(int(self.starts[at]), int(self.starts[at + 1]))


def build_segment(chunks: Sequence[NDArray[np.uint64]]) -> LexicalSegment:
    """The segment of chunks given as their terms, in order."""
    lengths = np.array([len(terms) for terms in chunks], dtype=np.int32)
    terms = np.concatenate([*chunks, np.empty(0, dtype=np.uint64)])
    rows = np.repeat(np.arange(len(chunks), dtype=np.int32), lengths)
    order = np.lexsort((rows, terms))
    terms, rows = terms[order], rows[order]
    first = np.flatnonzero(_changes(terms) | _changes(rows))
    frequencies = np.diff(np.append(first, len(terms)))
    return _from_triples(terms[first], rows[first], frequencies.clip(max=_HIGHEST_FREQUENCY).astype(np.uint16), lengths)


def merge_segments(segments: Sequence[LexicalSegment], keep: NDArray[np.bool_] | None = None) -> LexicalSegment:
    """One segment that holds the chunks of several in order; with `keep`, only the chunks whose element in it is True."""
    firsts = np.cumsum([0, *(len(segment) for segment in segments)], dtype=np.int32)
    terms = np.concatenate([np.repeat(segment.terms, np.diff(segment.starts)) for segment in segments])
    rows = np.concatenate([segment.rows + first for segment, first in zip(segments, firsts, strict=False)])
    frequencies = np.concatenate([segment.frequencies for segment in segments])
    lengths = np.concatenate([segment.lengths for segment in segments])
    if keep is not None:
        kept = keep[rows]
        renumbered = np.cumsum(keep) - 1
        terms, frequencies, lengths = terms[kept], frequencies[kept], lengths[keep]
        rows = np.asarray(renumbered[rows[kept]], dtype=np.int32)
    # Each part is sorted by term, then row, and rows ascend from part to part: a stable sort by term merges them.
    order = np.argsort(terms, kind="stable")
    return _from_triples(terms[order], rows[order], frequencies[order], lengths)


def search_segments(
    segments: Sequence[LexicalSegment], query: NDArray[np.uint64], allowed: NDArray[np.bool_] | None, count: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The rows, numbered through all the segments, with the `count` highest scores above 0, and the scores."""
    if not segments:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.float32)
    masks = _split(allowed, segments)
    population, mean_length = _statistics(segments, masks)
    terms, repeats = np.unique(query, return_counts=True)
    postings = [
        [_postings(segment, term, mask) for term in terms] for segment, mask in zip(segments, masks, strict=True)
    ]
    having = [sum(len(rows) for rows, _ in of_term) for of_term in zip(*postings, strict=True)]
    weights = [times * _weight(population, count) for times, count in zip(repeats.tolist(), having, strict=True)]
    all_rows, all_scores, first = [], [], 0
    for segment, found in zip(segments, postings, strict=True):
        scores = _scores(segment, found, weights, mean_length)
        hits = np.flatnonzero(scores)
        best_rows, best_scores = best(hits, scores[hits], count)
        all_rows.append(best_rows + first)
        all_scores.append(best_scores)
        first += len(segment)
    return best(np.concatenate(all_rows), np.concatenate(all_scores), count)


def _scores(
    segment: LexicalSegment, found: Sequence[_Postings], weights: Sequence[float], mean_length: float
) -> NDArray[np.float32]:
    """The score of every chunk of a segment, 0 for those without a term of the query."""
    scores = np.zeros(len(segment), dtype=np.float32)
    norms = np.float32(K1 * (1 - B)) + np.float32(K1 * B / mean_length) * segment.lengths.astype(np.float32)
    for (rows, frequencies), weight in zip(found, weights, strict=True):
        scores[rows] += np.float32(weight * (K1 + 1)) * (frequencies / (frequencies + norms[rows]))
    return scores


def _changes(values: NDArray[np.uint64] | NDArray[np.int32]) -> NDArray[np.bool_]:
    """Where an element differs from the one before; True at the first."""
    changed = np.ones(len(values), dtype=np.bool_)
    changed[1:] = values[1:] != values[:-1]
    return changed


def _from_triples(
    terms: NDArray[np.uint64], rows: NDArray[np.int32], frequencies: NDArray[np.uint16], lengths: NDArray[np.int32]
) -> LexicalSegment:
    first = np.flatnonzero(_changes(terms))
    starts = np.append(first, len(terms)).astype(np.int64)
    return LexicalSegment(terms[first], starts, rows.astype(np.int32), frequencies, lengths)


def _split(allowed: NDArray[np.bool_] | None, segments: Sequence[LexicalSegment]) -> list[NDArray[np.bool_] | None]:
    if allowed is None:
        return [None] * len(segments)
    ends = np.cumsum([len(segment) for segment in segments])
    return list(np.split(allowed, ends[:-1]))


def _statistics(segments: Sequence[LexicalSegment], masks: Sequence[NDArray[np.bool_] | None]) -> tuple[int, float]:
    """How many chunks are allowed, and their mean length (at least 1)."""
    population = total = 0
    for segment, mask in zip(segments, masks, strict=True):
        population += len(segment) if mask is None else int(np.count_nonzero(mask))
        total += segment.total_length if mask is None else int(segment.lengths.sum(dtype=np.int64, where=mask))
    return population, max(1.0, total / max(1, population))


def _postings(segment: LexicalSegment, term: np.uint64, mask: NDArray[np.bool_] | None) -> _Postings:
    """The allowed rows that have a term, and how often."""
    at = segment.postings(term)
    rows, frequencies = segment.rows[at], segment.frequencies[at]
    if mask is not None:
        seen = mask[rows]
        rows, frequencies = rows[seen], frequencies[seen]
    return rows, frequencies.astype(np.float32)


def _weight(population: int, document_frequency: int) -> float:
    return float(np.log1p((population - document_frequency + 0.5) / (document_frequency + 0.5)))
