"""What a request may hold: each rule names the field, the limit and what was sent."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from server.errors import InvalidInput

NAME_BYTES = 256
URI_BYTES = 2048
TITLE_BYTES = 1024
ANSWER_BYTES = 1 << 20
QUESTION_BYTES = 1 << 16
QUERY_BYTES = 8192
PASSAGE_BYTES = 1 << 18
EVIDENCE_BYTES = 1 << 22
DOCUMENT_BYTES = 1 << 25
PASSAGES = 256
LIST_ITEMS = 64
IDS = 1000
CHANGES = 256

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def text(field: str, value: str, limit: int, *, required: bool = False) -> str:
    """`value`, at most `limit` UTF-8 bytes; not blank when `required`."""
    size = len(value.encode())
    if size > limit:
        raise InvalidInput(field, f"at most {limit} bytes, got {size}", reason="FIELD_TOO_LONG")
    if required and not value.strip():
        raise InvalidInput(
            field,
            "required, got an empty string" if not value else "required, got only white space",
            reason="FIELD_REQUIRED",
        )
    return value


def name(field: str, value: str, limit: int = NAME_BYTES, *, required: bool = False) -> str:
    """An identifier: `text` without control characters."""
    text(field, value, limit, required=required)
    if found := _CONTROL.search(value):
        raise InvalidInput(
            field,
            f"no control characters, got {found.group()!r} at character {found.start()}",
            reason="FIELD_MALFORMED",
        )
    return value


def names(field: str, values: Sequence[str], limit: int = LIST_ITEMS) -> tuple[str, ...]:
    """At most `limit` identifiers, none of them empty; duplicates are dropped, order is kept."""
    count(field, values, limit)
    return tuple(dict.fromkeys(name(f"{field}[{i}]", value, required=True) for i, value in enumerate(values)))


def count(field: str, values: Collection[object], limit: int) -> None:
    """At most `limit` items."""
    if len(values) > limit:
        raise InvalidInput(field, f"at most {limit} items, got {len(values)}", reason="TOO_MANY_ITEMS")


def between(field: str, value: int, low: int, high: int, *, default: int | None = None) -> int:
    """`value` if low <= value <= high; `default`, if there is one, for 0."""
    if value == 0 and default is not None:
        return default
    if not low <= value <= high:
        raise InvalidInput(field, f"from {low} to {high}, got {value}", reason="OUT_OF_RANGE")
    return value


def amount(field: str, value: float) -> float:
    """A finite number that is not negative."""
    if not math.isfinite(value) or value < 0:
        raise InvalidInput(field, f"a finite number of 0 or more, got {value}", reason="OUT_OF_RANGE")
    return value


def moment(field: str, value: Timestamp) -> datetime:
    """A point in time in UTC, from year 1 to 9999."""
    try:
        return value.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(
            field,
            f"a time from 0001-01-01 to 9999-12-31, got {value.seconds} s and {value.nanos} ns",
            reason="OUT_OF_RANGE",
        ) from None


def positive(field: str, value: Duration) -> timedelta:
    """A length of time of more than zero."""
    try:
        length = value.ToTimedelta()
    except (ValueError, OverflowError):
        length = timedelta(0)
    if length <= timedelta(0):
        raise InvalidInput(
            field, f"a duration of more than 0, got {value.seconds} s and {value.nanos} ns", reason="OUT_OF_RANGE"
        )
    return length
