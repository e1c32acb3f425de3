"""What every implementation of `server.stores.base.Documents` does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from server.deadline import NEVER
from server.domain import Attributes, DocumentKey, UpsertStatus
from server.errors import NotFound
from server.stores.store import Store
from tests.drafts import draft
from tests.fakes import WordEmbedder, anyone


def test_a_stored_document_comes_back_as_it_was(store: Store) -> None:
    """Text, chunks and attributes survive the round trip."""
    attributes = Attributes(title="Über Katzen", labels=("a", "b"), metadata={"k": "v"})
    given = draft("1", "Ein Kätzchen schläft.\nEs träumt.", attributes=attributes)
    store.documents.put(given).result()
    stored = store.documents.get(given.key)
    assert (stored.text, stored.chunks, stored.version.attributes) == (given.text, given.chunks, attributes)
    assert (stored.version.version, stored.version.superseded_at) == (1, None)


def test_the_same_fingerprint_changes_nothing(store: Store) -> None:
    """An upsert of what is stored already is acknowledged as UNCHANGED, without a new revision."""
    first = store.documents.put(draft("1", "one")).result()
    second = store.documents.put(draft("1", "one")).result()
    assert (first.status, second.status) == (UpsertStatus.CREATED, UpsertStatus.UNCHANGED)
    assert (second.version, second.revision) == (first.version, first.revision)


def test_a_new_version_supersedes_the_old_one(store: Store) -> None:
    """The old version stays readable by number, and says when it was superseded."""
    store.documents.put(draft("1", "old words")).result()
    written = store.documents.put(draft("1", "new words")).result()
    key = draft("1", "").key
    assert (written.status, written.version) == (UpsertStatus.UPDATED, 2)
    assert store.documents.get(key).text == "new words"
    assert store.documents.get(key, 1).text == "old words"
    assert store.documents.get(key, 1).version.superseded_at is not None


def test_versions_of_one_document_apply_in_the_order_of_the_calls(store: Store) -> None:
    """Upserts that share a commit leave the last one current."""
    futures = [store.documents.put(draft("1", f"text {number}")) for number in range(20)]
    assert [future.result().version for future in futures] == list(range(1, 21))
    assert store.documents.get(draft("1", "").key).text == "text 19"
    view = store.passages.view("acme", 0, NEVER)
    assert len(view.lexical("text", None, 50).chunk_ids) == 1


def test_a_deleted_document_is_gone_with_all_its_versions(store: Store) -> None:
    """Deletion names what was there and what was not."""
    store.documents.put(draft("1", "old")).result()
    store.documents.put(draft("1", "new")).result()
    key, absent = draft("1", "").key, draft("2", "").key
    deletion = store.documents.delete([key, absent], anyone).result()
    assert (deletion.deleted, deletion.missing) == ((key,), (absent,))
    for version in (None, 1, 2):
        with pytest.raises(NotFound):
            store.documents.get(key, version)


def test_a_document_that_comes_back_goes_on_counting_its_versions(store: Store) -> None:
    """A version number never stands for two contents."""
    store.documents.put(draft("1", "old")).result()
    store.documents.delete([draft("1", "").key], anyone).result()
    written = store.documents.put(draft("1", "new")).result()
    assert (written.status, written.version) == (UpsertStatus.CREATED, 2)


def test_another_tenants_document_is_not_found(store: Store) -> None:
    """The same name in another tenant is another document."""
    store.documents.put(draft("1", "ours")).result()
    foreign = DocumentKey("other", "docs", "1")
    with pytest.raises(NotFound):
        store.documents.get(foreign)
    assert store.documents.delete([foreign], anyone).result().missing == (foreign,)
    assert store.documents.page("other", "", None, 10) == ()


def test_pages_go_through_all_documents_in_order(store: Store) -> None:
    """Going on after the last of each page meets every document once."""
    for name in ("b", "a", "c"):
        for collection in ("y", "x"):
            store.documents.put(draft(name, "text", collection=collection)).result()
    seen: list[tuple[str, str]] = []
    while page := store.documents.page("acme", "", seen[-1] if seen else None, 4):
        seen += [(version.key.collection, version.key.document_id) for version in page]
    assert seen == [(collection, name) for collection in "xy" for name in "abc"]
    assert [version.key.document_id for version in store.documents.page("acme", "x", None, 10)] == ["a", "b", "c"]


def test_current_tells_what_an_upsert_would_meet(store: Store) -> None:
    """Documents that are not there are left out."""
    stored = draft("1", "one\ntwo")
    written = store.documents.put(stored).result()
    current = store.documents.current([stored.key, draft("2", "").key])
    assert set(current) == {stored.key}
    assert (current[stored.key].fingerprint, current[stored.key].chunks) == (stored.fingerprint, 2)
    assert current[stored.key].revision == written.revision


def test_the_attributes_of_a_document_are_those_of_its_current_version(store: Store) -> None:
    """Documents that are not there are left out, and so are other tenants'."""
    first = draft("1", "one", collection="docs")
    store.documents.put(first).result()
    second = replace(draft("1", "two", collection="docs"), attributes=Attributes(labels=("new",)))
    store.documents.put(second).result()
    elsewhere = [replace(first.key, tenant="other"), replace(first.key, collection="c"), draft("2", "").key]
    assert store.documents.attributes([*elsewhere, first.key]) == {first.key: second.attributes}
    store.documents.delete([first.key], anyone).result()
    assert store.documents.attributes([first.key]) == {}


def test_chunks_without_vectors_are_found_and_embedded(store: Store) -> None:
    """What a stand-in stored without vectors gets them later, and is then found by them."""
    store.documents.put(draft("1", "a fox\na hen", embedded=False)).result()
    waiting = store.documents.unembedded(0, 10)
    assert [chunk.text for chunk in waiting] == ["a fox", "a hen"]
    vectors = WordEmbedder().embed([chunk.text for chunk in waiting])
    store.documents.embed("acme", [chunk.chunk_id for chunk in waiting], vectors).result()
    view = store.passages.view("acme", 0, NEVER)
    assert (store.documents.unembedded(0, 10), view.unembedded(None)) == ((), 0)
    assert view.dense(vectors[1], None, 1).chunk_ids[0] == waiting[1].chunk_id


def test_vectors_for_chunks_that_are_gone_are_skipped(store: Store) -> None:
    """Embedding may race with a deletion."""
    store.documents.put(draft("1", "a fox", embedded=False)).result()
    (waiting,) = store.documents.unembedded(0, 10)
    store.documents.delete([draft("1", "").key], anyone).result()
    store.documents.embed("acme", [waiting.chunk_id], np.ones((1, 64), dtype=np.float32)).result()
    assert len(store.passages.view("acme", 0, NEVER).dense(np.ones(64, dtype=np.float32), None, 5).chunk_ids) == 0
