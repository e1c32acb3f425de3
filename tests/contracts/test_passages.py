"""What every implementation of `server.stores.base.Passages` and its views does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from server.deadline import NEVER, Deadline
from server.errors import Unavailable
from server.stores.base import View
from server.stores.store import Store
from tests.drafts import draft
from tests.fakes import WordEmbedder, anyone


def _texts(store: Store, view: View, query: str) -> list[str]:
    ids = view.lexical(query, None, 100).chunk_ids.tolist()
    records = store.passages.read("acme", ids)
    return [records[chunk_id].chunk.text for chunk_id in ids]


def test_what_is_acknowledged_is_visible_to_both_indexes(store: Store) -> None:
    """The view of the acknowledged revision finds the document by words and by meaning."""
    written = store.documents.put(draft("1", "The otter swims.\nThe hare runs.")).result()
    view = store.passages.view("acme", written.revision, NEVER)
    vector = WordEmbedder().embed(["the hare runs"])[0]
    records = store.passages.read("acme", view.dense(vector, None, 1).chunk_ids.tolist())
    assert [record.chunk.text for record in records.values()] == ["The hare runs."]
    assert _texts(store, view, "otters swimming") == ["The otter swims."]


def test_a_superseded_version_leaves_the_index(store: Store) -> None:
    """Only the current version's chunks are found."""
    store.documents.put(draft("1", "the price is ten")).result()
    store.documents.put(draft("1", "the price is twelve")).result()
    assert _texts(store, store.passages.view("acme", 0, NEVER), "price") == ["the price is twelve"]


def test_a_view_does_not_change_under_its_reader(store: Store) -> None:
    """Later writes show in later views alone, and the records tell the reader what is gone."""
    store.documents.put(draft("1", "first otter")).result()
    before = store.passages.view("acme", 0, NEVER)
    store.documents.put(draft("2", "second otter")).result()
    store.documents.delete([draft("1", "").key], anyone).result()
    ids = before.lexical("otter", None, 10).chunk_ids.tolist()
    assert len(ids) == 1
    assert store.passages.read("acme", ids) == {}
    assert _texts(store, store.passages.view("acme", 0, NEVER), "otter") == ["second otter"]


def test_what_is_not_allowed_is_hidden_with_its_statistics(store: Store) -> None:
    """Scores with the others hidden equal scores without the others."""
    store.documents.put(draft("1", "otter and hare\nhare alone here")).result()
    alone = store.passages.view("acme", 0, NEVER).lexical("otter hare", None, 10)
    store.documents.put(draft("2", "otter otter otter\nhare hare\nsomething long and quite unrelated")).result()
    view = store.passages.view("acme", 0, NEVER)
    rows = np.flatnonzero(np.isin(view.columns.chunk_ids, alone.chunk_ids))
    allowed = view.lexical("otter hare", rows, 10)
    assert allowed.chunk_ids.tolist() == alone.chunk_ids.tolist()
    assert allowed.scores.tobytes() == alone.scores.tobytes()


def test_tenants_do_not_see_each_other(store: Store) -> None:
    """Neither views nor records cross over."""
    store.documents.put(draft("1", "otter")).result()
    ids = store.passages.view("acme", 0, NEVER).lexical("otter", None, 10).chunk_ids.tolist()
    assert len(store.passages.view("other", 0, NEVER).lexical("otter", None, 10).chunk_ids) == 0
    assert store.passages.read("other", ids) == {}


def test_a_revision_that_never_comes_is_reported(store: Store) -> None:
    """Waiting ends with the deadline, and the error says which revision is there."""
    store.documents.put(draft("1", "otter")).result()
    with pytest.raises(Unavailable, match="revision 1 and did not reach 99") as caught:
        store.passages.view("acme", 99, Deadline.after(0.01))
    assert caught.value.reason == "REVISION_NOT_REACHED"


def test_every_writer_sees_its_own_write_while_others_write(store: Store) -> None:
    """A reader of the acknowledged revision finds the new words and not the old ones."""

    def write_and_read(name: str) -> list[bool]:
        seen = []
        for number in range(10):
            written = store.documents.put(draft(name, f"{name} says word{number}")).result()
            view = store.passages.view("acme", written.revision, NEVER)
            seen.append(_texts(store, view, name) == [f"{name} says word{number}"])
        return seen

    names = ("otter", "hare", "owl", "seal")
    with ThreadPoolExecutor(len(names)) as threads:
        assert all(all(seen) for seen in threads.map(write_and_read, names))


def test_a_tenant_without_documents_has_an_empty_view(store: Store) -> None:
    """Searching nothing finds nothing."""
    view = store.passages.view("nobody", 0, NEVER)
    vector = np.ones(64, dtype=np.float32)
    assert (view.revision, len(view.dense(vector, None, 5).chunk_ids), len(view.lexical("a", None, 5).chunk_ids)) == (
        0,
    ) * 3
