from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.domain import Attributes, DocumentKey, FieldState, FieldType, Span, StoredChunk
from server.stages.cards import LONGEST_RECORD, MOST_RECORDS, Card, make_card
from server.stores.base import PassageRecord
from server.stores.chunk_ids import chunk_id

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def record(number: int, content: object, *keys: str, age: int | None = 1) -> tuple[PassageRecord, str]:
    """A record observed some days ago, or at a time that it does not say, with its text."""
    text = json.dumps(content, indent=2, ensure_ascii=False)
    attributes = Attributes(
        title=f"Record {number}", entity_keys=keys, observed_at=None if age is None else NOW - age * DAY
    )
    chunk = StoredChunk(0, Span(0, len(text)), 0, text, "record", (), "", 1, None, 1, 1)
    key = DocumentKey("acme", "crm", f"r{number}")
    return PassageRecord(chunk_id(number, 0), key, number, "json", "hash", attributes, NOW, chunk), text


def card(*records: tuple[PassageRecord, str], max_age: timedelta | None = None) -> Card:
    """The card of customer/42."""
    return make_card("customer/42", records, NOW, max_age, lambda text: len(text.split()))


def states(made: Card) -> list[tuple[str, str, FieldState]]:
    """Name, value and state of each field."""
    return [(field.name, field.value, field.state) for field in made.card.fields]


def test_a_field_says_what_it_holds_where_it_stands_and_how_old_it_is() -> None:
    """Enough to cite it: document, version, span, and the passage that has it."""
    given_record, text = record(3, {"name": "Ánna", "plan": "Gold"}, "customer/42", age=5)
    made = card((given_record, text))
    field = made.card.fields[1]
    assert (field.name, field.value, field.type, field.age) == ("plan", "Gold", FieldType.TEXT, 5 * DAY)
    assert (field.collection, field.document_id, field.version, field.content_hash) == ("crm", "r3", 3, "hash")
    assert text.encode()[field.start_byte :].startswith(b'"plan": "Gold"')
    [passage] = made.passages
    assert (passage.passage_id, field.passage_id) == ("crm/r3@3#card-1",) * 2
    assert field.passage_span is not None
    assert field.passage_span.of(passage.text) == field.text == '"plan": "Gold"'


def test_types_are_those_of_the_values() -> None:
    """Numbers as they are written; days and times are told from other texts; null, "", [] and {} hold nothing."""
    content = {"a": 1.50, "b": True, "c": "2026-09-12", "d": "2026-09-12T08:00:00Z", "e": None, "f": [], "g": "2026-9"}
    found = [(field.type.value, field.value) for field in card(record(1, content, "customer/42")).card.fields]
    assert found == [
        ("NUMBER", "1.5"),
        ("BOOLEAN", "true"),
        ("DATE", "2026-09-12"),
        ("TIMESTAMP", "2026-09-12T08:00:00Z"),
        ("EMPTY", ""),
        ("EMPTY", ""),
        ("TEXT", "2026-9"),
    ]


def test_the_newest_observation_of_a_field_wins() -> None:
    """The older value is listed as superseded and stands in no passage; one that only repeats the newest is not listed."""
    old = record(1, {"city": "Ashford", "plan": "Gold"}, "customer/42", age=9)
    new = record(2, {"city": "Fernbridge", "plan": "Gold"}, "customer/42", age=1)
    made = card(old, new)
    assert states(made) == [
        ("city", "Fernbridge", FieldState.CURRENT),
        ("plan", "Gold", FieldState.CURRENT),
        ("city", "Ashford", FieldState.SUPERSEDED),
    ]
    assert not any("Ashford" in passage.text for passage in made.passages)


def test_values_of_the_same_age_conflict() -> None:
    """Both are listed and both can be cited."""
    made = card(record(1, {"city": "A"}, "customer/42"), record(2, {"city": "B"}, "customer/42"))
    assert {state for *_, state in states(made)} == {FieldState.CONFLICTING}
    assert [passage.text for passage in made.passages] == ['"city": "A"', '"city": "B"']


def test_a_record_that_never_said_when_it_was_observed_supersedes_nothing() -> None:
    """The time of storing says when it was sent, not when it was true."""
    made = card(record(1, {"city": "A"}, "customer/42", age=None), record(2, {"city": "B"}, "customer/42", age=9))
    assert {state for *_, state in states(made)} == {FieldState.CONFLICTING}


def test_records_of_other_entities_stand_under_their_own_key() -> None:
    """The entity's own record comes first; an order about the customer keeps its fields to itself."""
    order = record(1, {"status": "sent"}, "order/7", "customer/42", age=1)
    customer = record(2, {"status": "active"}, "customer/42", age=9)
    made = card(order, customer)
    assert [(field.entity, field.value, field.state) for field in made.card.fields] == [
        ("customer/42", "active", FieldState.CURRENT),
        ("order/7", "sent", FieldState.CURRENT),
    ]


def test_a_stale_field_is_shown_with_its_age_and_without_its_value() -> None:
    """And no passage holds it."""
    made = card(record(1, {"city": "A"}, "customer/42", age=9), max_age=2 * DAY)
    [field] = made.card.fields
    assert (field.state, field.value, field.age, made.passages) == (FieldState.STALE, "", 9 * DAY, ())


def test_a_card_that_leaves_records_out_says_so() -> None:
    """Those too long to be read field by field, and those beyond the most that it holds."""
    small = [record(number, {"n": number}, f"order/{number}", "customer/42") for number in range(MOST_RECORDS + 1)]
    large = record(99, {"text": "x" * LONGEST_RECORD}, "customer/42")
    assert card(*small[:-1]).card.complete
    assert not card(*small).card.complete
    assert not card(large, small[0]).card.complete


_contents = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(0, 2) | st.none() | st.just(["x", 1]))
_ages = st.none() | st.integers(0, 3)
_keys = st.sampled_from(["customer/42", "order/7"])


@given(st.lists(st.tuples(_contents, _keys, _ages), max_size=5), st.sampled_from([None, 2 * DAY]))
def test_every_value_is_listed_once_in_the_state_it_deserves(
    given_records: list[tuple[dict[str, Any], str, int | None]], max_age: timedelta | None
) -> None:
    """Against a reading without the card's code: who has the newest observation of each field of each entity."""
    made = card(
        *(
            record(number, content, key, "customer/42", age=age)
            for number, (content, key, age) in enumerate(given_records)
        )
    )
    fresh = card(
        *(
            record(number, content, key, "customer/42", age=age)
            for number, (content, key, age) in enumerate(given_records)
        ),
        max_age=max_age,
    )
    observed = [
        (key, name, json.dumps(value), age or 0)
        for content, key, age in given_records
        for name, value in content.items()
    ]
    for entity, name in {(entity, name) for entity, name, *_ in observed}:
        listed = [f for f in made.card.fields if (f.entity, f.name.split("[")[0]) == (entity, name)]
        values = {value for e, n, value, _ in observed if (e, n) == (entity, name)}
        youngest = min(age for e, n, _, age in observed if (e, n) == (entity, name))
        assert {field.document_id for field in listed if field.state is not FieldState.SUPERSEDED}
        assert (len({field.state for field in listed} - {FieldState.CURRENT}) == 0) == (len(values) == 1)
        assert all(field.age >= youngest * DAY for field in listed)
        assert all(field.age > youngest * DAY for field in listed if field.state is FieldState.SUPERSEDED)
    for field in fresh.card.fields:
        assert (field.state is FieldState.STALE) == (max_age is not None and field.age > max_age)
        assert (field.passage_id == "") == (field.state in {FieldState.STALE, FieldState.SUPERSEDED})
