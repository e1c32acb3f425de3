"""The past: what a tenant's documents said at an earlier moment, searched exactly and read from the records.

At each moment exactly one version of a document counts: the one that was current then, or, before the document was first
stored, the one that is current now, as far as its validity reaches. So the view of the past is the present one without
the versions that came since, and with those that have been superseded since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from server.domain import Attributes, Resource
from server.stores import chunk_ids as numbering
from server.stores import rows
from server.stores.database import Database
from server.stores.documents import attributes_of
from server.stores.index.tenant import TenantIndex, TenantView
from server.stores.moments import to_micros
from server.stores.schema import documents, versions


class Dated(Protocol):
    """A row with the times of a version, in microseconds since 1970 UTC, and that of its document's first."""

    stored_at: int
    superseded_at: int | None
    first_stored_at: int


def counts_at(version: Dated, moment: datetime | None) -> bool:
    """Whether a version is the one of its document that counts at a moment; None is the present."""
    if version.superseded_at is None:
        return moment is None or not version.first_stored_at <= to_micros(moment) < version.stored_at
    return moment is not None and version.stored_at <= to_micros(moment) < version.superseded_at


@dataclass(frozen=True, slots=True)
class Past:
    """Makes views of the past, with the vectors of `embedder`."""

    database: Database
    embedder: str
    dimension: int

    def view(self, tenant: str, present: TenantView, moment: datetime, may: Callable[[Resource], bool]) -> TenantView:
        """What `present` would have shown at an earlier moment, of the documents whose current version `may` allows.

        Takes time for each chunk that was superseded since.
        """
        at = to_micros(moment)
        with self.database.read() as connection:
            came = _versions(connection, tenant, _came_since(at))
            went = _versions(connection, tenant, _went_since(at))
            if not len(came) and not len(went):
                return present
            segments = tuple(rows.segments(connection, tenant, _went_since(at), None, self.embedder, self.dimension))
            # Rows of versions without facts are never allowed: those that are still in the present view, since they were
            # superseded after it was made, and those that the caller may not see any more.
            hidden = {*np.intersect1d(went, _live(present)).tolist(), *_refused(connection, tenant, at, may)}
            facts = [each for each in rows.facts(connection, tenant, _went_since(at)) if each.version_id not in hidden]
        superseded = TenantIndex(self.dimension, exact_limit=0, versions=facts, segments=segments).view
        return replace(
            present,
            columns=present.columns.without(came).followed_by(superseded.columns),
            segments=(*present.segments, *superseded.segments),
        )


def _came_since(at: int) -> sa.ColumnElement[bool]:
    return sa.and_(versions.c.superseded_at.is_(None), versions.c.stored_at > at, documents.c.first_stored_at <= at)


def _went_since(at: int) -> sa.ColumnElement[bool]:
    return sa.and_(versions.c.stored_at <= at, versions.c.superseded_at > at)


def _versions(connection: sa.Connection, tenant: str, which: sa.ColumnElement[bool]) -> NDArray[np.int64]:
    query = sa.select(versions.c.version_id).where(
        documents.c.tenant == tenant, versions.c.document_pk == documents.c.document_pk, which
    )
    return np.array(connection.execute(query).scalars().all(), dtype=np.int64)


def attributes_now(connection: sa.Connection, document_pks: Iterable[int]) -> dict[int, Attributes]:
    """What the current versions of documents say of them."""
    query = sa.select(versions.c.document_pk, versions.c.attributes).where(
        versions.c.document_pk.in_(list(document_pks)), versions.c.superseded_at.is_(None)
    )
    return {row.document_pk: attributes_of(row.attributes) for row in connection.execute(query)}


def _refused(connection: sa.Connection, tenant: str, at: int, may: Callable[[Resource], bool]) -> Iterator[int]:
    """The versions that went since a moment whose documents are refused as they are now."""
    now = versions.alias("now")
    query = sa.select(versions.c.version_id, documents.c.collection, now.c.attributes).where(
        documents.c.tenant == tenant,
        versions.c.document_pk == documents.c.document_pk,
        now.c.document_pk == documents.c.document_pk,
        now.c.superseded_at.is_(None),
        _went_since(at),
    )
    for row in connection.execute(query):
        if not may(Resource.of(tenant, row.collection, attributes_of(row.attributes))):
            yield row.version_id


def _live(view: TenantView) -> NDArray[np.int64]:
    columns = view.columns
    return np.unique(numbering.version_ids(columns.chunk_ids[columns.rows(columns.live)]))
