"""Documents and their versions in SQL; see `server.stores.base.Documents`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from server.domain import (
    Attributes,
    Caller,
    Deletion,
    DocumentKey,
    DocumentVersion,
    Resource,
    Span,
    StoredChunk,
    StoredDocument,
    UpsertStatus,
)
from server.errors import NotFound
from server.stores import chunk_ids as numbering
from server.stores import serial
from server.stores.base import Current, Draft, Unembedded, Written
from server.stores.chain import AuditEntry
from server.stores.database import Database
from server.stores.index.analysis import terms_of
from server.stores.index.change import Change
from server.stores.index.columns import Facts
from server.stores.index.segment import Entry
from server.stores.moments import from_micros, to_micros
from server.stores.schema import chunks, documents, embeddings, revisions, versions
from server.stores.writer import Transaction, Writer

# Rows are read by the names of their columns, which their type does not tell.
_Row: TypeAlias = Any

_IS_CURRENT = versions.c.superseded_at.is_(None)
_VERSION_OF = sa.join(documents, versions, versions.c.document_pk == documents.c.document_pk)
_VERSION_COLUMNS = [
    documents.c.tenant,
    documents.c.collection,
    documents.c.document_id,
    *(column for column in versions.c if column.name not in ("content", "text")),
]
_TENANTS_REVISION = (
    sa.select(sa.func.max(revisions.c.revision))
    .where(revisions.c.tenant == documents.c.tenant)
    .scalar_subquery()
    .label("revision")
)
# A statement takes some hundred parameters at most on every database; more keys are looked up in several.
_KEYS_AT_A_TIME = 100
# The writer's time is everybody's.
_VERSIONS_AT_A_TIME = 200


class SqlDocuments:
    """Reads on the caller's thread, writes through the writer."""

    def __init__(self, database: Database, writer: Writer, embedder: str) -> None:
        """Documents whose vectors are those of `embedder`; vectors of another are not stored."""
        self._database = database
        self._writer = writer
        self._embedder = embedder

    def current(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Current]:
        """What is stored for each of the keys; documents that are not there are left out."""
        found: dict[DocumentKey, Current] = {}
        for start in range(0, len(keys), _KEYS_AT_A_TIME):
            query = (
                sa.select(*_VERSION_COLUMNS, _TENANTS_REVISION)
                .select_from(_VERSION_OF)
                .where(_IS_CURRENT, _any_of(keys[start : start + _KEYS_AT_A_TIME]))
            )
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            for row in rows:
                found[_key(row)] = Current(
                    fingerprint=row.fingerprint,
                    type=row.type,
                    version=row.version,
                    chunks=row.chunk_count,
                    revision=row.revision,
                    attributes=attributes_of(row.attributes),
                )
        return found

    def attributes(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Attributes]:
        """What is said of the current version of each of the keys; documents that are not there are left out."""
        found: dict[DocumentKey, Attributes] = {}
        columns = (documents.c.tenant, documents.c.collection, documents.c.document_id, versions.c.attributes)
        for start in range(0, len(keys), _KEYS_AT_A_TIME):
            named = _any_of(keys[start : start + _KEYS_AT_A_TIME])
            with self._database.read() as connection:
                rows = connection.execute(sa.select(*columns).select_from(_VERSION_OF).where(_IS_CURRENT, named)).all()
            found |= {_key(row): attributes_of(row.attributes) for row in rows}
        return found

    def put(self, draft: Draft) -> Future[Written]:
        """Store a draft as its document's current version, superseding the one before in the same commit."""
        prepared = ready(draft, self._embedder)
        return self._writer.submit(lambda transaction: put(transaction, prepared))

    def delete(
        self, keys: Sequence[DocumentKey], may: Callable[[Resource], bool], caller: Caller | None = None
    ) -> Future[Deletion]:
        """Remove documents with all their versions, in one commit; see `server.stores.base.Documents`."""
        return self._writer.submit(lambda transaction: delete(transaction, keys, may, caller))

    def get(self, key: DocumentKey, version: int | None = None) -> StoredDocument:
        """One version of a document, the current one if None. Raises `NotFound`."""
        which = _IS_CURRENT if version is None else versions.c.version == version
        query = sa.select(*_VERSION_COLUMNS, versions.c.text).select_from(_VERSION_OF).where(_named(key), which)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                name = f"{key.collection}/{key.document_id}"
                raise NotFound("document", name if version is None else f"{name} version {version}")
            in_order = sa.select(chunks).where(chunks.c.version_id == row.version_id).order_by(chunks.c.ordinal)
            parts = connection.execute(in_order).all()
        return StoredDocument(_document_version(row), row.text, tuple(stored_chunk(part) for part in parts))

    def page(
        self, tenant: str, collection: str, after: tuple[str, str] | None, size: int
    ) -> tuple[DocumentVersion, ...]:
        """Current versions after (collection, document id) in that order, at most `size`; "" means every collection."""
        position = (documents.c.collection, documents.c.document_id)
        query = sa.select(*_VERSION_COLUMNS).select_from(_VERSION_OF).where(documents.c.tenant == tenant, _IS_CURRENT)
        if collection:
            query = query.where(documents.c.collection == collection)
        if after is not None:
            query = query.where(sa.tuple_(*position) > sa.tuple_(*after))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(*position).limit(size)).all()
        return tuple(_document_version(row) for row in rows)

    def stored_bytes(self, tenant: str) -> int:
        """How many bytes the content of all versions of a tenant's documents has."""
        size = sa.func.coalesce(sa.func.sum(sa.func.length(versions.c.content)), 0)
        query = sa.select(size).select_from(_VERSION_OF).where(documents.c.tenant == tenant)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def forget(self, before: datetime) -> Future[int]:
        """Erase some versions that were superseded before a moment, and count them; 0 says that none is left."""
        return self._writer.submit(lambda transaction: _forget(transaction.connection, to_micros(before)))

    def unembedded(self, after: int, size: int) -> tuple[Unembedded, ...]:
        """Chunks without a vector, by ascending chunk id after `after`, at most `size`."""
        query = (
            sa.select(documents.c.tenant, chunks)
            .select_from(_VERSION_OF.join(chunks, chunks.c.version_id == versions.c.version_id))
            .outerjoin(embeddings, embeddings.c.chunk_id == chunks.c.chunk_id)
            .where(_IS_CURRENT, chunks.c.chunk_id > after)
            .where(sa.or_(embeddings.c.embedder.is_(None), embeddings.c.embedder != self._embedder))
            .order_by(chunks.c.chunk_id)
            .limit(size)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Unembedded(row.tenant, row.chunk_id, stored_chunk(row).indexed_text) for row in rows)

    def embed(self, tenant: str, chunk_ids: Sequence[int], vectors: NDArray[np.float32]) -> Future[None]:
        """Add the vectors of chunks that had none; chunks that are gone by then are skipped."""
        halves = vectors.astype("<f2")
        return self._writer.submit(lambda transaction: _embed(transaction, tenant, chunk_ids, halves, self._embedder))


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A draft with all that can be made of it before the writer's turn, since the writer's time is everybody's."""

    draft: Draft
    vectors: NDArray[np.float16] | None
    terms: tuple[NDArray[np.uint64], ...]
    embedder: str


