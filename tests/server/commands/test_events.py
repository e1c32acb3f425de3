from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.commands.events import Event, Refused, read_event

SAMPLE = Path(__file__).parents[3] / "samples/feed.jsonl"
UPSERT: dict[str, Any] = {
    "source": "crm",
    "sequence": 7,
    "operation": "upsert",
    "collection": "records",
    "entity": "customer/42",
    "fields": {"name": "Ánna", "account": 12345678901234567890},
    "observed_at": "2026-06-01T08:00:00+02:00",
}


def _read(content: object, **defaults: str) -> Event | Refused:
    return read_event(json.dumps(content).encode(), defaults)


def test_an_event_becomes_a_change_of_the_contract() -> None:
    """Its fields as JSON, digit for digit; times in UTC; the record's own entity first."""
    event = _read({**UPSERT, "about": ["company/7"]})
    assert isinstance(event, Event)
    document = event.change().upsert
    assert json.loads(document.data) == UPSERT["fields"]
    assert (document.document_id, list(document.entity_keys)) == ("customer/42", ["customer/42", "company/7"])
    assert document.observed_at.ToJsonString() == "2026-06-01T06:00:00Z"


def test_defaults_fill_in_what_an_event_does_not_say() -> None:
    """And only that."""
    event = _read({name: value for name, value in UPSERT.items() if name != "source"}, source="shop", collection="x")
    assert isinstance(event, Event)
    assert (event.source, event.collection) == ("shop", "records")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sequence": 0}, "sequence: Input should be greater than or equal to 1, got 0"),
        ({"operation": "insert"}, "operation: Input should be 'upsert' or 'delete', got 'insert'"),
        ({"fields": {}}, "fields: required for an upsert, got none"),
        ({"operation": "delete"}, "fields: only for an upsert"),
        ({"observed_at": "2026-06-01T08:00:00"}, "observed_at: Input should have timezone info"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted, got 'red'"),
        ({"valid_from": "2026-06-02T00:00:00Z", "valid_until": "2026-06-01T00:00:00Z"}, "is not after valid_from"),
    ],
)
def test_what_is_wrong_with_an_event_is_said(change: dict[str, Any], reason: str) -> None:
    """With the field, the rule and what was sent."""
    refused = _read({**UPSERT, **change})
    assert isinstance(refused, Refused)
    assert reason in refused.reason


@given(
    st.binary() | st.text().map(str.encode) | st.recursive(st.none() | st.floats(), st.lists).map(str).map(str.encode)
)
def test_whatever_a_line_holds_it_is_read_or_refused(line: bytes) -> None:
    """Never an exception, and never an event without its fields."""
    assert isinstance(read_event(line, {}), Refused)


def test_the_sample_feed_is_a_feed() -> None:
    """Every line an event, the numbers of each source ascending."""
    events = [read_event(line, {}) for line in SAMPLE.read_bytes().splitlines()]
    numbers: dict[str, list[int]] = {}
    for event in events:
        assert isinstance(event, Event)
        numbers.setdefault(event.source, []).append(event.sequence)
    assert all(found == sorted(set(found)) for found in numbers.values())
