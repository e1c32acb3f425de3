"""BM25 over immutable segments, with statistics taken over the allowed chunks alone.

The scoring is Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the inverse document
frequency log(1 + (N - df + 0.5) / (df + 0.5)), which is never negative. N, df and the mean length count only what a query may
see, so that a hidden document changes no score. Where that is little, it is looked up in the postings, and not the postings in
it, so that the time does not tell what there is beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from server.stores.index.ranking import best, by_segment

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

    def frequencies_in(self, rows: NDArray[np.int32], term: np.uint64) -> NDArray[np.uint16]:
        """How often each of some rows has a term; takes time for each of these rows, and hardly any for others."""
        at = self.postings(term)
        if at.start == at.stop:
            return np.zeros(len(rows), dtype=np.uint16)
        having = self.rows[at]
        place = np.searchsorted(having, rows).clip(max=len(having) - 1)
        return np.where(having[place] == rows, self.frequencies[at][place], np.uint16(0))


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
    weights = _weights(repeats, population, having)
    scores = np.concatenate(
        [_scores(segment, found, weights, mean_length) for segment, found in zip(segments, postings, strict=True)]
    )
    rows, scores = best(np.arange(len(scores)), scores, count)
    hits = scores > 0
    return rows[hits], scores[hits]


def _scores(
    segment: LexicalSegment, found: Sequence[_Postings], weights: Sequence[float], mean_length: float
) -> NDArray[np.float32]:
    """The score of every chunk of a segment, 0 for those without a term of the query."""
    rows = np.concatenate([np.empty(0, dtype=np.int32), *(rows for rows, _ in found)])
    norms = _norms(segment.lengths, mean_length).take(rows)
    gains, start = np.empty(len(rows), dtype=np.float32), 0
    for (_, frequencies), weight in zip(found, weights, strict=True):
        at = slice(start, start + len(frequencies))
        gains[at] = _gain(frequencies, norms[at], weight)
        start = at.stop
    return np.bincount(rows, gains, len(segment)).astype(np.float32)


def search_few_segments(
    segments: Sequence[LexicalSegment], query: NDArray[np.uint64], rows: NDArray[np.intp], count: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """As `search_segments`, with the allowed rows by number, ascending; takes time for each of them, and hardly any for others."""
    terms, repeats = np.unique(query, return_counts=True)
    lengths = np.empty(len(rows), dtype=np.int32)
    frequencies = np.empty((len(terms), len(rows)), dtype=np.float32)
    start = 0
    for segment, within in by_segment(rows, segments):
        at = slice(start, start + len(within))
        lengths[at] = segment.lengths[within]
        # Of the postings' own type: a search among values of another one would copy them all.
        wanted = within.astype(np.int32)
        for number, term in enumerate(terms):
            frequencies[number, at] = segment.frequencies_in(wanted, term)
        start = at.stop
    having = np.count_nonzero(frequencies, axis=1).tolist()
    norms = _norms(lengths, _mean_length(int(lengths.sum(dtype=np.int64)), len(rows)))
    # Summed as `np.bincount` does: in double precision, one term after the other.
    sums = np.zeros(len(rows), dtype=np.float64)
    for of_term, weight in zip(frequencies, _weights(repeats, len(rows), having), strict=True):
        sums += _gain(of_term, norms, weight)
    hits = np.flatnonzero(sums)
    return best(rows[hits], sums[hits].astype(np.float32), count)


def _norms(lengths: NDArray[np.int32], mean_length: float) -> NDArray[np.float32]:
    """How frequencies saturate in chunks of these lengths."""
    return np.asarray(np.float32(K1 * (1 - B)) + np.float32(K1 * B / mean_length) * lengths.astype(np.float32))


def _gain(frequencies: NDArray[np.float32], norms: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    """What a term adds to the scores of chunks."""
    return np.asarray(np.float32(weight * (K1 + 1)) * (frequencies / (frequencies + norms)))


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
    return population, _mean_length(total, population)


def _mean_length(total: int, population: int) -> float:
    """At least 1, so that it can be divided by."""
    return max(1.0, total / max(1, population))


def _postings(segment: LexicalSegment, term: np.uint64, mask: NDArray[np.bool_] | None) -> _Postings:
    """The allowed rows that have a term, and how often."""
    at = segment.postings(term)
    rows, frequencies = segment.rows[at], segment.frequencies[at]
    if mask is not None:
        seen = mask[rows]
        rows, frequencies = rows[seen], frequencies[seen]
    return rows, frequencies.astype(np.float32)


def _weights(repeats: NDArray[np.intp], population: int, having: Sequence[int]) -> list[float]:
    """The weight of each term, as often as the query repeats it."""
    return [times * _weight(population, count) for times, count in zip(repeats.tolist(), having, strict=True)]


def _weight(population: int, document_frequency: int) -> float:
    return float(np.log1p((population - document_frequency + 0.5) / (document_frequency + 0.5)))
