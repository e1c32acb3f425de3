from __future__ import annotations

import json
from dataclasses import replace

import pytest

from server.domain import Attributes, Caller, Change, ChangeStatus, DocumentKey, Source
from server.errors import ModelFailure, NotFound
from server.stores.store import Store
from server.usecases.feed import ApplyChanges
from tests.fakes import ACME, OPEN, WordEmbedder, unlimited

KEY = DocumentKey("acme", "crm", "customer/42")
APPLIED, UNCHANGED, SKIPPED, REJECTED = (
    ChangeStatus.APPLIED,
    ChangeStatus.UNCHANGED,
    ChangeStatus.SKIPPED,
    ChangeStatus.REJECTED,
)


def _upsert(number: int, plan: str, **attributes: object) -> Change:
    content = json.dumps({"plan": plan}).encode()
    return Change(number, Source(KEY, content, "json", attributes=replace(Attributes(), **attributes)))


def _applied(store: Store, embedder: WordEmbedder, *changes: Change, caller: Caller = ACME) -> list[ChangeStatus]:
    apply = ApplyChanges(store.feeds, store.documents, embedder, OPEN, unlimited)
    return [outcome.status for outcome in apply(caller, "crm", changes).outcomes]


def test_each_change_says_what_became_of_it(store: Store, embedder: WordEmbedder) -> None:
    """Applied, without effect, applied before, or rejected by itself."""
    broken = Change(3, Source(KEY, b"{", "json"))
    first = _applied(store, embedder, _upsert(1, "Gold"), _upsert(2, "Gold"), broken, _upsert(4, "Silver"))
    again = _applied(store, embedder, _upsert(4, "Silver"), Change(5, KEY), Change(6, KEY))
    assert first == [APPLIED, UNCHANGED, REJECTED, APPLIED]
    assert again == [SKIPPED, APPLIED, UNCHANGED]
    with pytest.raises(NotFound):
        store.documents.get(KEY)


def test_a_rejected_change_does_not_move_the_feed(store: Store, embedder: WordEmbedder) -> None:
    """It can be sent again in order; once a later one is applied, it counts as missing."""
    apply = ApplyChanges(store.feeds, store.documents, embedder, OPEN, unlimited)
    rejected = apply(ACME, "crm", [_upsert(1, "Gold"), Change(2, Source(KEY, b"{", "json"))])
    later = apply(ACME, "crm", [_upsert(3, "Silver")])
    assert (rejected.sequence, rejected.outcomes[1].reason) == (1, "TRUNCATED")
    assert [outcome.missing for outcome in later.outcomes] == [1]


def test_what_was_applied_is_not_embedded_again(store: Store, embedder: WordEmbedder) -> None:
    """Sending a whole feed again is cheap."""
    _applied(store, embedder, _upsert(1, "Gold"))
    calls = len(embedder.calls)
    assert _applied(store, embedder, _upsert(1, "Gold")) == [SKIPPED]
    assert len(embedder.calls) == calls


def test_a_document_that_goes_and_comes_back_the_same_is_there(store: Store, embedder: WordEmbedder) -> None:
    """Though it equals what was stored before the call."""
    _applied(store, embedder, _upsert(1, "Gold"))
    assert _applied(store, embedder, Change(2, KEY), _upsert(3, "Gold")) == [APPLIED, APPLIED]
    assert "Gold" in store.documents.get(KEY).text


def test_a_removal_before_it_does_not_open_a_document_that_may_not_be_replaced(
    store: Store, embedder: WordEmbedder
) -> None:
    """The removal is treated as one of nothing; what comes after it is still held to what is there."""
    here, there = replace(ACME, region="eu"), replace(ACME, region="us")
    assert _applied(store, embedder, _upsert(1, "Gold", region="eu"), caller=here) == [APPLIED]
    assert _applied(store, embedder, Change(2, KEY), _upsert(3, "Silver"), caller=there) == [UNCHANGED, REJECTED]
    assert "Gold" in store.documents.get(KEY).text


def test_changes_that_cannot_be_embedded_leave_nothing(store: Store, embedder: WordEmbedder) -> None:
    """They are to be sent again."""
    embedder.error = ModelFailure("broken")
    with pytest.raises(ModelFailure):
        _applied(store, embedder, _upsert(1, "Gold"))
    assert store.feeds.position("acme", "crm") == 0
