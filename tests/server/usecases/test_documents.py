from __future__ import annotations

import pytest

from server.domain import DocumentKey
from server.errors import InvalidInput, NotFound
from server.stores.store import Store
from server.usecases.documents import DeleteDocuments, GetDocument, ListDocuments
from tests.drafts import draft
from tests.fakes import ACME, OPEN


def test_a_deleted_document_is_not_found(store: Store) -> None:
    """By nobody, once the deletion is acknowledged."""
    key = DocumentKey("acme", "docs", "1")
    store.documents.put(draft("1", "text")).result()
    assert GetDocument(store.documents, OPEN)(ACME, key).text == "text"
    assert DeleteDocuments(store.documents, OPEN)(ACME, [key]).deleted == (key,)
    with pytest.raises(NotFound, match="docs/1"):
        GetDocument(store.documents, OPEN)(ACME, key)


@pytest.mark.parametrize("version", [0, -1])
def test_versions_count_from_one(store: Store, version: int) -> None:
    """Anything less is a mistake of the caller's."""
    with pytest.raises(InvalidInput, match="versions count from 1"):
        GetDocument(store.documents, OPEN)(ACME, DocumentKey("acme", "docs", "1"), version)


def test_listing_goes_on_where_the_page_ended(store: Store) -> None:
    """Every document is listed once, in order."""
    for name in "bca":
        store.documents.put(draft(name, "text")).result()
    first = ListDocuments(store.documents, OPEN)(ACME, page_size=2)
    second = ListDocuments(store.documents, OPEN)(ACME, page_size=2, page_token=first.next_page_token)
    assert [version.key.document_id for version in (*first.items, *second.items)] == ["a", "b", "c"]
    assert second.next_page_token == ""
