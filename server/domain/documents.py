"""Documents: as they are handed in, as they are kept, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.domain.spans import Span


@dataclass(frozen=True, slots=True)
class Validity:
    """When a document's statements hold: from `start` (inclusive) until `end` (exclusive), in UTC; None is open."""

    start: datetime | None = None
    end: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether the statements hold at `moment`."""
        return (self.start is None or self.start <= moment) and (self.end is None or moment < self.end)


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """What identifies a document: its tenant, its collection, and the caller's own id within it."""

    tenant: str
    collection: str
    document_id: str


class Trust(StrEnum):
    """Who may have written a document: anybody (web pages, uploads), people of the house, or an authority on its subject."""

    UNTRUSTED = "UNTRUSTED"
    STANDARD = "STANDARD"
    AUTHORITATIVE = "AUTHORITATIVE"


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the owner says of a document beside its content; a change of any of these is a new version.

    Only members of the groups `readers` (empty: everyone of the tenant), and the subject `owner`, may see the document, and
    only with a clearance of at least `clearance`, 0 to 100.
    """

    title: str = ""
    source_uri: str = ""
    entity_keys: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    owner: str = ""
    readers: tuple[str, ...] = ()
    clearance: int = 0
    region: str = ""
    validity: Validity = Validity()
    observed_at: datetime | None = None
    version_label: str = ""
    trust: Trust = Trust.STANDARD
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resource:
    """What decisions about access can ask of a document; documents that agree in all of it are open to the same callers."""

    tenant: str = ""
    collection: str = ""
    owner: str = ""
    readers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    clearance: int = 0
    region: str = ""
    entity_keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, tenant: str, collection: str, attributes: Attributes) -> Resource:
        """The document with these attributes in a collection of a tenant."""
        return cls(
            tenant=tenant,
            collection=collection,
            owner=attributes.owner,
            readers=attributes.readers,
            labels=attributes.labels,
            clearance=attributes.clearance,
            region=attributes.region,
            entity_keys=attributes.entity_keys,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it is handed in: raw bytes, or the JSON bytes of a structured record.

    `declared_type` is one of `chunkers.DocumentType`'s values, or None for detection from content and `filename`.
    """

    key: DocumentKey
    content: bytes
    declared_type: str | None = None
    filename: str | None = None
    attributes: Attributes = Attributes()


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """One stored version of a document.

    `version` counts from 1 for each document. `content_hash` is the lower-case hex SHA-256 of the raw content.
    `superseded_at` is None for the current version.
    """

    key: DocumentKey
    version: int
    type: str
    content_hash: str
    attributes: Attributes
    stored_at: datetime
    superseded_at: datetime | None
    characters: int
    chunks: int
    chunker: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as the records keep it: a span of its document's text, and the byte offset of that span in UTF-8.

    `ordinal` counts from 0 within the document version; `tokens` includes the context prefix.
    """

    ordinal: int
    span: Span
    start_byte: int
    text: str
    kind: str
    heading_path: tuple[str, ...]
    context_prefix: str
    tokens: int
    page: int | None
    first_line: int
    last_line: int

    @property
    def indexed_text(self) -> str:
        """What the indexes hold of the chunk: its context, then its text."""
        return f"{self.context_prefix}\n{self.text}" if self.context_prefix else self.text


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document version with its canonical text and the chunks cut from it, in order."""

    version: DocumentVersion
    text: str
    chunks: tuple[StoredChunk, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What ingestion would make of a document, without storing it; `type_confidence` is 1 for a declared type."""

    type: str
    title: str
    text: str
    chunks: tuple[StoredChunk, ...]
    warnings: tuple[str, ...] = ()
    type_confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Deletion:
    """Which documents a deletion removed, which were not there, and the revision from which no query sees them."""

    deleted: tuple[DocumentKey, ...]
    missing: tuple[DocumentKey, ...]
    revision: int


class UpsertStatus(StrEnum):
    """What became of one document of an upsert."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class UpsertOutcome:
    """The acknowledgement for one document; `reason` and `message` are set when it was REJECTED."""

    key: DocumentKey
    status: UpsertStatus
    version: int = 0
    type: str = ""
    chunks: int = 0
    revision: int = 0
    warnings: tuple[str, ...] = ()
    reason: str = ""
    message: str = ""
