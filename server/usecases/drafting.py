"""Documents to drafts: bytes to text, to chunks, to vectors, ready to be stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import PurePath
from typing import TypeAlias

import numpy as np
import structlog
from numpy.typing import NDArray

from chunkers import Chunk, ChunkerError, ChunkLimits, DocumentType, Parsed, chunk, parse
from server.access.control import Rights
from server.access.rules import same_region
from server.deadline import Deadline
from server.domain import Caller, Resource, Source, Span, StoredChunk, UpsertOutcome, UpsertStatus
from server.models.base import Embedder
from server.stores import serial
from server.stores.base import Current, Draft
from server.stores.chunk_ids import MAX_CHUNKS

_log = structlog.get_logger(__name__)

Read: TypeAlias = Callable[[bytes, DocumentType | None, str | None], Parsed]
"""Reads a document as `chunkers.parse` does: content, type if it is known, file name if there is one."""

DEFAULT_LIMITS = ChunkLimits(max_tokens=200)


# Goes into every fingerprint: raise it when the same bytes would be chunked otherwise.
_CHUNKING = "3"
_TEXTS_AT_A_TIME = 128
_WITHOUT_VECTORS = "stored without embeddings, since the embedding model is not available; found by its words only"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document cut into chunks, on its way to the embedder."""

    source: Source
    fingerprint: str
    parsed: Parsed
    chunks: tuple[StoredChunk, ...]


class Rejected(Exception):
    """A document cannot be taken in; `reason` is for programs."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Drafter:
    """Makes drafts of documents; one that cannot be read is rejected by itself."""

    embedder: Embedder
    limits: ChunkLimits = DEFAULT_LIMITS
    read: Read = parse

    def prepare(self, source: Source, stored: Current | None, rights: Rights) -> UpsertOutcome | Prepared:
        """The document cut into chunks, or what became of it: UNCHANGED from what is `stored`, or REJECTED."""
        try:
            _check_access(source, stored, rights)
        except Rejected as rejected:
            return UpsertOutcome(source.key, UpsertStatus.REJECTED, reason=rejected.reason, message=str(rejected))
        fingerprint = _fingerprint(source, self.limits, self.embedder.version)
        if stored is not None and stored.fingerprint == fingerprint:
            return UpsertOutcome(
                source.key, UpsertStatus.UNCHANGED, stored.version, stored.type, stored.chunks, stored.revision
            )
        try:
            parsed, chunks = cut(source, self.read, self.embedder, self.limits)
        except Rejected as rejected:
            return UpsertOutcome(source.key, UpsertStatus.REJECTED, reason=rejected.reason, message=str(rejected))
        return Prepared(source, fingerprint, parsed, chunks)

    def drafts(self, prepared: Sequence[Prepared], caller: Caller, deadline: Deadline) -> list[Draft]:
        """The documents with their vectors, all embedded at once; without vectors while a stand-in embeds."""
        texts = [part.indexed_text for item in prepared for part in item.chunks]
        vectors = self._embedded(texts, deadline) if texts and self.embedder.degradation is None else None
        if self.embedder.degradation is not None:
            # It may have become a stand-in while it embedded.
            vectors = None
        ends = accumulate((len(item.chunks) for item in prepared), initial=0)
        return [
            Draft(
                key=item.source.key,
                type=item.parsed.type.value,
                content=item.source.content,
                content_hash=hashlib.sha256(item.source.content).hexdigest(),
                text=item.parsed.text,
                attributes=item.source.attributes,
                chunks=item.chunks,
                vectors=None if vectors is None else vectors[start:end],
                embedder=self.embedder.version,
                chunker=chunker_name(item.parsed.type.value, self.limits),
                fingerprint=item.fingerprint,
                warnings=item.parsed.warnings if vectors is not None else (*item.parsed.warnings, _WITHOUT_VECTORS),
                caller=caller,
            )
            for item, (start, end) in zip(prepared, pairwise(ends), strict=True)
        ]

    def _embedded(self, texts: Sequence[str], deadline: Deadline) -> NDArray[np.float32]:
        """One row for each text, some texts at a time, so that queries get their turn in between."""
        starts = range(0, len(texts), _TEXTS_AT_A_TIME)
        return np.concatenate([self.embedder.embed(texts[at : at + _TEXTS_AT_A_TIME], deadline) for at in starts])


def chunker_name(document_type: str, limits: ChunkLimits) -> str:
    """The chunker of a document type at some limits, as document versions record it."""
    return f"{document_type}@{_CHUNKING}:{limits.max_tokens}/{limits.overlap_tokens}"


def _fingerprint(source: Source, limits: ChunkLimits, embedder: str) -> str:
    """SHA-256 over everything that decides what is stored of a source."""
    decides = [
        hashlib.sha256(source.content).hexdigest(),
        source.declared_type or "",
        source.filename or "",
        serial.dumps(source.attributes),
        chunker_name("", limits),
        embedder,
    ]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()


def cut(source: Source, read: Read, embedder: Embedder, limits: ChunkLimits) -> tuple[Parsed, tuple[StoredChunk, ...]]:
    """Parse a document and cut it into chunks. Raises Rejected."""
    _check(source)
    declared = _declared(source)
    try:
        parsed = read(source.content, declared, source.filename)
        # The chunker puts the title in front of every chunk: questions often name the document that they are about.
        parsed = replace(parsed, title=source.attributes.title or parsed.title or _name(source))
        chunks = chunk(parsed, limits, embedder.count_tokens)
    except ChunkerError as error:
        raise Rejected(error.reason, str(error)) from error
    except Exception as error:
        # Parsers are large, and documents come from anywhere: one that breaks a parser must not stop the others.
        _log.exception("parser_failed", document_id=source.key.document_id)
        raise Rejected("PARSER_FAILED", f"the parser failed on this document ({type(error).__name__})") from error
    if len(chunks) > MAX_CHUNKS:
        raise Rejected("TOO_LARGE", f"it makes {len(chunks)} chunks; a document may have {MAX_CHUNKS}: split it")
    return parsed, _stored(parsed.text, chunks)


def _name(source: Source) -> str:
    """What the document's file is called, as a title for want of one."""
    return PurePath(source.filename or "").stem


