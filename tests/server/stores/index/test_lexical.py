from __future__ import annotations

import math
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from server.stores.index.lexical import K1, B, build_segment, merge_segments, search_few_segments, search_segments

Words = list[int]
_chunks = st.lists(st.lists(st.integers(0, 6), max_size=8), min_size=1, max_size=12)
_query = st.lists(st.integers(0, 7), max_size=4)


def _terms(words: Words) -> NDArray[np.uint64]:
    return np.array(words, dtype=np.uint64)


def _reference(chunks: list[Words], query: Words, allowed: list[bool]) -> dict[int, float]:
    """BM25 as it is written down, over the allowed chunks."""
    seen = [row for row, is_allowed in enumerate(allowed) if is_allowed]
    mean = max(1.0, sum(len(chunks[row]) for row in seen) / max(1, len(seen)))
    scores: Counter[int] = Counter()
    for term in query:
        having = [row for row in seen if term in chunks[row]]
        weight = math.log(1 + (len(seen) - len(having) + 0.5) / (len(having) + 0.5))
        for row in having:
            frequency = chunks[row].count(term)
            norm = K1 * (1 - B + B * len(chunks[row]) / mean)
            scores[row] += weight * frequency * (K1 + 1) / (frequency + norm)
    return dict(scores)


@settings(max_examples=50, deadline=None)
@given(_chunks, _query, st.data())
def test_scores_are_bm25_over_the_allowed_chunks(chunks: list[Words], query: Words, data: st.DataObject) -> None:
    """However the chunks are cut into segments."""
    allowed = data.draw(st.lists(st.booleans(), min_size=len(chunks), max_size=len(chunks)))
    cut = data.draw(st.integers(0, len(chunks)))
    segments = [build_segment([_terms(words) for words in part]) for part in (chunks[:cut], chunks[cut:]) if part]
    rows, scores = search_segments(segments, _terms(query), np.array(allowed), 100)
    expected = _reference(chunks, query, allowed)
    assert set(rows.tolist()) == set(expected)
    np.testing.assert_allclose(scores, [expected[row] for row in rows.tolist()], rtol=1e-5)
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


@settings(max_examples=50, deadline=None)
@given(_chunks, _query, st.data())
def test_few_chunks_looked_up_score_as_in_a_scan(chunks: list[Words], query: Words, data: st.DataObject) -> None:
    """To the bit, however the chunks are cut into segments."""
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=len(chunks), max_size=len(chunks))))
    cut = data.draw(st.integers(0, len(chunks)))
    segments = [build_segment([_terms(words) for words in part]) for part in (chunks[:cut], chunks[cut:]) if part]
    rows, scores = search_segments(segments, _terms(query), allowed, 5)
    few_rows, few_scores = search_few_segments(segments, _terms(query), np.flatnonzero(allowed), 5)
    assert (few_rows.tolist(), few_scores.tobytes()) == (rows.tolist(), scores.tobytes())


@settings(max_examples=50, deadline=None)
@given(_chunks, _query, st.data())
def test_merging_changes_no_score(chunks: list[Words], query: Words, data: st.DataObject) -> None:
    """Not by a bit, nor the order of ties; and dropping chunks equals never having had them."""
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=len(chunks), max_size=len(chunks))))
    cut = data.draw(st.integers(0, len(chunks)))
    merged = merge_segments([build_segment([_terms(w) for w in part]) for part in (chunks[:cut], chunks[cut:])], keep)
    built = build_segment([_terms(words) for words, kept in zip(chunks, keep, strict=True) if kept])
    (rows, scores), (other_rows, other_scores) = (search_segments([s], _terms(query), None, 5) for s in (merged, built))
    assert (rows.tolist(), scores.tobytes()) == (other_rows.tolist(), other_scores.tobytes())


def test_ties_at_the_cut_go_to_the_earlier_chunk() -> None:
    """However the chunks are cut into segments."""
    chunks = [_terms([1, 2])] * 6
    for segments in ([build_segment(chunks)], [build_segment(chunks[:1]), build_segment(chunks[1:])]):
        assert search_segments(segments, _terms([1]), None, 3)[0].tolist() == [0, 1, 2]


def test_an_unknown_term_finds_nothing() -> None:
    """Nor does an empty query or an index without segments."""
    segment = build_segment([_terms([1])])
    for segments, query in (([segment], [9]), ([segment], []), ([], [1])):
        assert len(search_segments(segments, _terms(query), None, 5)[0]) == 0
