from __future__ import annotations

import json
import random

import pytest

from server.domain import Attributes, Change, DocumentKey, Filter, Query, RetrievalMode, Source
from server.stores.store import Store
from server.usecases.documents import DeleteDocuments
from server.usecases.feed import ApplyChanges
from server.usecases.ingest import IngestDocuments
from server.usecases.retrieve import RetrievePassages
from tests.fakes import ACME, OPEN, WordEmbedder, unlimited


@pytest.mark.parametrize("seed", range(3))
def test_every_read_shows_the_write_before_it(store: Store, embedder: WordEmbedder, seed: int) -> None:
    """One hundred writes of records, through documents and through a feed, each read back by search and on the card."""
    ingest = IngestDocuments(store.documents, embedder, OPEN, unlimited)
    delete = DeleteDocuments(store.documents, OPEN)
    apply = ApplyChanges(store.feeds, store.documents, embedder, OPEN, unlimited)
    retrieve = RetrievePassages(store.passages, embedder, OPEN)
    source = random.Random(seed)
    for number in range(1, 101):
        entity = f"customer/{source.randrange(12)}"
        key = DocumentKey("acme", "crm", entity)
        state = f"state{number}"
        record = Source(
            key, json.dumps({"state": state}).encode(), "json", attributes=Attributes(entity_keys=(entity,))
        )
        expected = [state] if source.random() < 0.7 else []
        if source.random() < 0.5:
            revision = apply(ACME, "crm", [Change(number, record if expected else key)]).revision
        elif expected:
            [outcome] = ingest(ACME, [record])
            revision = outcome.revision
        else:
            revision = delete(ACME, [key]).revision
        mode = source.choice(list(RetrievalMode))
        found = retrieve(Query(ACME, "state", Filter(document_ids=(entity,)), mode, min_revision=revision))
        about = retrieve(Query(ACME, "", Filter(entity_keys=(entity,)), min_revision=revision))
        assert about.card is not None
        assert [json.loads(passage.text)["state"] for passage in found.passages] == expected
        assert [field.value for field in about.card.fields] == expected
