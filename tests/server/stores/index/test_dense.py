from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from server.stores.index.dense import DenseSegment, merge_dense, search_dense, search_few_dense, with_inverted_file

COUNT, DIMENSION = 4_000, 32


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float16]:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float16]:
    """Vectors around 40 centres, as texts lie around topics."""
    random = np.random.default_rng(7)
    centres = random.standard_normal((40, DIMENSION))
    return _unit(centres[random.integers(0, 40, COUNT)] + 0.5 * random.standard_normal((COUNT, DIMENSION)))


@pytest.fixture(scope="module")
def queries(vectors: NDArray[np.float16]) -> NDArray[np.float32]:
    """Points near some of the vectors, none of them among these."""
    random = np.random.default_rng(8)
    near = vectors[:50].astype(np.float64) + 0.1 * random.standard_normal((50, DIMENSION))
    return _unit(near).astype(np.float32)


def _recall(segment: DenseSegment, queries: NDArray[np.float32], allowed: NDArray[np.bool_] | None) -> float:
    shares = []
    for query in queries:
        cosines = segment.vectors.astype(np.float64) @ query
        if allowed is not None:
            cosines[~allowed] = -np.inf
        nearest = np.argsort(-cosines, kind="stable")[: min(10, np.isfinite(cosines).sum())]
        shares.append(np.isin(nearest, segment.search(query, allowed, 10)[0]).mean())
    return float(np.mean(shares))


def test_without_an_inverted_file_search_is_exact(vectors: NDArray[np.float16], queries: NDArray[np.float32]) -> None:
    """The ten nearest are found, all of them."""
    assert _recall(DenseSegment.of(vectors), queries, None) == 1.0


@pytest.mark.parametrize("share", [1.0, 0.5, 0.1, 0.01, 0.003])
def test_an_inverted_file_keeps_its_recall_under_any_filter(
    vectors: NDArray[np.float16], queries: NDArray[np.float32], share: float
) -> None:
    """At least 99 % of the ten nearest allowed ones are found, however few are allowed."""
    segment = with_inverted_file(DenseSegment.of(vectors))
    allowed = np.random.default_rng(9).random(COUNT) < share
    assert segment.inverted is not None
    assert _recall(segment, queries, allowed) >= 0.99


def test_nothing_but_the_allowed_is_found(vectors: NDArray[np.float16], queries: NDArray[np.float32]) -> None:
    """Also when fewer are allowed than asked for."""
    allowed = np.zeros(COUNT, dtype=np.bool_)
    allowed[[3, 5]] = True
    for segment in (DenseSegment.of(vectors), with_inverted_file(DenseSegment.of(vectors))):
        assert sorted(segment.search(queries[0], allowed, 10)[0].tolist()) == [3, 5]


def test_a_chunk_scores_the_same_in_any_segment(vectors: NDArray[np.float16], queries: NDArray[np.float32]) -> None:
    """To the bit, so that replies do not depend on how writes were grouped."""
    whole = DenseSegment.of(vectors)
    merged = merge_dense([DenseSegment.of(vectors[:17]), DenseSegment.of(vectors[17:])])
    tail = DenseSegment.of(vectors[17:])
    rows, scores = whole.search(queries[0], None, 10)
    assert merged.search(queries[0], None, 10)[1].tobytes() == scores.tobytes()
    by_row = dict(zip(*(part.tolist() for part in tail.search(queries[0], None, COUNT)), strict=True))
    assert [by_row[row - 17] for row in rows.tolist() if row >= 17] == scores[rows >= 17].tolist()


def test_of_equal_vectors_the_earliest_are_found(vectors: NDArray[np.float16]) -> None:
    """However many there are, and however they lie in segments."""
    equal = np.concatenate([vectors[:3], np.repeat(vectors[7:8], 300, axis=0), vectors[:3]])
    rows, _ = DenseSegment.of(equal).search(equal[5].astype(np.float32), None, 10)
    assert rows.tolist() == list(range(3, 13))


def test_chunks_without_a_vector_are_not_found(vectors: NDArray[np.float16]) -> None:
    """A row of zeros stands for a chunk that was stored without an embedding."""
    some = vectors[:5].copy()
    some[2] = 0
    rows, _ = DenseSegment.of(some).search(-some[0].astype(np.float32), None, 5)
    assert sorted(rows.tolist()) == [0, 1, 3, 4]


@pytest.mark.parametrize("count", [0, 1, 40, 256])
def test_few_chunks_scored_one_by_one_are_found_as_in_a_scan(
    vectors: NDArray[np.float16], queries: NDArray[np.float32], count: int
) -> None:
    """To the bit, those without a vector left out, in segments that have some of them or none."""
    some = vectors[:900].copy()
    some[::7] = 0
    some[400:420] = some[1]
    segments = [DenseSegment.of(part) for part in (some[:300], some[300:310], some[310:])]
    allowed = np.zeros(900, dtype=np.bool_)
    allowed[np.random.default_rng(1).choice(600, count, replace=False)] = True
    for query in queries[:5]:
        rows, scores = search_dense(segments, query, allowed, 10)
        few_rows, few_scores = search_few_dense(segments, query, np.flatnonzero(allowed), 10)
        assert (few_rows.tolist(), few_scores.tobytes()) == (rows.tolist(), scores.tobytes())
