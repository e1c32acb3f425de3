"""Cosine search over immutable segments of unit vectors: exact by default, through an inverted file where that is fast and safe.

Vectors are float16, in the index as in the records: half the memory of float32 at the same speed, and a rebuilt index scores
exactly as the one before. An inverted file (IVF) is used only where most of its segment is allowed; below that share the
allowed vectors are scanned, since a selective filter makes approximate search lose neighbours without notice. A few allowed
vectors are taken out and scored by themselves, so that the time does not tell what there is beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import faiss
import numpy as np
from numpy.typing import NDArray

from server.stores.index.ranking import best, by_segment

_SHARE_FOR_INVERTED = 0.5
_RECALL = 0.995
_RECALL_AT = 10
_PROBES = (4, 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
_SAMPLED_QUERIES = 200
_TRAINING_VECTORS_PER_LIST = 50
_FEWEST_TRAINING_VECTORS_PER_LIST = 39
# More candidates than asked for are scored again with the exact vectors: the inverted file holds 8-bit codes, and the
# order of close neighbours in it is not the true one.
_SPARE = 28


@dataclass(frozen=True, eq=False)
class Inverted:
    """An inverted file over a segment's vectors, and how many of its lists a search reads."""

    index: faiss.Index
    probes: int


@dataclass(frozen=True, slots=True, eq=False)
class DenseSegment:
    """The vectors of a run of chunks, in order; made by `of`.

    `vectors` is float16, shape [chunks, dimension], rows of unit length, in the memory of `flat`. A row of zeros belongs to a
    chunk that has no vector; `missing` says which do, and is None when none does.
    """

    vectors: NDArray[np.float16]
    missing: NDArray[np.bool_] | None
    flat: faiss.IndexScalarQuantizer
    inverted: Inverted | None

    @classmethod
    def of(cls, vectors: NDArray[np.float16], inverted: Inverted | None = None) -> DenseSegment:
        """The segment of some vectors, which are copied, and of the inverted file over them if there is one."""
        count, dimension = vectors.shape
        flat = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        flat.is_trained = True  # Half precision has no parameters to train.
        flat.add_sa_codes(np.ascontiguousarray(vectors).view(np.uint8))
        codes = faiss.rev_swig_ptr(flat.codes.data(), 2 * count * dimension) if count else np.empty(0, dtype=np.uint8)
        absent = np.asarray(~vectors.any(axis=1))
        shared = codes.view(np.float16).reshape(count, dimension)
        return cls(shared, absent if absent.any() else None, flat, inverted)

    def __len__(self) -> int:
        return len(self.vectors)

    def search(
        self, query: NDArray[np.float32], allowed: NDArray[np.bool_] | None, count: int
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """The `count` rows with the highest cosine to a unit vector of shape [dimension], and the cosines, best first."""
        # One query never needs a second thread, and OpenMP's idle ones would spin on the cores that others want. It keeps
        # this setting for each thread by itself.
        faiss.omp_set_num_threads(1)
        allowed = self._with_vectors(allowed)
        # Kept in a variable while the search runs: the selector only points at it.
        bits = np.empty(0, dtype=np.uint8) if allowed is None else np.packbits(allowed, bitorder="little")
        selector = None if allowed is None else faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        index, parameters = self._index_for(allowed, selector)
        wanted = count + _SPARE
        while True:
            found = index.search(query[None], min(wanted, len(self)), params=parameters)[1][0]
            rows = np.sort(found[found >= 0])
            scores = _cosines(self.vectors[rows], query)
            best_rows, best_scores = best(rows, scores, count)
            # FAISS takes any of equal vectors. The earliest are sure to be there once something scores less.
            if len(rows) < wanted or scores.min() < best_scores[-1]:
                return best_rows, best_scores
            wanted *= 4

    def _index_for(
        self, allowed: NDArray[np.bool_] | None, selector: faiss.IDSelector | None
    ) -> tuple[faiss.Index, faiss.SearchParameters]:
        """The index to ask, and how. The stubs do not know that FAISS takes parameters by name."""
        if self.inverted is None or (allowed is not None and allowed.mean() < _SHARE_FOR_INVERTED):
            return self.flat, faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        # Twice the lists where a filter hides up to half of each.
        probes = self.inverted.probes if allowed is None else 2 * self.inverted.probes
        return self.inverted.index, faiss.SearchParametersIVF(nprobe=probes, sel=selector)  # type: ignore[call-arg]

    def _with_vectors(self, allowed: NDArray[np.bool_] | None) -> NDArray[np.bool_] | None:
        if self.missing is None:
            return allowed
        return ~self.missing if allowed is None else allowed & ~self.missing


def search_dense(
    segments: Sequence[DenseSegment], query: NDArray[np.float32], allowed: NDArray[np.bool_] | None, count: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """As `DenseSegment.search`, with the rows numbered through all the segments."""
    all_rows, all_scores, first = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.float32)], 0
    for segment in segments:
        mask = None if allowed is None else allowed[first : first + len(segment)]
        rows, scores = segment.search(query, mask, count)
        all_rows.append(rows + first)
        all_scores.append(scores)
        first += len(segment)
    return best(np.concatenate(all_rows), np.concatenate(all_scores), count)


