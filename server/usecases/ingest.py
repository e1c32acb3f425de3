"""Documents in: bytes to text, to chunks, to vectors, to durable and visible records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import PurePath
from threading import Event
from typing import TypeAlias

import numpy as np
import structlog
from numpy.typing import NDArray

from chunkers import Chunk, ChunkerError, ChunkLimits, DocumentType, InvalidLimits, Parsed, chunk, parse
from server.access.control import AccessControl, Rights
from server.access.rules import Action, same_region
from server.deadline import NEVER, Deadline
from server.domain import Caller, DocumentKey, Preview, Resource, Source, Span, StoredChunk, UpsertOutcome, UpsertStatus
from server.errors import InvalidInput
from server.models.base import Embedder
from server.stores import serial
from server.stores.base import Current, Documents, Draft, Written
from server.stores.chunk_ids import MAX_CHUNKS

_log = structlog.get_logger(__name__)

Read: TypeAlias = Callable[[bytes, DocumentType | None, str | None], Parsed]
"""Reads a document as `chunkers.parse` does: content, type if it is known, file name if there is one."""

DEFAULT_LIMITS = ChunkLimits(max_tokens=200)

# Goes into every fingerprint: raise it when the same bytes would be chunked otherwise.
_CHUNKING = "2"
_DOCUMENTS_AT_A_TIME = 32
_BYTES_AT_A_TIME = 2 << 20
_TEXTS_AT_A_TIME = 128
_WITHOUT_VECTORS = "stored without embeddings, since the embedding model is not available; found by its words only"


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A document cut into chunks, on its way to the embedder."""

    source: Source
    fingerprint: str
    parsed: Parsed
    chunks: tuple[StoredChunk, ...]


@dataclass(frozen=True, slots=True)
class _Submitted:
    """A document handed to the store, whose commit is on its way."""

    prepared: _Prepared
    warnings: tuple[str, ...]
    written: Future[Written]


