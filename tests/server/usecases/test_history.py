from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest

from server.errors import NotFound
from server.stores.store import Store
from server.usecases.history import ForgetVersions
from tests.drafts import draft


def test_versions_are_forgotten_when_their_time_is_over(store: Store) -> None:
    """All that were superseded before it; the current one stays."""
    key = draft("1", "").key
    for number in range(3):
        store.documents.put(draft("1", f"version {number}")).result()
    assert ForgetVersions(store.documents, timedelta(days=1))(Event()) == 0
    assert ForgetVersions(store.documents, timedelta(0))(Event()) == 2
    assert store.documents.get(key).text == "version 2"
    with pytest.raises(NotFound):
        store.documents.get(key, 1)


def test_forgetting_ends_when_the_server_stops(store: Store) -> None:
    """It would go on with the next hour otherwise."""
    key = draft("1", "").key
    for number in range(2):
        store.documents.put(draft("1", f"version {number}")).result()
    stop = Event()
    stop.set()
    ForgetVersions(store.documents, timedelta(0)).every_hour(stop)
    assert store.documents.get(key, 1).text == "version 0"