def search_few_dense(
    segments: Sequence[DenseSegment], query: NDArray[np.float32], rows: NDArray[np.intp], count: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """As `search_dense`, with the allowed rows by number, ascending; takes time for each of them, and none for others."""
    vectors, missing = [np.empty((0, len(query)), dtype=np.float16)], [np.empty(0, dtype=np.bool_)]
    for segment, within in by_segment(rows, segments):
        vectors.append(segment.vectors[within])
        missing.append(np.zeros(len(within), dtype=np.bool_) if segment.missing is None else segment.missing[within])
    there = ~np.concatenate(missing)
    return best(rows[there], _cosines(np.concatenate(vectors)[there], query), count)


def _cosines(vectors: NDArray[np.float16], query: NDArray[np.float32]) -> NDArray[np.float32]:
    """Inner products summed in one fixed order, so that a chunk scores the same in whatever segment it lies."""
    products = vectors.astype(np.float64) * query.astype(np.float64)
    return np.asarray(products.sum(axis=1), dtype=np.float32)


def merge_dense(segments: Sequence[DenseSegment], keep: NDArray[np.bool_] | None = None) -> DenseSegment:
    """One segment, without an inverted file, that holds the vectors of several in order; with `keep`, only those where True."""
    vectors = np.concatenate([segment.vectors for segment in segments])
    return DenseSegment.of(vectors if keep is None else vectors[keep])


def with_inverted_file(segment: DenseSegment, seed: int = 0) -> DenseSegment:
    """The same segment with an inverted file that finds at least 99.5 % of the 10 nearest of sampled queries.

    The queries lie halfway between two of the segment's vectors, which is about as far from the nearest vector as a question
    is from the passage that answers it; the vectors themselves would be found too easily, and too few lists read.
    Lists number four times the square root of the vectors, the rule of the FAISS guidelines; how many of them a search reads
    is measured on a sample of the segment. Stays without when no reading short of everything finds enough.
    """
    count, dimension = segment.vectors.shape
    faiss.omp_set_num_threads(1)  # For this thread: k-means must not take the cores from the requests.
    random = np.random.default_rng(seed)
    lists = max(1, min(int(4 * count**0.5), count // _FEWEST_TRAINING_VECTORS_PER_LIST))
    index = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    sample = random.choice(count, min(count, _TRAINING_VECTORS_PER_LIST * lists), replace=False)
    index.train(segment.vectors[np.sort(sample)].astype(np.float32))
    for start in range(0, count, 1 << 16):
        index.add(segment.vectors[start : start + (1 << 16)].astype(np.float32))
    queries = _halfway(segment, random)
    exact = [segment.search(query, None, _RECALL_AT)[0] for query in queries]
    for probes in (probes for probes in _PROBES if probes < lists):
        candidate = replace(segment, inverted=Inverted(index, probes))
        found = [candidate.search(query, None, _RECALL_AT)[0] for query in queries]
        if np.mean([np.isin(true, got).mean() for true, got in zip(exact, found, strict=True)]) >= _RECALL:
            return candidate
    return segment


def _halfway(segment: DenseSegment, random: np.random.Generator) -> NDArray[np.float32]:
    """Unit vectors halfway between pairs of the segment's vectors."""
    one, other = random.integers(0, len(segment), (2, _SAMPLED_QUERIES))
    sums = segment.vectors[one].astype(np.float32) + segment.vectors[other].astype(np.float32)
    # A pair may be opposite, or both without a vector: then any direction will do.
    sums[np.linalg.norm(sums, axis=1) < 1e-3] = 1
    return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), dtype=np.float32)