def ready(draft: Draft, embedder: str) -> Ready:
    """A draft ready for `put`; vectors of another embedder are dropped."""
    keep_vectors = draft.vectors is not None and draft.embedder == embedder
    # float16 here, so that the index and the records hold the same numbers.
    vectors = np.asarray(draft.vectors, dtype="<f2") if keep_vectors else None
    return Ready(draft, vectors, tuple(terms_of(chunk.indexed_text) for chunk in draft.chunks), embedder)


@lru_cache(maxsize=4_096)
def attributes_of(text: str) -> Attributes:
    """The attributes that a row keeps as JSON; the passages of a document share one."""
    return serial.loads(Attributes, text)


@lru_cache(maxsize=4_096)
def _path_of(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def stored_chunk(row: _Row) -> StoredChunk:
    """The chunk of a row that has the columns of the table `chunks`."""
    return StoredChunk(
        ordinal=row.ordinal,
        span=Span(row.span_start, row.span_end),
        start_byte=row.start_byte,
        text=row.text,
        kind=row.kind,
        heading_path=_path_of(row.heading_path),
        context_prefix=row.context_prefix,
        tokens=row.tokens,
        page=row.page,
        first_line=row.first_line,
        last_line=row.last_line,
    )


def put(transaction: Transaction, prepared: Ready) -> Written:
    """Store a draft as its document's current version, and enter it into the audit chain."""
    draft = prepared.draft
    written = _put(transaction, prepared)
    if written.status is not UpsertStatus.UNCHANGED:
        details = {
            "documents": [[draft.key.collection, draft.key.document_id, written.version]],
            "entities": list(draft.attributes.entity_keys),
            "content": draft.content_hash,
        }
        transaction.enter(AuditEntry(draft.key.tenant, draft.caller, "document.put", written.status, details=details))
    return written


def _put(transaction: Transaction, prepared: Ready) -> Written:
    draft, vectors, terms = prepared.draft, prepared.vectors, prepared.terms
    connection, change = transaction.connection, Change()
    document = connection.execute(sa.select(documents).where(_named(draft.key))).one_or_none()
    current = None
    if document is not None:
        which = sa.and_(versions.c.document_pk == document.document_pk, _IS_CURRENT)
        current = connection.execute(
            sa.select(versions.c.version_id, versions.c.version, versions.c.fingerprint).where(which)
        ).one_or_none()
    if current is not None and current.fingerprint == draft.fingerprint:
        revision = transaction.revision(draft.key.tenant)
        return Written(UpsertStatus.UNCHANGED, draft.type, current.version, len(draft.chunks), revision)
    if current is not None:
        _supersede(transaction, current.version_id)
        change.gone.append(current.version_id)
    document_pk, version = _next_version(transaction, draft.key, document, is_new=current is None)
    version_id = _insert_version(transaction, draft, document_pk, version)
    ids = [numbering.chunk_id(version_id, chunk.ordinal) for chunk in draft.chunks]
    _insert_chunks(connection, draft.chunks, ids, version_id)
    if vectors is not None:
        _insert_vectors(connection, ids, vectors, prepared.embedder)
    change.versions.append(Facts(version_id, draft.key, draft.type, draft.attributes, transaction.now))
    change.entries += [
        Entry(chunk_id, terms[row], None if vectors is None else vectors[row]) for row, chunk_id in enumerate(ids)
    ]
    revision = transaction.record(draft.key.tenant, change)
    status = UpsertStatus.CREATED if current is None else UpsertStatus.UPDATED
    return Written(status, draft.type, version, len(draft.chunks), revision)


def _next_version(
    transaction: Transaction, key: DocumentKey, document: _Row | None, *, is_new: bool
) -> tuple[int, int]:
    """The document's primary key and the number of its next version, both reserved; `is_new` begins its history."""
    connection, now = transaction.connection, to_micros(transaction.now)
    if document is None:
        values = {
            "tenant": key.tenant,
            "collection": key.collection,
            "document_id": key.document_id,
            "last_version": 1,
            "first_stored_at": now,
        }
        made = connection.execute(sa.insert(documents).values(values).returning(documents.c.document_pk))
        return made.scalar_one(), 1
    version = document.last_version + 1
    changed = {"last_version": version, "first_stored_at": now if is_new else document.first_stored_at}
    connection.execute(sa.update(documents).where(documents.c.document_pk == document.document_pk).values(changed))
    return int(document.document_pk), version


def _supersede(transaction: Transaction, version_id: int) -> None:
    which = versions.c.version_id == version_id
    transaction.connection.execute(sa.update(versions).where(which).values(superseded_at=to_micros(transaction.now)))


def _insert_version(transaction: Transaction, draft: Draft, document_pk: int, version: int) -> int:
    row = {
        "document_pk": document_pk,
        "version": version,
        "type": draft.type,
        "content": draft.content,
        "content_hash": draft.content_hash,
        "text": draft.text,
        "attributes": serial.dumps(draft.attributes),
        "chunker": draft.chunker,
        "fingerprint": draft.fingerprint,
        "characters": len(draft.text),
        "chunk_count": len(draft.chunks),
        "warnings": json.dumps(draft.warnings),
        "stored_at": to_micros(transaction.now),
    }
    made = transaction.connection.execute(sa.insert(versions).values(row).returning(versions.c.version_id))
    return int(made.scalar_one())


def _insert_chunks(
    connection: sa.Connection, parts: Sequence[StoredChunk], ids: Sequence[int], version_id: int
) -> None:
    rows = [
        {
            "chunk_id": chunk_id,
            "version_id": version_id,
            "ordinal": chunk.ordinal,
            "span_start": chunk.span.start,
            "span_end": chunk.span.end,
            "start_byte": chunk.start_byte,
            "text": chunk.text,
            "kind": chunk.kind,
            "heading_path": json.dumps(chunk.heading_path, ensure_ascii=False),
            "context_prefix": chunk.context_prefix,
            "tokens": chunk.tokens,
            "page": chunk.page,
            "first_line": chunk.first_line,
            "last_line": chunk.last_line,
        }
        for chunk_id, chunk in zip(ids, parts, strict=True)
    ]
    connection.execute(sa.insert(chunks), rows)


def _insert_vectors(connection: sa.Connection, ids: Sequence[int], vectors: NDArray[np.float16], embedder: str) -> None:
    rows = [
        {"chunk_id": chunk_id, "embedder": embedder, "vector": vector.tobytes()}
        for chunk_id, vector in zip(ids, vectors, strict=True)
    ]
    connection.execute(sa.insert(embeddings), rows)


def _embed(
    transaction: Transaction, tenant: str, chunk_ids: Sequence[int], vectors: NDArray[np.float16], embedder: str
) -> None:
    current = sa.join(chunks, versions, chunks.c.version_id == versions.c.version_id)
    query = sa.select(chunks.c.chunk_id).select_from(current).where(_IS_CURRENT, chunks.c.chunk_id.in_(chunk_ids))
    present = set(transaction.connection.execute(query).scalars())
    rows = [row for row, chunk_id in enumerate(chunk_ids) if chunk_id in present]
    if not rows:
        return
    ids = [chunk_ids[row] for row in rows]
    transaction.connection.execute(sa.delete(embeddings).where(embeddings.c.chunk_id.in_(ids)))
    _insert_vectors(transaction.connection, ids, vectors[rows], embedder)
    transaction.record(tenant, Change(vectors=[(np.array(ids, dtype=np.int64), vectors[rows])]))


def delete(
    transaction: Transaction, keys: Sequence[DocumentKey], may: Callable[[Resource], bool], caller: Caller | None
) -> Deletion:
    """Remove documents with all their versions, and enter that into the audit chains."""
    deletion = _delete(transaction, keys, may)
    for tenant in dict.fromkeys(key.tenant for key in deletion.deleted):
        gone = [[key.collection, key.document_id, 0] for key in deletion.deleted if key.tenant == tenant]
        transaction.enter(AuditEntry(tenant, caller, "document.delete", "DELETED", details={"documents": gone}))
    return deletion


def _delete(transaction: Transaction, keys: Sequence[DocumentKey], may: Callable[[Resource], bool]) -> Deletion:
    deleted, missing, changes = [], [], dict[str, Change]()
    for key in dict.fromkeys(keys):
        found = sa.select(versions.c.version_id, versions.c.superseded_at, versions.c.attributes)
        rows = transaction.connection.execute(found.select_from(_VERSION_OF).where(_named(key))).all()
        # Here and not before, so that nobody can change who may while this waits its turn.
        current = [attributes_of(row.attributes) for row in rows if row.superseded_at is None]
        if not current or not all(may(Resource.of(key.tenant, key.collection, each)) for each in current):
            missing.append(key)
            continue
        for row in rows:
            _erase(transaction.connection, row.version_id)
            if row.superseded_at is None:
                changes.setdefault(key.tenant, Change()).gone.append(row.version_id)
        deleted.append(key)
    for tenant, change in changes.items():
        transaction.record(tenant, change)
    revision = max((transaction.revision(key.tenant) for key in keys), default=0)
    return Deletion(tuple(deleted), tuple(missing), revision)


def _forget(connection: sa.Connection, before: int) -> int:
    oldest = sa.select(versions.c.version_id).where(versions.c.superseded_at < before).limit(_VERSIONS_AT_A_TIME)
    found = connection.execute(oldest).scalars().all()
    for version_id in found:
        _erase(connection, version_id)
    return len(found)


def _erase(connection: sa.Connection, version_id: int) -> None:
    """Remove a version with its content; its document's row stays, so that version numbers are never given twice."""
    connection.execute(sa.delete(embeddings).where(_chunk_of(version_id, embeddings.c.chunk_id)))
    connection.execute(sa.delete(chunks).where(_chunk_of(version_id, chunks.c.chunk_id)))
    connection.execute(sa.delete(versions).where(versions.c.version_id == version_id))


def _chunk_of(version_id: int, column: sa.Column[int]) -> sa.ColumnElement[bool]:
    return sa.and_(column >= numbering.chunk_id(version_id, 0), column < numbering.chunk_id(version_id + 1, 0))


def _named(key: DocumentKey) -> sa.ColumnElement[bool]:
    return sa.and_(
        documents.c.tenant == key.tenant,
        documents.c.collection == key.collection,
        documents.c.document_id == key.document_id,
    )


def _any_of(keys: Sequence[DocumentKey]) -> sa.ColumnElement[bool]:
    name = sa.tuple_(documents.c.tenant, documents.c.collection, documents.c.document_id)
    return name.in_([(key.tenant, key.collection, key.document_id) for key in keys])


def _key(row: _Row) -> DocumentKey:
    return DocumentKey(row.tenant, row.collection, row.document_id)


def _document_version(row: _Row) -> DocumentVersion:
    return DocumentVersion(
        key=_key(row),
        version=row.version,
        type=row.type,
        content_hash=row.content_hash,
        attributes=attributes_of(row.attributes),
        stored_at=from_micros(row.stored_at),
        superseded_at=None if row.superseded_at is None else from_micros(row.superseded_at),
        characters=row.characters,
        chunks=row.chunk_count,
        chunker=row.chunker,
        warnings=tuple(json.loads(row.warnings)),
    )
