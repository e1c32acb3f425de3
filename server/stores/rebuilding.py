"""Making a tenant's index from the records, with as much help from its snapshot as can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sqlalchemy as sa
import structlog
from numpy.typing import NDArray

from server.domain import DocumentKey
from server.stores.database import Database
from server.stores.documents import attributes_of, stored_chunk
from server.stores.index.analysis import terms_of
from server.stores.index.columns import Facts
from server.stores.index.segment import Entry, Segment, merge, segment_of
from server.stores.index.snapshot import Snapshot, SnapshotRejected, folder_of, load_snapshot
from server.stores.index.tenant import TenantIndex
from server.stores.moments import from_micros
from server.stores.schema import chunks, documents, embeddings, revisions, versions

_log = structlog.get_logger(__name__)

_CHUNKS_AT_A_TIME = 8_192

_CURRENT = (
    documents.c.tenant == sa.bindparam("tenant"),
    versions.c.document_pk == documents.c.document_pk,
    versions.c.superseded_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """An index, and how many of its chunks are not in the snapshot on disk."""

    index: TenantIndex
    unsaved: int


@dataclass(frozen=True, slots=True)
class Rebuilder:
    """Builds indexes whose vectors are those of `embedder`, from records and from snapshots in `directory`."""

    database: Database
    directory: Path
    embedder: str
    dimension: int
    exact_limit: int

    def revisions(self) -> dict[str, int]:
        """The last committed revision of every tenant."""
        newest = sa.select(revisions.c.tenant, sa.func.max(revisions.c.revision)).group_by(revisions.c.tenant)
        with self.database.read() as connection:
            return {tenant: revision for tenant, revision in connection.execute(newest)}  # noqa: C416 -- rows are tuples, which dict() cannot be told

    def stamp(self, tenant: str, revision: int) -> str:
        """What tells this history's revision from another's of the same number; "" when there is no such revision."""
        with self.database.read() as connection:
            return _stamp(connection, tenant, revision)

    def index(self, tenant: str) -> Rebuilt:
        """The tenant's index as of its last commit. Raises StoreFailure."""
        with self.database.read() as connection:
            newest = sa.select(sa.func.max(revisions.c.revision)).where(revisions.c.tenant == tenant)
            revision = connection.execute(newest).scalar_one() or 0
            versions_now = _facts(connection, tenant)
            live = _chunk_ids(connection, tenant)
            kept = self._trusted(connection, tenant, live)
            had = np.concatenate([np.empty(0, dtype=np.int64), *(segment.chunk_ids for segment in kept)])
            added = list(self._segments(connection, tenant, np.setdiff1d(live, had)))
        unsaved = sum(map(len, added))
        if unsaved <= self.exact_limit and len(added) > 1:
            added = [merge(added)]
        index = TenantIndex(
            self.dimension, self.exact_limit, revision=revision, versions=versions_now, segments=[*kept, *added]
        )
        return Rebuilt(index, unsaved)

    def _trusted(self, connection: sa.Connection, tenant: str, live: NDArray[np.int64]) -> tuple[Segment, ...]:
        """The snapshot's segments; none when it cannot be trusted or is mostly of chunks that are gone."""
        try:
            snapshot = load_snapshot(folder_of(self.directory, tenant), self.embedder, self.dimension)
            _same_history(connection, tenant, snapshot)
        except SnapshotRejected as rejected:
            if len(live):
                _log.warning("index_rebuilt", tenant=tenant, chunks=len(live), because=str(rejected))
            return ()
        size = sum(len(segment) for segment in snapshot.segments)
        present = sum(int(np.isin(segment.chunk_ids, live).sum()) for segment in snapshot.segments)
        return snapshot.segments if 2 * present > size else ()

    def _segments(self, connection: sa.Connection, tenant: str, chunk_ids: NDArray[np.int64]) -> Iterator[Segment]:
        wanted = set(chunk_ids.tolist())
        if not wanted:
            return
        of_embedder = sa.and_(embeddings.c.chunk_id == chunks.c.chunk_id, embeddings.c.embedder == self.embedder)
        query = (
            sa.select(chunks, embeddings.c.vector)
            .select_from(chunks.join(versions, versions.c.version_id == chunks.c.version_id))
            .join(documents, documents.c.document_pk == versions.c.document_pk)
            .outerjoin(embeddings, of_embedder)
            .where(*_CURRENT, chunks.c.chunk_id.between(int(chunk_ids[0]), int(chunk_ids[-1])))
            .order_by(chunks.c.chunk_id)
        )
        result = connection.execution_options(yield_per=_CHUNKS_AT_A_TIME).execute(query, {"tenant": tenant})
        for rows in result.partitions():
            entries = [
                Entry(
                    chunk_id=row.chunk_id,
                    terms=terms_of(stored_chunk(row).indexed_text),
                    vector=None if row.vector is None else np.frombuffer(row.vector, dtype="<f2"),
                )
                for row in rows
                if row.chunk_id in wanted
            ]
            if entries:
                yield segment_of(entries, self.dimension)


def _same_history(connection: sa.Connection, tenant: str, snapshot: Snapshot) -> None:
    """Raise SnapshotRejected unless the records have passed through the very revision that the snapshot shows."""
    origin = snapshot.origin
    if origin.tenant != tenant or _stamp(connection, tenant, origin.revision) != origin.stamp:
        raise SnapshotRejected(f"it shows a revision {origin.revision} that these records never had")


def _stamp(connection: sa.Connection, tenant: str, revision: int) -> str:
    query = sa.select(revisions.c.stamp).where(revisions.c.tenant == tenant, revisions.c.revision == revision)
    return connection.execute(query).scalar_one_or_none() or ""


def _facts(connection: sa.Connection, tenant: str) -> list[Facts]:
    query = (
        sa.select(
            versions.c.version_id,
            documents.c.collection,
            documents.c.document_id,
            versions.c.type,
            versions.c.attributes,
            versions.c.stored_at,
        )
        .where(*_CURRENT)
        .order_by(versions.c.version_id)
    )
    return [
        Facts(
            version_id=row.version_id,
            key=DocumentKey(tenant, row.collection, row.document_id),
            type=row.type,
            attributes=attributes_of(row.attributes),
            stored_at=from_micros(row.stored_at),
        )
        for row in connection.execute(query, {"tenant": tenant})
    ]


def _chunk_ids(connection: sa.Connection, tenant: str) -> NDArray[np.int64]:
    query = (
        sa.select(chunks.c.chunk_id)
        .where(*_CURRENT, chunks.c.version_id == versions.c.version_id)
        .order_by(chunks.c.chunk_id)
    )
    return np.array(connection.execute(query, {"tenant": tenant}).scalars().all(), dtype=np.int64)
