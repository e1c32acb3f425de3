"""Making a tenant's index from the records, with as much help from its snapshot as can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sqlalchemy as sa
import structlog
from numpy.typing import NDArray

from server.stores import rows
from server.stores.database import Database
from server.stores.index.segment import Segment, merge
from server.stores.index.snapshot import Snapshot, SnapshotRejected, folder_of, load_snapshot
from server.stores.index.tenant import TenantIndex
from server.stores.schema import chunks, documents, revisions, versions

_log = structlog.get_logger(__name__)

_IS_CURRENT = versions.c.superseded_at.is_(None)


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
            versions_now = list(rows.facts(connection, tenant, _IS_CURRENT))
            live = _chunk_ids(connection, tenant)
            kept = self._trusted(connection, tenant, live)
            had = np.concatenate([np.empty(0, dtype=np.int64), *(segment.chunk_ids for segment in kept)])
            missing = np.setdiff1d(live, had)
            added = list(rows.segments(connection, tenant, _IS_CURRENT, missing, self.embedder, self.dimension))
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


def _same_history(connection: sa.Connection, tenant: str, snapshot: Snapshot) -> None:
    """Raise SnapshotRejected unless the records have passed through the very revision that the snapshot shows."""
    origin = snapshot.origin
    if origin.tenant != tenant or _stamp(connection, tenant, origin.revision) != origin.stamp:
        raise SnapshotRejected(f"it shows a revision {origin.revision} that these records never had")


def _stamp(connection: sa.Connection, tenant: str, revision: int) -> str:
    query = sa.select(revisions.c.stamp).where(revisions.c.tenant == tenant, revisions.c.revision == revision)
    return connection.execute(query).scalar_one_or_none() or ""


def _chunk_ids(connection: sa.Connection, tenant: str) -> NDArray[np.int64]:
    query = (
        sa.select(chunks.c.chunk_id)
        .where(documents.c.tenant == tenant, versions.c.document_pk == documents.c.document_pk, _IS_CURRENT)
        .where(chunks.c.version_id == versions.c.version_id)
        .order_by(chunks.c.chunk_id)
    )
    return np.array(connection.execute(query).scalars().all(), dtype=np.int64)
