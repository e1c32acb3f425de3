"""What every implementation of `server.stores.base.Feeds` does."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from server.deadline import NEVER
from server.domain import DocumentKey
from server.errors import NotFound, StoreFailure
from server.stores.base import Step
from server.stores.store import Store
from tests.drafts import draft
from tests.fakes import ACME, OTHER, anyone


def texts(store: Store) -> set[str]:
    """What a search for everything finds."""
    ids = store.passages.view("acme", 0, NEVER).lexical("text", None, 100).chunk_ids.tolist()
    return {record.chunk.text for record in store.passages.read("acme", ids).values()}


def test_a_change_is_applied_once(store: Store) -> None:
    """Sent again it is skipped, whatever it says; the position moves with the documents."""
    first = store.feeds.apply(ACME, "crm", [Step(1, draft("1", "text one"))], anyone).result()
    again = store.feeds.apply(ACME, "crm", [Step(1, draft("1", "text two"))], anyone).result()
    assert [each and each.changed for each in (*first.taken, *again.taken)] == [True, None]
    assert (store.feeds.position("acme", "crm"), again.revision) == (1, first.revision)
    assert texts(store) == {"text one"}


def test_steps_are_taken_in_order_in_one_commit(store: Store) -> None:
    """A record that comes, changes and goes within one call is gone, and another one is there."""
    key = draft("1", "").key
    steps = [
        Step(1, draft("1", "text one")),
        Step(2, draft("1", "text two")),
        Step(3, key),
        Step(4, draft("2", "text")),
    ]
    advance = store.feeds.apply(ACME, "crm", steps, anyone).result()
    assert (advance.sequence, advance.revision) == (4, 1)
    assert texts(store) == {"text"}
    with pytest.raises(NotFound):
        store.documents.get(key)


def test_numbers_that_are_left_out_are_counted(store: Store) -> None:
    """Not before the first change of a feed, which may begin anywhere."""
    steps = [Step(number, None) for number in (7, 8, 11)]
    advance = store.feeds.apply(ACME, "crm", steps, anyone).result()
    assert [each and each.missing for each in advance.taken] == [0, 0, 2]


def test_feeds_and_tenants_count_by_themselves(store: Store) -> None:
    """The same number of another feed, or of another tenant's, is another change."""
    for caller, source in ((ACME, "crm"), (ACME, "shop"), (OTHER, "crm")):
        assert store.feeds.position(caller.tenant, source) == 0
        step = Step(5, draft(source, f"text of {source}", tenant=caller.tenant))
        assert store.feeds.apply(caller, source, [step], anyone).result().sequence == 5


def test_what_fails_leaves_documents_and_position_as_they_were(store: Store) -> None:
    """The steps before the one that cannot be stored are taken back with it, in the index as in the records."""
    broken = draft("2", "text two")
    steps = [Step(1, draft("1", "text one")), Step(2, replace(broken, chunks=broken.chunks * 2, vectors=None))]
    with pytest.raises(StoreFailure):
        store.feeds.apply(ACME, "crm", steps, anyone).result()
    assert (store.feeds.position("acme", "crm"), texts(store)) == (0, set())
    store.feeds.apply(ACME, "crm", steps[:1], anyone).result()
    assert texts(store) == {"text one"}


def test_what_may_not_be_removed_stays(store: Store) -> None:
    """The change counts as taken, as if the document were not there."""
    store.documents.put(draft("1", "text one")).result()
    advance = store.feeds.apply(ACME, "crm", [Step(1, draft("1", "").key)], lambda _: False).result()
    assert [each and each.changed for each in advance.taken] == [False]
    assert texts(store) == {"text one"}


@pytest.mark.parametrize("seed", range(3))
def test_however_changes_are_sent_each_counts_once(store: Store, seed: int) -> None:
    """Batches that overlap, repeat and begin anew leave what the changes, one after another, leave."""
    source = random.Random(seed)
    changes: list[tuple[int, str, str | None]] = []
    for number in range(1, 41):
        name = source.choice("abcd")
        changes.append((number, name, None if source.random() < 0.25 else f"text of {name} at {number}"))
    position = 0
    while position < len(changes):
        start = source.randint(0, position)
        some = changes[start : position + source.randint(1, 9)]
        steps = [
            Step(number, DocumentKey("acme", "docs", name) if text is None else draft(name, text))
            for number, name, text in some
        ]
        position = store.feeds.apply(ACME, "crm", steps, anyone).result().sequence
    left = {name: text for _, name, text in changes}
    assert texts(store) == {text for text in left.values() if text is not None}
