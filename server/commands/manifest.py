"""A manifest: what is known about documents beyond their text, as `groundwire ingest --manifest` reads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any

import yaml
from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from groundwire.v1.corpus_pb2 import DocumentInput
from server.commands.failure import CommandFailed
from server.commands.files import File

Name = Annotated[str, Field(min_length=1, max_length=256)]


class Entry(BaseModel):
    """What is known about one document; days are in UTC, and both ends of its validity are days on which it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    document_id: Name
    collection: Name
    type: str = ""
    title: str = ""
    entities: tuple[Name, ...] = ()
    labels: tuple[Name, ...] = ()
    owner: str = ""
    readers: tuple[Name, ...] = ()
    clearance: int = Field(default=0, ge=0, le=100)
    region: str = ""
    version: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    source_uri: str = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Entry:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError(f"valid_until: {self.valid_until} is before valid_from, {self.valid_from}")
        return self

    def file(self, folder: Path) -> File:
        """The file below `folder`, as the contract describes it."""
        document = DocumentInput(
            collection=self.collection,
            document_id=self.document_id,
            type=self.type,
            filename=self.path.name,
            title=self.title,
            source_uri=self.source_uri,
            entity_keys=self.entities,
            labels=self.labels,
            owner=self.owner,
            readers=self.readers,
            clearance=self.clearance,
            region=self.region,
            version_label=self.version,
            valid_from=_midnight(self.valid_from),
            valid_until=_midnight(self.valid_until + timedelta(days=1)) if self.valid_until else None,
        )
        return File(folder / self.path, document)


class Manifest(BaseModel):
    """Documents, each with the shared defaults filled in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    documents: tuple[Entry, ...]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Manifest:
        seen: dict[tuple[str, str], int] = {}
        for i, entry in enumerate(self.documents):
            first = seen.setdefault((entry.collection, entry.document_id), i)
            if first != i:
                raise ValueError(
                    f"documents[{i}] and documents[{first}] are both {entry.collection}/{entry.document_id}"
                )
        return self


def read_manifest(file: Path, collection: str) -> Iterator[File]:
    """The files that a manifest lists, in its order; `collection` is that of entries which name none.

    Raises `CommandFailed` with one line for each field that is wrong.
    """
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandFailed(f"{file}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file}: is not YAML: {error}") from error
    try:
        manifest = Manifest.model_validate(_filled_in(content, collection))
    except ValidationError as error:
        raise CommandFailed("\n".join(f"{file}: {line}" for line in _lines(error))) from error
    return (entry.file(file.parent) for entry in manifest.documents)


def _filled_in(content: Any, collection: str) -> Any:
    """The manifest with its defaults in each entry; what is no manifest comes back as it is, to be refused."""
    if not isinstance(content, dict):
        return content
    defaults = content.get("defaults") or {}
    entries = content.get("documents")
    if not isinstance(defaults, dict) or not isinstance(entries, list):
        return content
    shared = {"collection": collection, **defaults}
    filled = [shared | entry if isinstance(entry, dict) else entry for entry in entries]
    return {name: value for name, value in content.items() if name != "defaults"} | {"documents": filled}


def _midnight(day: date | None) -> Timestamp | None:
    if day is None:
        return None
    timestamp = Timestamp()
    timestamp.FromDatetime(datetime.combine(day, time(), UTC))
    return timestamp


def _lines(error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"]).lstrip(".")
        message = problem["msg"].removeprefix("Value error, ")
        got = f", got {problem['input']!r}" if isinstance(problem["input"], str | int | float | date) else ""
        yield f"{field}: {message}{got}" if field else message
