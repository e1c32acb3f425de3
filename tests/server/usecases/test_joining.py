from __future__ import annotations

from typing import Any

import pytest

from server.domain import LeftOutReason, Query, Retrieval, RetrievalMode
from server.stores.store import Store
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
