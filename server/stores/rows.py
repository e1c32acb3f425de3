"""What an index is made of, read from the records: the facts of versions, and their chunks with terms and vectors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from server.domain import DocumentKey
from server.stores.documents import attributes_of, stored_chunk
from server.stores.index.analysis import terms_of
from server.stores.index.columns import Facts
from server.stores.index.segment import Entry, Segment, segment_of
from server.stores.moments import from_micros
from server.stores.schema import chunks, documents, embeddings, versions

_CHUNKS_AT_A_TIME = 8_192


def facts(connection: sa.Connection, tenant: str, which: sa.ColumnElement[bool]) -> Iterator[Facts]:
    """What predicates may ask about those of a tenant's versions that satisfy a condition, in the order of storing."""
    query = (
        sa.select(
            versions.c.version_id,
            documents.c.collection,
            documents.c.document_id,
            versions.c.type,
            versions.c.attributes,
            versions.c.stored_at,
        )
        .where(documents.c.tenant == tenant, versions.c.document_pk == documents.c.document_pk, which)
        .order_by(versions.c.version_id)
    )
    for row in connection.execute(query):
        yield Facts(
            version_id=row.version_id,
            key=DocumentKey(tenant, row.collection, row.document_id),
            type=row.type,
            attributes=attributes_of(row.attributes),
            stored_at=from_micros(row.stored_at),
        )


def segments(
    connection: sa.Connection,
    tenant: str,
    which: sa.ColumnElement[bool],
    chunk_ids: NDArray[np.int64] | None,
    embedder: str,
    dimension: int,
) -> Iterator[Segment]:
    """Segments of the chunks whose versions satisfy a condition, with the vectors of one embedder.

    `chunk_ids`, ascending, are the chunks to take; None takes all of them.
    """
    wanted = None if chunk_ids is None else set(chunk_ids.tolist())
    if wanted is not None and not wanted:
        return
    of_embedder = sa.and_(embeddings.c.chunk_id == chunks.c.chunk_id, embeddings.c.embedder == embedder)
    query = (
        sa.select(chunks, embeddings.c.vector)
        .select_from(chunks.join(versions, versions.c.version_id == chunks.c.version_id))
        .join(documents, documents.c.document_pk == versions.c.document_pk)
        .outerjoin(embeddings, of_embedder)
        .where(documents.c.tenant == tenant, which)
        .order_by(chunks.c.chunk_id)
    )
    if chunk_ids is not None:
        query = query.where(chunks.c.chunk_id.between(int(chunk_ids[0]), int(chunk_ids[-1])))
    result = connection.execution_options(yield_per=_CHUNKS_AT_A_TIME).execute(query)
    for rows in result.partitions():
        entries = [
            Entry(
                chunk_id=row.chunk_id,
                terms=terms_of(stored_chunk(row).indexed_text),
                vector=None if row.vector is None else np.frombuffer(row.vector, dtype="<f2"),
            )
            for row in rows
            if wanted is None or row.chunk_id in wanted
        ]
        if entries:
            yield segment_of(entries, dimension)