class _Rejected(Exception):
    """A document cannot be taken in; `reason` is for programs."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class IngestDocuments:
    """Takes documents in, many at a time; one that cannot be read is rejected by itself."""

    documents: Documents
    embedder: Embedder
    access: AccessControl
    take_bytes: Callable[[str, int], None]
    limits: ChunkLimits = DEFAULT_LIMITS
    read: Read = parse

    def __call__(
        self, caller: Caller, sources: Iterable[Source], deadline: Deadline = NEVER
    ) -> Iterator[UpsertOutcome]:
        """One outcome for each source, in order, once it is durable and visible to every later query that may see it.

        A source is rejected that the caller may not store, or that would replace a document which it may not store.
        The work is done as outcomes are taken; the next documents are embedded while those before are committed. Raises
        Overloaded for more than the tenant may store, DeadlineExceeded, ModelFailure and StoreFailure; outcomes that were
        taken by then stand, and sending everything again is safe.
        """
        rights = self.access.rights(caller, Action.WRITE)
        before: list[UpsertOutcome | _Submitted] = []
        for batch in _batches(sources):
            deadline.check("ingestion")
            self.take_bytes(caller.tenant, sum(len(source.content) for source in batch))
            unsettled = {item.prepared.source.key for item in before if isinstance(item, _Submitted)}
            submitted = self._submit(batch, unsettled, rights, deadline)
            yield from map(_settled, before)
            before = submitted
        yield from map(_settled, before)

    def _submit(
        self, batch: Sequence[Source], unsettled: set[DocumentKey], rights: Rights, deadline: Deadline
    ) -> list[UpsertOutcome | _Submitted]:
        """Prepare and embed a batch, and hand it to the store without waiting for the commit."""
        current = self.documents.current([source.key for source in batch if source.key not in unsettled])
        steps: list[UpsertOutcome | _Prepared] = []
        for source in batch:
            stored = None if source.key in unsettled else current.get(source.key)
            step = self._prepare(source, stored, rights)
            if isinstance(step, _Prepared):
                # The store has yet to take it in, so a later source of the same name has nothing to compare with.
                unsettled.add(source.key)
            steps.append(step)
        drafts = iter(self._drafts([step for step in steps if isinstance(step, _Prepared)], rights.caller, deadline))
        return [step if isinstance(step, UpsertOutcome) else self._put(step, next(drafts)) for step in steps]

    def _prepare(self, source: Source, stored: Current | None, rights: Rights) -> UpsertOutcome | _Prepared:
        try:
            _check_access(source, stored, rights)
        except _Rejected as rejected:
            return UpsertOutcome(source.key, UpsertStatus.REJECTED, reason=rejected.reason, message=str(rejected))
        fingerprint = _fingerprint(source, self.limits, self.embedder.version)
        if stored is not None and stored.fingerprint == fingerprint:
            return UpsertOutcome(
                source.key, UpsertStatus.UNCHANGED, stored.version, stored.type, stored.chunks, stored.revision
            )
        try:
            parsed, chunks = _cut(source, self.read, self.embedder, self.limits)
        except _Rejected as rejected:
            return UpsertOutcome(source.key, UpsertStatus.REJECTED, reason=rejected.reason, message=str(rejected))
        return _Prepared(source, fingerprint, parsed, chunks)

    def _drafts(self, prepared: Sequence[_Prepared], caller: Caller, deadline: Deadline) -> list[Draft]:
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

    def _put(self, prepared: _Prepared, draft: Draft) -> _Submitted:
        return _Submitted(prepared, draft.warnings, self.documents.put(draft))


@dataclass(frozen=True, slots=True)
class PreviewChunks:
    """Shows how a document would be cut, without storing it."""

    embedder: Embedder
    limits: ChunkLimits = DEFAULT_LIMITS
    read: Read = parse

    def __call__(self, source: Source, max_tokens: int = 0, overlap_tokens: int = 0) -> Preview:
        """The text and the chunks, of at most `max_tokens` each; 0 means the limits that ingestion has.

        Raises InvalidInput for a document that ingestion would reject, and for limits that no document could meet.
        """
        try:
            limits = ChunkLimits(max_tokens, overlap_tokens) if max_tokens else self.limits
        except InvalidLimits as error:
            raise InvalidInput("overlap_tokens", str(error), reason="OUT_OF_RANGE") from error
        try:
            parsed, chunks = _cut(source, self.read, self.embedder, limits)
        except _Rejected as rejected:
            raise InvalidInput("document", str(rejected), reason=rejected.reason) from rejected
        return Preview(parsed.type.value, parsed.title, parsed.text, chunks, parsed.warnings)


@dataclass(frozen=True, slots=True)
class EmbedMissing:
    """Embeds the chunks that have no vector of this embedder: stored while it was away, or embedded by another."""

    documents: Documents
    embedder: Embedder

    def __call__(self, stop: Event | None = None) -> int:
        """How many chunks were embedded; ends early once `stop` is set, or while only a stand-in embeds.

        Raises ModelFailure and StoreFailure; what was embedded by then stays.
        """
        count, after = 0, 0
        while self.embedder.degradation is None and not (stop is not None and stop.is_set()):
            found = self.documents.unembedded(after, _DOCUMENTS_AT_A_TIME)
            if not found:
                break
            vectors = self.embedder.embed([part.text for part in found])
            for tenant in dict.fromkeys(part.tenant for part in found):
                rows = [row for row, part in enumerate(found) if part.tenant == tenant]
                self.documents.embed(tenant, [found[row].chunk_id for row in rows], vectors[rows]).result()
            count, after = count + len(found), found[-1].chunk_id
        return count


def chunker_name(document_type: str, limits: ChunkLimits) -> str:
    """The chunker of a document type at some limits, as document versions record it."""
    return f"{document_type}@{_CHUNKING}:{limits.max_tokens}/{limits.overlap_tokens}"


def _batches(sources: Iterable[Source]) -> Iterator[list[Source]]:
    """Runs of documents, bounded in number and, but for a single large one, in bytes."""
    batch: list[Source] = []
    size = 0
    for source in sources:
        if batch and (len(batch) == _DOCUMENTS_AT_A_TIME or size + len(source.content) > _BYTES_AT_A_TIME):
            yield batch
            batch, size = [], 0
        batch.append(source)
        size += len(source.content)
    if batch:
        yield batch


def _settled(item: UpsertOutcome | _Submitted) -> UpsertOutcome:
    """The outcome of a document, once its commit is done."""
    if isinstance(item, UpsertOutcome):
        return item
    written = item.written.result()
    return UpsertOutcome(
        key=item.prepared.source.key,
        status=written.status,
        version=written.version,
        type=written.type,
        chunks=written.chunks,
        revision=written.revision,
        warnings=item.warnings,
    )


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


def _cut(source: Source, read: Read, embedder: Embedder, limits: ChunkLimits) -> tuple[Parsed, tuple[StoredChunk, ...]]:
    """Parse a document and cut it into chunks. Raises _Rejected."""
    _check(source)
    declared = _declared(source)
    try:
        parsed = read(source.content, declared, source.filename)
        # The chunker puts the title in front of every chunk: questions often name the document that they are about.
        parsed = replace(parsed, title=source.attributes.title or parsed.title or _name(source))
        chunks = chunk(parsed, limits, embedder.count_tokens)
    except ChunkerError as error:
        raise _Rejected(error.reason, str(error)) from error
    except Exception as error:
        # Parsers are large, and documents come from anywhere: one that breaks a parser must not stop the others.
        _log.exception("parser_failed", document_id=source.key.document_id)
        raise _Rejected("PARSER_FAILED", f"the parser failed on this document ({type(error).__name__})") from error
    if len(chunks) > MAX_CHUNKS:
        raise _Rejected("TOO_LARGE", f"it makes {len(chunks)} chunks; a document may have {MAX_CHUNKS}: split it")
    return parsed, _stored(parsed.text, chunks)


def _name(source: Source) -> str:
    """What the document's file is called, as a title for want of one."""
    return PurePath(source.filename or "").stem


def _check_access(source: Source, stored: Current | None, rights: Rights) -> None:
    """Raise _Rejected for a document that the caller may not store here, or may not replace."""
    key, region = source.key, source.attributes.region
    for kept, whose in ((rights.server_region, "this server's"), (rights.caller.region, "the caller's")):
        if not same_region(region, kept):
            raise _Rejected("REGION_REFUSED", f"its region is {region!r}, and {whose} is {kept!r}")
    present = () if stored is None else (stored.attributes,)
    if not all(rights.allows(Resource.of(key.tenant, key.collection, each)) for each in (source.attributes, *present)):
        raise _Rejected("NOT_PERMITTED", "this caller may not store this document")


def _check(source: Source) -> None:
    validity = source.attributes.validity
    for field, value in (("document_id", source.key.document_id), ("collection", source.key.collection)):
        if not value.strip():
            raise _Rejected("INVALID_FIELD", f"{field} is empty; a document is known by its collection and its id")
    if validity.start is not None and validity.end is not None and validity.end <= validity.start:
        raise _Rejected("INVALID_FIELD", f"valid_until {validity.end} is not after valid_from {validity.start}")


def _declared(source: Source) -> DocumentType | None:
    if source.declared_type is None:
        return None
    try:
        return DocumentType(source.declared_type)
    except ValueError as error:
        known = ", ".join(sorted(DocumentType))
        raise _Rejected("UNSUPPORTED_TYPE", f"no type {source.declared_type!r}; the types are {known}") from error


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
