from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import LeftOutReason, Passage, Query, Retrieval, RetrievalMode
from server.stores.store import Store
from server.usecases.joining import runs_of, supported
from server.usecases.retrieve import RetrievalSettings, RetrievePassages
from tests.drafts import draft
from tests.fakes import ACME, OPEN, WordEmbedder

RIVERS = "Otters swim in rivers\nThe river is cold\nOtters eat fish\nCars drive on roads\nA road is long\nOtters sleep"


@pytest.fixture
def filled(store: Store) -> Store:
    """A store of one document with a chunk on each line."""
    store.documents.put(draft("rivers", RIVERS)).result()
    return store


def _retrieve(store: Store, embedder: WordEmbedder, text: str, chunks: int = 3, **given: Any) -> Retrieval:
    settings = RetrievalSettings(chunks_a_passage=chunks)
    return RetrievePassages(store.passages, embedder, OPEN, settings)(Query(ACME, text, **given))


@pytest.mark.parametrize("mode", list(RetrievalMode))
def test_neighbours_become_one_passage(filled: Store, embedder: WordEmbedder, mode: RetrievalMode) -> None:
    """Its text is the document's at its span, and it is known by its first and its last chunk."""
    passage = _retrieve(filled, embedder, "otters swim in the cold river", top_k=1, mode=mode).passages[0]
    text = filled.documents.get(draft("rivers", "").key).text
    assert passage.span is not None
    assert passage.text == passage.span.of(text)
    assert "Otters swim in rivers\nThe river is cold" in passage.text or "The river is cold\nOtters eat" in passage.text
    assert passage.passage_id == f"docs/rivers@1#{passage.first_line - 1}-{passage.last_line - 1}"
    assert passage.last_line - passage.first_line == passage.text.count("\n")
    assert passage.tokens == embedder.count_tokens(passage.text)


def test_one_chunk_a_passage_joins_nothing(filled: Store, embedder: WordEmbedder) -> None:
    """The passages are the chunks as they were cut."""
    passages = _retrieve(filled, embedder, "otters swim in the cold river", chunks=1, top_k=2).passages
    assert all("\n" not in passage.text for passage in passages)


def test_joined_passages_keep_to_the_budget(filled: Store, embedder: WordEmbedder) -> None:
    """Chunks that do not fit are named."""
    retrieval = _retrieve(filled, embedder, "otters swim in the cold river", top_k=2, token_budget=9)
    assert 0 < retrieval.tokens <= 9
    assert {left.reason for left in retrieval.left_out} == {LeftOutReason.TOKEN_BUDGET}


def test_a_chunk_beside_good_ones_is_worth_more_than_one_alone() -> None:
    """A neighbour's score counts the less the farther away it is."""
    assert supported({1: 0.5, 2: 0.1, 3: 0.5, 9: 0.2}) == pytest.approx({1: 0.74, 2: 0.7, 3: 0.74, 9: 0.2})


@given(st.lists(st.integers(0, 30), unique=True), st.integers(1, 5))
def test_runs_are_neighbours_and_never_too_many(ids: list[int], most: int) -> None:
    """Each run is an unbroken row, no two could be joined, and the best chunk is in the first."""
    runs = runs_of([(chunk, Passage(str(chunk), "")) for chunk in ids], most)
    assert len(runs) <= most
    assert all(sorted(run) == list(range(min(run), max(run) + 1)) for run in runs)
    ends = {min(run) - 1 for run in runs} | {max(run) + 1 for run in runs}
    assert not ends & {chunk for run in runs for chunk in run}
    assert not ids or next(iter(runs[0])) == ids[0]