def _check_access(source: Source, stored: Current | None, rights: Rights) -> None:
    """Raise Rejected for a document that the caller may not store here, or may not replace."""
    key, region = source.key, source.attributes.region
    for kept, whose in ((rights.server_region, "this server's"), (rights.caller.region, "the caller's")):
        if not same_region(region, kept):
            raise Rejected("REGION_REFUSED", f"its region is {region!r}, and {whose} is {kept!r}")
    present = () if stored is None else (stored.attributes,)
    if not all(rights.allows(Resource.of(key.tenant, key.collection, each)) for each in (source.attributes, *present)):
        raise Rejected("NOT_PERMITTED", "this caller may not store this document")


def _check(source: Source) -> None:
    validity = source.attributes.validity
    for field, value in (("document_id", source.key.document_id), ("collection", source.key.collection)):
        if not value.strip():
            raise Rejected("INVALID_FIELD", f"{field} is empty; a document is known by its collection and its id")
    if validity.start is not None and validity.end is not None and validity.end <= validity.start:
        raise Rejected("INVALID_FIELD", f"valid_until {validity.end} is not after valid_from {validity.start}")


def _declared(source: Source) -> DocumentType | None:
    if source.declared_type is None:
        return None
    try:
        return DocumentType(source.declared_type)
    except ValueError as error:
        known = ", ".join(sorted(DocumentType))
        raise Rejected("UNSUPPORTED_TYPE", f"no type {source.declared_type!r}; the types are {known}") from error


def _stored(text: str, chunks: Sequence[Chunk]) -> tuple[StoredChunk, ...]:
    """The chunks as the records keep them, with the byte offset of each start."""
    stored, position, start_byte = [], 0, 0
    for item in chunks:
        start_byte += len(text[position : item.start].encode())
        position = item.start
        stored.append(
            StoredChunk(
                ordinal=item.ordinal,
                span=Span(item.start, item.end),
                start_byte=start_byte,
                text=item.text,
                kind=item.kind.value,
                heading_path=item.heading_path,
                context_prefix=item.context_prefix,
                tokens=item.tokens,
                page=item.page,
                first_line=item.line_start,
                last_line=item.line_end,
            )
        )
    return tuple(stored)
