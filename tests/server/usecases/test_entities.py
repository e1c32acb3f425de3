"""Retrieval about one entity: its card, and the passages about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest

from server.domain import Attributes, DocumentKey, FieldState, Filter, Query, Retrieval, Source, UpsertOutcome
from server.stores.store import Store
from server.usecases.ingest import IngestDocuments
from server.usecases.retrieve import RetrievePassages
from tests.fakes import ACME, OPEN, WordEmbedder, unlimited

Ingest: TypeAlias = Callable[[Iterable[Source]], list[UpsertOutcome]]

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def ingest(store: Store, embedder: WordEmbedder) -> Ingest:
    """Documents into the store."""
    documents = IngestDocuments(store.documents, embedder, OPEN, unlimited)
    return lambda sources: list(documents(ACME, sources))


def _source(name: str, content: object, *keys: str, days: int = 1, **attributes: Any) -> Source:
    observed = NOW - timedelta(days=days)
    return Source(
        key=DocumentKey("acme", "crm", name),
        content=content.encode() if isinstance(content, str) else json.dumps(content, indent=2).encode(),
        declared_type="text" if isinstance(content, str) else "json",
        attributes=Attributes(entity_keys=keys, observed_at=observed, **attributes),
    )


def _about(store: Store, embedder: WordEmbedder, entity: str, text: str = "", **query: Any) -> Retrieval:
    asked = Query(ACME, text, filter=Filter(entity_keys=(entity,), **query.pop("filter", {})), **query)
    return RetrievePassages(store.passages, embedder, OPEN)(asked)


@pytest.fixture
def filled(store: Store, ingest: Ingest) -> Store:
    """A customer with an order and a note, and another customer."""
    list(
        ingest(
            [
                _source("c42", {"name": "Ann", "plan": "Gold"}, "customer/42"),
                _source("o7", {"order": 7, "status": "sent"}, "order/7", "customer/42", days=2),
                _source("note", "Ann asked for a refund.", "customer/42", days=3),
                _source("c43", {"name": "Bob", "plan": "Silver"}, "customer/43"),
            ]
        )
    )
    return store


def test_the_card_comes_with_the_passages_in_one_call(filled: Store, embedder: WordEmbedder) -> None:
    """The card's passages first, then the documents about the entity; nothing of another entity."""
    reply = _about(filled, embedder, "customer/42", "refund")
    assert reply.card is not None
    assert [(field.entity, field.name, field.value) for field in reply.card.fields] == [
        ("customer/42", "name", "Ann"),
        ("customer/42", "plan", "Gold"),
        ("order/7", "order", "7"),
        ("order/7", "status", "sent"),
    ]
    assert [passage.document_id for passage in reply.passages] == ["c42", "o7", "note"]
    assert [passage.score for passage in reply.passages] == sorted((p.score for p in reply.passages), reverse=True)


def test_a_query_without_words_lists_the_newest_observations(
    filled: Store, embedder: WordEmbedder, ingest: Ingest
) -> None:
    """After the card, as many as were asked for."""
    ingest([_source("call", "Ann called again.", "customer/42", days=1)])
    reply = _about(filled, embedder, "customer/42", top_k=1)
    assert [passage.document_id for passage in reply.passages] == ["c42", "o7", "call"]


def test_an_entity_that_nobody_knows_has_an_empty_card(filled: Store, embedder: WordEmbedder) -> None:
    """As has one that the caller may not see."""
    reply = _about(filled, embedder, "customer/99")
    assert reply.card is not None
    assert (reply.card.fields, reply.card.complete, reply.passages) == ((), True, ())


def test_a_record_that_the_query_may_not_see_is_on_no_card(
    store: Store, embedder: WordEmbedder, ingest: Ingest
) -> None:
    """It neither shows nor supersedes what may be seen."""
    list(
        ingest(
            [
                _source("open", {"city": "Ashford"}, "customer/42", days=9, labels=("care",)),
                _source("secret", {"city": "Fernbridge", "salary": 1}, "customer/42", labels=("hr",)),
            ]
        )
    )
    reply = _about(store, embedder, "customer/42", filter={"labels": ("care",)})
    assert reply.card is not None
    assert [(field.value, field.state) for field in reply.card.fields] == [("Ashford", FieldState.CURRENT)]
    assert [passage.document_id for passage in reply.passages] == ["open"]


def test_a_superseded_value_is_in_no_passage(store: Store, embedder: WordEmbedder, ingest: Ingest) -> None:
    """So that it can support nothing: a record on the card is read through the card alone."""
    list(
        ingest(
            [
                _source("old", {"city": "Ashford", "phone": "123"}, "customer/42", days=9),
                _source("new", {"city": "Fernbridge"}, "customer/42", days=1),
            ]
        )
    )
    reply = _about(store, embedder, "customer/42", "city Ashford")
    assert [passage.text for passage in reply.passages] == ['"city": "Fernbridge"', '"phone": "123"']


def test_the_card_of_the_past_is_the_one_of_then(filled: Store, embedder: WordEmbedder, ingest: Ingest) -> None:
    """With the version that was current."""
    before = datetime.now(UTC)
    ingest([_source("c42", {"name": "Ann", "plan": "Platinum"}, "customer/42", days=0)])
    then, now = (_about(filled, embedder, "customer/42", as_of=moment).card for moment in (before, None))
    assert then is not None
    assert now is not None
    assert [(card.fields[1].value, card.fields[1].version) for card in (then, now)] == [("Gold", 1), ("Platinum", 2)]


def test_stale_records_are_on_the_card_and_stale_documents_are_listed(filled: Store, embedder: WordEmbedder) -> None:
    """Each with its age, none with its content."""
    reply = _about(filled, embedder, "customer/42", "refund", as_of=NOW, max_age=timedelta(days=1))
    assert reply.card is not None
    assert [field.value for field in reply.card.fields if field.state is FieldState.STALE] == ["", ""]
    assert [passage.document_id for passage in reply.passages] == ["c42"]
    assert [(left.passage_id, left.age) for left in reply.left_out] == [("crm/note@1#0", timedelta(days=3))]


def test_the_token_budget_counts_the_card(filled: Store, embedder: WordEmbedder) -> None:
    """What does not fit is listed as left out."""
    reply = _about(filled, embedder, "customer/42", "refund", token_budget=30)
    assert reply.tokens <= 30
    assert {left.passage_id for left in reply.left_out} >= {"crm/o7@1#card-1"}
