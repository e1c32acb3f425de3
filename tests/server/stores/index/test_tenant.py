from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from server.domain import Attributes, DocumentKey
from server.stores.chunk_ids import chunk_id
from server.stores.index import tenant
from server.stores.index.analysis import terms_of
from server.stores.index.change import Change
from server.stores.index.columns import Facts
from server.stores.index.segment import Entry, consolidate
from server.stores.index.tenant import TenantIndex, TenantView
from server.stores.moments import from_micros

DIMENSION = 8
WORDS = ("otter", "hare", "owl", "fox", "seal")


def _write(version_id: int, chunks: int = 1) -> Change:
    """A version of `chunks` chunks, each with one of the words and a vector of its own."""
    facts = Facts(version_id, DocumentKey("acme", "docs", str(version_id)), "text", Attributes(), from_micros(0))
    entries = [_entry(version_id, ordinal) for ordinal in range(chunks)]
    return Change(versions=[facts], entries=entries)


def _entry(version_id: int, ordinal: int) -> Entry:
    random = np.random.default_rng([version_id, ordinal])
    vector = random.standard_normal(DIMENSION)
    word = WORDS[(version_id + ordinal) % len(WORDS)]
    return Entry(chunk_id(version_id, ordinal), terms_of(f"{word} {ordinal}"), _half(vector))


def _half(vector: NDArray[np.float64]) -> NDArray[np.float16]:
    return (vector / np.linalg.norm(vector)).astype(np.float16)


def _replies(view: TenantView) -> list[tuple[list[int], bytes]]:
    """What a view answers to a handful of queries, to the bit."""
    dense = [view.dense(vector, None, 50) for vector in np.eye(DIMENSION, dtype=np.float32)[:3]]
    lexical = [view.lexical(word, None, 50) for word in WORDS]
    return [(ranking.chunk_ids.tolist(), ranking.scores.tobytes()) for ranking in (*dense, *lexical)]


_steps = st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=15)


@settings(max_examples=25, deadline=None)
@given(_steps)
def test_replies_depend_on_what_is_there_not_on_how_it_came(steps: list[tuple[int, bool]]) -> None:
    """An index that lived through writes and deletions answers as one that was built from what is left."""
    index, live = TenantIndex(DIMENSION, exact_limit=1_000), list[int]()
    for number, (chunks, remove) in enumerate(steps, start=1):
        change = _write(number, chunks)
        change.gone += [live.pop(0)] if remove and live else []
        index.apply(number, change)
        live.append(number)
    fresh = TenantIndex(DIMENSION, exact_limit=1_000)
    whole = Change()
    for number in live:
        whole.follow(_write(number, steps[number - 1][0]))
    fresh.apply(1, whole)
    assert _replies(index.view) == _replies(fresh.view)


def test_segments_stay_few() -> None:
    """Five hundred single writes leave no more than a search can afford to visit."""
    index = TenantIndex(DIMENSION, exact_limit=10_000)
    for number in range(1, 501):
        index.apply(number, _write(number))
    assert len(index.view.segments) <= 6


def test_chunks_that_are_gone_are_cleared_away() -> None:
    """Memory does not grow with the number of updates."""
    index = TenantIndex(DIMENSION, exact_limit=10_000)
    index.apply(1, _write(1, 1_500))
    index.apply(2, _write(2, 1_200))
    index.apply(3, Change(gone=[1]))
    view = index.view
    assert len(view.columns.chunk_ids) == sum(len(segment) for segment in view.segments) == 1_200
    assert set((view.lexical("otter", None, 5_000).chunk_ids >> 20).tolist()) == {2}


def test_consolidation_changes_no_reply() -> None:
    """The consolidated segment stands in for those it was made of, and what came meanwhile stays."""
    index = TenantIndex(DIMENSION, exact_limit=50)
    index.apply(1, _write(1, 40))
    index.apply(2, _write(2, 40))
    due = index.due()
    assert len(due) == 2
    index.apply(3, _write(3, 5))
    before = _replies(index.view)
    assert index.install(due, consolidate(due))
    assert _replies(index.view) == before
    assert len(index.view.segments) == 2


def test_what_was_consolidated_is_not_due_again_until_it_has_grown_by_half() -> None:
    """Also when no inverted file helps, as among vectors without any structure."""
    index = TenantIndex(DIMENSION, exact_limit=50)
    index.apply(1, _write(1, 60))
    index.install(index.due(), consolidate(index.due()))
    index.apply(2, _write(2, 50))
    assert index.due() == ()
    index.apply(3, _write(3, 1))
    assert index.due() == index.view.segments


def test_consolidation_of_segments_that_are_no_longer_there_is_dropped() -> None:
    """The index has moved on; it will be due again."""
    index = TenantIndex(DIMENSION, exact_limit=50)
    index.apply(1, _write(1, 40))
    index.apply(2, _write(2, 40))
    stale = consolidate(index.due())
    index.apply(3, Change(vectors=[(np.array([chunk_id(1, 0)]), np.ones((1, DIMENSION), dtype=np.float16))]))
    assert not index.install((stale,), stale)


def test_a_version_that_comes_and_goes_in_one_commit_leaves_no_trace() -> None:
    """The last of several upserts of a document in one commit is the one that counts."""
    change = Change()
    change.follow(_write(1))
    change.follow(Change(gone=[1]))
    change.follow(_write(2))
    assert [facts.version_id for facts in change.versions] == [2]
    assert ([entry.chunk_id for entry in change.entries], change.gone) == ([chunk_id(2, 0)], [])


def test_few_allowed_chunks_are_found_without_going_through_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a caller may not see must not show in the time of a search."""
    index = TenantIndex(DIMENSION, exact_limit=10_000)
    index.apply(1, _write(1, 3))
    index.apply(2, _write(2, 6_000))
    view, allowed = index.view, np.arange(3)
    vector = np.eye(DIMENSION, dtype=np.float32)[0]
    monkeypatch.setattr(tenant, "search_dense", None)
    monkeypatch.setattr(tenant, "search_segments", None)
    assert set(view.dense(vector, allowed, 10).chunk_ids.tolist()) == {chunk_id(1, ordinal) for ordinal in range(3)}
    assert view.lexical("hare", allowed, 10).chunk_ids.tolist() == [chunk_id(1, 0)]


@pytest.mark.parametrize("count", [3, 400, 3_000])
def test_few_and_many_allowed_chunks_rank_alike(count: int) -> None:
    """Chunks that are picked out of others are ranked as where there is nothing else, to the bit."""
    alone, beside = TenantIndex(DIMENSION, exact_limit=10_000), TenantIndex(DIMENSION, exact_limit=10_000)
    alone.apply(1, _write(1, count))
    beside.apply(1, _write(1, count))
    beside.apply(2, _write(2, 2_000))
    allowed, vector = np.arange(count), np.eye(DIMENSION, dtype=np.float32)[0]
    for one, other in (
        (alone.view.dense(vector, None, 10), beside.view.dense(vector, allowed, 10)),
        (alone.view.lexical("hare", None, 10), beside.view.lexical("hare", allowed, 10)),
    ):
        assert (one.chunk_ids.tolist(), one.scores.tobytes()) == (other.chunk_ids.tolist(), other.scores.tobytes())
