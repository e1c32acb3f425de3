"""Events of a change feed, one JSON object a line, as `groundwire feed` reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from groundwire.v1.corpus_pb2 import Change, DocumentInput, DocumentName

Name = Annotated[str, Field(min_length=1, max_length=256)]


class Event(BaseModel):
    """A change of one record: its fields as they are now, or that it is gone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Name
    sequence: Annotated[int, Field(ge=1, le=1 << 62)]
    operation: Literal["upsert", "delete"]
    collection: Name
    entity: Name
    document_id: Name = ""
    fields: dict[str, Any] | None = None
    about: tuple[Name, ...] = ()
    observed_at: AwareDatetime | None = None
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    title: Annotated[str, Field(max_length=256)] = ""
    source_uri: Annotated[str, Field(max_length=512)] = ""
    labels: tuple[Name, ...] = ()
    owner: Annotated[str, Field(max_length=256)] = ""
    readers: tuple[Name, ...] = ()
    clearance: Annotated[int, Field(ge=0, le=100)] = 0
    region: Annotated[str, Field(max_length=64)] = ""
    metadata: dict[str, str] = {}

    @model_validator(mode="after")
    def _says_what_it_needs_to(self) -> Event:
        if self.operation == "upsert" and not self.fields:
            raise ValueError("fields: required for an upsert, got none")
        if self.operation == "delete" and self.fields:
            raise ValueError("fields: only for an upsert; a delete removes the whole record")
        if self.valid_from and self.valid_until and self.valid_until <= self.valid_from:
            raise ValueError(f"valid_until: {self.valid_until} is not after valid_from, {self.valid_from}")
        return self

    def change(self) -> Change:
        """The event as the contract describes it."""
        document_id = self.document_id or self.entity
        if self.operation == "delete":
            return Change(
                sequence=self.sequence, delete=DocumentName(collection=self.collection, document_id=document_id)
            )
        document = DocumentInput(
            collection=self.collection,
            document_id=document_id,
            # As JSON and not as a Struct, whose numbers are doubles: a long account number would change.
            data=json.dumps(self.fields, ensure_ascii=False, indent=2).encode(),
            type="json",
            title=self.title,
            source_uri=self.source_uri,
            entity_keys=(self.entity, *self.about),
            labels=self.labels,
            owner=self.owner,
            readers=self.readers,
            clearance=self.clearance,
            region=self.region,
            observed_at=_timestamp(self.observed_at),
            valid_from=_timestamp(self.valid_from),
            valid_until=_timestamp(self.valid_until),
            metadata=self.metadata,
        )
        return Change(sequence=self.sequence, upsert=document)


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is no event, and why."""

    reason: str


def read_event(line: bytes, defaults: dict[str, str]) -> Event | Refused:
    """The event of a line; `defaults` fill in what it does not say."""
    try:
        content = json.loads(line.decode(), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        return Refused(f"not UTF-8: byte {line[error.start]:#04x} at {error.start}")
    except json.JSONDecodeError as error:
        return Refused(f"not JSON: {error.msg} at character {error.pos}")
    except (ValueError, RecursionError) as error:
        return Refused(f"not JSON: {error}")
    if not isinstance(content, dict):
        return Refused(f"an object is expected, got {type(content).__name__}")
    try:
        return Event.model_validate(defaults | content)
    except ValidationError as error:
        return Refused("; ".join(_problem(problem) for problem in error.errors()))


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _problem(problem: Any) -> str:
    field = ".".join(str(part) for part in problem["loc"])
    message = problem["msg"].removeprefix("Value error, ")
    got = f", got {problem['input']!r}" if isinstance(problem["input"], str | int | float) else ""
    return f"{field}: {message}{got}" if field else message


def _timestamp(moment: datetime | None) -> Timestamp | None:
    if moment is None:
        return None
    timestamp = Timestamp()
    timestamp.FromDatetime(moment.astimezone(UTC))
    return timestamp
