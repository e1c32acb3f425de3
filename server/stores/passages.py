"""The searchable side of the store: an index in memory for each tenant, and the records that hits are checked against."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server.deadline import Deadline
from server.domain import Attributes, DocumentKey, Resource, Span
from server.stores.base import PassageRecord
from server.stores.chunk_ids import version_id
from server.stores.database import Database
from server.stores.documents import attributes_of, stored_chunk
from server.stores.index.tenant import TenantView
from server.stores.indexes import Indexes
from server.stores.moments import from_micros
from server.stores.past import Past, attributes_now, counts_at
from server.stores.schema import chunks, documents, versions

# Conditions on anything but the primary key are checked on the rows: given more, SQLite may walk all of a tenant's versions.
_BATCH = 16
_CHUNKS = (
    sa.select(
        documents.c.tenant,
        documents.c.collection,
        documents.c.document_id,
        versions.c.version,
        versions.c.type,
        versions.c.content_hash,
        versions.c.attributes,
        versions.c.stored_at,
        versions.c.superseded_at,
        versions.c.document_pk,
        documents.c.first_stored_at,
        chunks,
    )
    .select_from(
        chunks.join(versions, versions.c.version_id == chunks.c.version_id).join(
            documents, documents.c.document_pk == versions.c.document_pk
        )
    )
    # A fixed number of parameters: SQLAlchemy compiles the statement once, and not anew for every number of chunks.
    .where(chunks.c.chunk_id.in_([sa.bindparam(f"chunk_{number}") for number in range(_BATCH)]))
)

_TEXTS = (
    sa.select(documents.c.tenant, versions.c.version_id, versions.c.text)
    .select_from(versions.join(documents, documents.c.document_pk == versions.c.document_pk))
    .where(versions.c.version_id.in_(sa.bindparam("version_ids", expanding=True)))
)


class IndexedPassages:
    """Views of the indexes, and the records behind them; see `server.stores.base.Passages`."""

    def __init__(self, database: Database, indexes: Indexes, past: Past) -> None:
        self._database = database
        self._indexes = indexes
        self._past = past

    def view(self, tenant: str, min_revision: int, deadline: Deadline) -> TenantView:
        """The tenant's newest view. Raises `Unavailable` when it stays older than `min_revision`."""
        view = self._indexes.view(tenant)
        return view if view.revision >= min_revision else self._indexes.wait_for(tenant, min_revision, deadline)

    def view_at(
        self, tenant: str, moment: datetime, may: Callable[[Resource], bool], min_revision: int, deadline: Deadline
    ) -> TenantView:
        """What the tenant's newest view would have shown at an earlier moment; see `server.stores.base.Passages`."""
        present = self.view(tenant, min_revision, deadline)
        deadline.check("reading the past")
        return self._past.view(tenant, present, moment, may)

    def read(
        self, tenant: str, chunk_ids: Sequence[int], moment: datetime | None = None
    ) -> Mapping[int, PassageRecord]:
        """The records of chunks, as of a moment (None: now); what did not count then is left out."""
        now: Mapping[int, Attributes] = {}
        if moment is None and len(chunk_ids) <= _BATCH:
            with self._database.look() as connection:
                rows = _read(connection, chunk_ids)
        else:
            with self._database.read() as connection:
                rows = _read(connection, chunk_ids)
                if moment is not None:
                    now = attributes_now(connection, {row.document_pk for row in rows if row.superseded_at is not None})
        return {
            row.chunk_id: PassageRecord(
                chunk_id=row.chunk_id,
                key=DocumentKey(tenant, row.collection, row.document_id),
                version=row.version,
                type=row.type,
                content_hash=row.content_hash,
                attributes=attributes_of(row.attributes),
                stored_at=from_micros(row.stored_at),
                chunk=stored_chunk(row),
                superseded_by=now.get(row.document_pk) if row.superseded_at is not None else None,
            )
            for row in rows
            if row.tenant == tenant and counts_at(row, moment)
        }

    def text(self, tenant: str, chunk_id: int, span: Span) -> str | None:
        """The text at a span of the document version that a chunk belongs to; None once that is deleted."""
        text = sa.func.substr(versions.c.text, span.start + 1, span.end - span.start)
        found = (
            sa.select(text)
            .select_from(versions.join(documents, documents.c.document_pk == versions.c.document_pk))
            .where(versions.c.version_id == version_id(chunk_id), documents.c.tenant == tenant)
        )
        with self._database.read() as connection:
            value: str | None = connection.execute(found).scalar()
        return value

    def texts(self, tenant: str, version_ids: Sequence[int]) -> Mapping[int, str]:
        """The texts of versions; those that are deleted or another tenant's are left out."""
        if not version_ids:
            return {}
        with self._database.read() as connection:
            rows = connection.execute(_TEXTS, {"version_ids": list(version_ids)}).all()
        return {row.version_id: row.text for row in rows if row.tenant == tenant}


def _read(connection: sa.Connection, chunk_ids: Sequence[int]) -> list[Any]:
    """The rows of chunks; their columns are read by name, which their type does not tell."""
    rows: list[Any] = []
    for start in range(0, len(chunk_ids), _BATCH):
        rows += connection.execute(_CHUNKS, _parameters(chunk_ids[start : start + _BATCH])).all()
    return rows


def _parameters(chunk_ids: Sequence[int]) -> dict[str, int]:
    """The parameters of `_CHUNKS` for at least one and at most `_BATCH` chunks, the first repeated to fill up."""
    return {
        f"chunk_{number}": chunk_ids[number] if number < len(chunk_ids) else chunk_ids[0] for number in range(_BATCH)
    }
