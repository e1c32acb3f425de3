"""What every implementation of `server.stores.base.Passages` knows of earlier moments."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import numpy as np
import pytest

from server.deadline import NEVER
from server.stores.store import Store
from tests.drafts import draft
from tests.fakes import WordEmbedder, anyone


def shown(store: Store, moment: datetime) -> set[str]:
    """The texts that a search at a moment finds, in both indexes, and that the records confirm."""
    view = store.passages.view_at("acme", moment, anyone, 0, NEVER)
    lexical = view.lexical("price", None, 100).chunk_ids.tolist()
    dense = view.dense(WordEmbedder().embed(["price"])[0], None, 100).chunk_ids.tolist()
    assert sorted(lexical) == sorted(dense)
    return {record.chunk.text for record in store.passages.read("acme", lexical, moment).values()}


def test_a_superseded_version_is_found_where_it_was_current(store: Store) -> None:
    """And the version that took its place is not."""
    store.documents.put(draft("1", "the price is ten")).result()
    before = datetime.now(UTC)
    store.documents.put(draft("1", "the price is twelve")).result()
    assert shown(store, before) == {"the price is ten"}
    assert shown(store, datetime.now(UTC)) == {"the price is twelve"}


def test_before_a_document_was_stored_its_current_version_counts(store: Store) -> None:
    """What it said of that time is the best that is known; its validity says how far back it holds."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    store.documents.put(draft("1", "the price is ten")).result()
    store.documents.put(draft("1", "the price is twelve")).result()
    assert shown(store, long_ago) == {"the price is twelve"}


def test_what_is_deleted_has_no_past(store: Store) -> None:
    """Nor has what is stored under its name afterwards."""
    store.documents.put(draft("1", "the price is ten")).result()
    before = datetime.now(UTC)
    store.documents.delete([draft("1", "").key], anyone).result()
    assert shown(store, before) == set()
    store.documents.put(draft("1", "the price is fifteen")).result()
    assert shown(store, before) == {"the price is fifteen"}


def test_scores_of_the_past_are_those_of_then(store: Store) -> None:
    """Statistics count what was there, not what came since."""
    store.documents.put(draft("1", "otter and hare\nhare alone")).result()
    then = store.passages.view("acme", 0, NEVER).lexical("otter hare", None, 10)
    before = datetime.now(UTC)
    store.documents.put(draft("1", "otter otter otter\nand more\nand more")).result()
    past = store.passages.view_at("acme", before, anyone, 0, NEVER).lexical("otter hare", None, 10)
    assert past.chunk_ids.tolist() == then.chunk_ids.tolist()
    assert past.scores.tobytes() == then.scores.tobytes()


def test_forgotten_versions_are_gone_from_the_past(store: Store) -> None:
    """Those superseded before the moment given; nothing takes their place."""
    store.documents.put(draft("1", "the price is ten")).result()
    first = datetime.now(UTC)
    store.documents.put(draft("1", "the price is twelve")).result()
    second = datetime.now(UTC)
    store.documents.put(draft("1", "the price is fifteen")).result()
    assert store.documents.forget(second).result() == 1
    assert store.documents.forget(second).result() == 0
    assert (shown(store, first), shown(store, second)) == (set(), {"the price is twelve"})
    assert store.passages.view("acme", 0, NEVER).columns.live.sum() == 1


@pytest.mark.parametrize("seed", range(4))
def test_every_moment_shows_exactly_what_was_stored_then(store: Store, seed: int) -> None:
    """Against a plain list of who wrote what when, over random writes and deletions."""
    source = random.Random(seed)
    history: dict[str, list[tuple[datetime, str]]] = {}
    moments = []
    for number in range(25):
        name = source.choice("abcd")
        if source.random() < 0.2:
            store.documents.delete([draft(name, "").key], anyone).result()
            history.pop(name, None)
        else:
            text = f"the price of {name} is {number}"
            store.documents.put(draft(name, text)).result()
            stored_at = store.documents.get(draft(name, "").key).version.stored_at
            history.setdefault(name, []).append((stored_at, text))
        moments.append(datetime.now(UTC))
    for moment in moments:
        expected = {
            next((text for stored_at, text in reversed(versions) if stored_at <= moment), versions[-1][1])
            for versions in history.values()
        }
        assert shown(store, moment) == expected


def test_columns_of_two_states_answer_as_one(store: Store) -> None:
    """A predicate's masks over the present and the past rows agree with the documents behind them."""
    store.documents.put(draft("1", "the price is ten", collection="old")).result()
    store.documents.put(draft("2", "the price is six", collection="new")).result()
    before = datetime.now(UTC)
    store.documents.put(draft("1", "the price is twelve", collection="old")).result()
    columns = store.passages.view_at("acme", before, anyone, 0, NEVER).columns
    mask = columns.rows(columns.entries_with("collection", ["old"]) & columns.live)
    assert np.count_nonzero(mask) == 1
    assert not columns.entries_with("collection", ["nowhere"]).any()
