"""Entity cards: what the records say of an entity, field by field, and the passages that say it.

A record is a JSON document that is one object; the first of its entity keys is the entity that it describes. Records that
describe the same entity are compared field by field, by the names at the top of the object:

    CURRENT      the newest observation, or the only one
    SUPERSEDED   another value, observed before the current one
    CONFLICTING  another value, and nothing says which of the two is newer: the records were observed at the same time, or one
                 never said when
    STALE        observed longer ago than the query accepts; its value is withheld

A value that the newest observation repeats is not listed twice. The passages are slices of the records' own texts, so that
a citation of a field is a citation of its document; they leave out the fields that are SUPERSEDED or STALE.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from chunkers import RecordField, RecordLeaf, record_fields
from server.domain import CardField, EntityCard, FieldState, FieldType, Passage, Span
from server.stores.base import PassageRecord

LONGEST_RECORD = 8_192
"""Characters. A longer record is searched like any document, and is on no card."""
MOST_RECORDS = 32
"""Records on one card: those of the entity itself first, then the newest."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")
_RELIABLE = frozenset({FieldState.CURRENT, FieldState.CONFLICTING})


@dataclass(frozen=True, slots=True)
class Card:
    """A card, the passages that hold its fields, and the records that it was made from."""

    card: EntityCard
    passages: tuple[Passage, ...]
    records: tuple[PassageRecord, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Observation:
    """A field of a record, as it was observed."""

    source: int
    entity: str
    field: RecordField
    observed_at: datetime
    is_dated: bool

    @property
    def content(self) -> str:
        """The value in one spelling, so that equal values compare equal."""
        return json.dumps(json.loads(self.field.literal), sort_keys=True)


def make_card(
    entity: str,
    records: Sequence[tuple[PassageRecord, str]],
    as_of: datetime,
    max_age: timedelta | None,
    count_tokens: Callable[[str], int],
) -> Card:
    """The card of an entity from records, each with its document's text, which the caller of the service may see.

    `as_of` is the moment that ages count from. Documents that are no records are passed over.
    """
    read = [(record, text, record_fields(text)) for record, text in records if len(text) <= LONGEST_RECORD]
    sources = sorted(
        ((record, text, fields) for record, text, fields in read if fields),
        key=lambda source: _place(entity, source[0]),
    )
    kept = sources[:MOST_RECORDS]
    states = _states([(record, fields) for record, _, fields in kept], as_of, max_age)
    fields: list[CardField] = []
    passages: list[Passage] = []
    for source, (record, text, _) in enumerate(kept):
        of_source = [(each, state) for each, state in states if each.source == source]
        made = list(_passages(record, text, of_source, count_tokens))
        passages += made
        fields += _card_fields(record, text, of_source, made, as_of)
    complete = len(kept) == len(sources) and len(read) == len(records)
    return Card(EntityCard(entity, tuple(fields), complete), tuple(passages), tuple(record for record, _, _ in kept))


def _place(entity: str, record: PassageRecord) -> tuple[bool, str, float, str, str]:
    """Where a record stands on the card: the entity's own first, then by entity; the newest first of each."""
    subject = _subject(record)
    key = record.key
    return subject != entity, subject, -record.observed_at.timestamp(), key.collection, key.document_id


def _subject(record: PassageRecord) -> str:
    return next(iter(record.attributes.entity_keys), "")


# --- which observation counts -------------------------------------------------------------------------------------------------


def _states(
    records: Sequence[tuple[PassageRecord, Sequence[RecordField]]], as_of: datetime, max_age: timedelta | None
) -> list[tuple[_Observation, FieldState]]:
    """Every observation that is to be listed, with its state, in the order of the records and their fields."""
    observations = [
        _Observation(source, _subject(record), field, record.observed_at, record.attributes.observed_at is not None)
        for source, (record, fields) in enumerate(records)
        for field in fields
    ]
    by_name = sorted(observations, key=lambda each: (each.entity, each.field.name))
    judged = {
        id(each): state
        for _, group in groupby(by_name, key=lambda each: (each.entity, each.field.name))
        for each, state in _judged(list(group))
    }
    return [
        (each, FieldState.STALE if max_age is not None and as_of - each.observed_at > max_age else judged[id(each)])
        for each in observations
        if id(each) in judged
    ]


def _judged(group: Sequence[_Observation]) -> Iterator[tuple[_Observation, FieldState]]:
    """The observations of one field of one entity, those that only repeat the newest left out."""
    newest = max(group, key=lambda each: each.observed_at)
    others = [each for each in group if each is not newest and each.content != newest.content]
    disputed = [
        each for each in others if each.observed_at == newest.observed_at or not (each.is_dated and newest.is_dated)
    ]
    yield newest, FieldState.CONFLICTING if disputed else FieldState.CURRENT
    for each in others:
        yield each, FieldState.CONFLICTING if each in disputed else FieldState.SUPERSEDED


# --- passages and fields ------------------------------------------------------------------------------------------------------


def _passages(
    record: PassageRecord,
    text: str,
    observations: Sequence[tuple[_Observation, FieldState]],
    count_tokens: Callable[[str], int],
) -> Iterator[Passage]:
    """The runs of neighbouring fields that may be relied on, each a slice of the record's text."""
    key, chunk = record.key, record.chunk
    prefix = "" if record.attributes.title else _subject(record)
    for number, span in enumerate(_runs(observations), start=1):
        first_line = text.count("\n", 0, span.start) + 1
        yield Passage(
            passage_id=f"{key.collection}/{key.document_id}@{record.version}#card-{number}",
            text=span.of(text),
            document_id=key.document_id,
            collection=key.collection,
            version=record.version,
            content_hash=record.content_hash,
            span=span,
            start_byte=len(text[: span.start].encode()),
            kind=chunk.kind,
            context_prefix=prefix,
            first_line=first_line,
            last_line=first_line + span.of(text).count("\n"),
            tokens=count_tokens(f"{prefix}\n{span.of(text)}" if prefix else span.of(text)),
            type=record.type,
            attributes=record.attributes,
        )


def _runs(observations: Sequence[tuple[_Observation, FieldState]]) -> Iterator[Span]:
    for reliable, run in groupby(observations, key=lambda judged: judged[1] in _RELIABLE):
        fields = [each.field for each, _ in run]
        if reliable:
            yield Span(fields[0].start, fields[-1].end)


def _card_fields(
    record: PassageRecord,
    text: str,
    observations: Sequence[tuple[_Observation, FieldState]],
    passages: Sequence[Passage],
    as_of: datetime,
) -> Iterator[CardField]:
    for each, state in observations:
        for leaf in each.field.leaves:
            kind, value = _typed(leaf)
            span = Span(leaf.start, leaf.end)
            plain = CardField(
                entity=each.entity,
                name=leaf.path,
                value="" if state is FieldState.STALE else value,
                type=kind,
                state=state,
                observed_at=each.observed_at,
                age=max(as_of - each.observed_at, timedelta(0)),
                collection=record.key.collection,
                document_id=record.key.document_id,
                version=record.version,
                content_hash=record.content_hash,
                source_uri=record.attributes.source_uri,
                span=span,
                start_byte=len(text[: span.start].encode()),
                text=span.of(text),
            )
            yield _placed(plain, passages)


def _placed(field: CardField, passages: Sequence[Passage]) -> CardField:
    """The field with the passage that holds it, if one does."""
    for passage in passages:
        run = passage.span
        if run is not None and run.start <= field.span.start and field.span.end <= run.end:
            return replace(field, passage_id=passage.passage_id, passage_span=field.span.shifted(-run.start))
    return field


def _typed(leaf: RecordLeaf) -> tuple[FieldType, str]:
    """The type of a plain value, and the value as people read it: numbers as they are written, texts without quotes."""
    value = json.loads(leaf.literal)
    if isinstance(value, bool):
        return FieldType.BOOLEAN, leaf.literal
    if isinstance(value, int | float):
        return FieldType.NUMBER, leaf.literal
    if not value:
        return FieldType.EMPTY, ""
    if _DATE.fullmatch(value):
        return FieldType.DATE, value
    return (FieldType.TIMESTAMP if _TIMESTAMP.fullmatch(value) else FieldType.TEXT), value
