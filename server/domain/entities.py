"""What the records say of an entity, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.spans import Span


class FieldType(StrEnum):
    """What a field of a record holds; EMPTY is null, or an empty text, list or object."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    EMPTY = "EMPTY"


class FieldState(StrEnum):
    """Whether a field may be relied on; see `server.stages.cards`."""

    CURRENT = "CURRENT"
    SUPERSEDED = "SUPERSEDED"
    CONFLICTING = "CONFLICTING"
    STALE = "STALE"


@dataclass(frozen=True, slots=True)
class CardField:
    """One value of a record, with where it comes from and how old it is.

    `entity` is the record's own; `name` is the path to the value, such as "lines[0].sku". `text` is the document's text at
    `span`, from byte `start_byte` on. `passage_span` is where it stands in the passage `passage_id`, None when it is in none.
    `value` is "" when it is STALE.
    """

    entity: str
    name: str
    value: str
    type: FieldType
    state: FieldState
    observed_at: datetime
    age: timedelta
    collection: str
    document_id: str
    version: int
    content_hash: str
    source_uri: str
    span: Span
    start_byte: int
    text: str
    passage_id: str = ""
    passage_span: Span | None = None


@dataclass(frozen=True, slots=True)
class EntityCard:
    """What the records say of an entity, field by field; not `complete` when there are more than a card holds."""

    entity: str
    fields: tuple[CardField, ...]
    complete: bool = True
