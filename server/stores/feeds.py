"""Feeds of changes in SQL; see `server.stores.base.Feeds`.

A feed's position moves in the commit of the changes themselves. So whatever happens in between, a change that is sent again is
known to have been applied, or has left nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future

import sqlalchemy as sa

from server.domain import Caller, DocumentKey, Resource, UpsertStatus
from server.stores.base import Advance, Draft, Step, Taken
from server.stores.database import Database
from server.stores.documents import Ready, delete, put, ready
from server.stores.moments import to_micros
from server.stores.schema import feeds
from server.stores.writer import Transaction, Writer


class SqlFeeds:
    """Reads on the caller's thread, writes through the writer."""

    def __init__(self, database: Database, writer: Writer, embedder: str) -> None:
        """Feeds of documents whose vectors are those of `embedder`."""
        self._database = database
        self._writer = writer
        self._embedder = embedder

    def position(self, tenant: str, source: str) -> int:
        """The highest number of a source's changes that is applied; 0 before the first."""
        with self._database.read() as connection:
            return _position(connection, tenant, source)

    def apply(
        self, caller: Caller, source: str, steps: Sequence[Step], may: Callable[[Resource], bool]
    ) -> Future[Advance]:
        """Take the steps whose numbers are above the position, and move it, all in one commit."""
        prepared = [
            (step.sequence, ready(step.what, self._embedder) if isinstance(step.what, Draft) else step.what)
            for step in steps
        ]
        return self._writer.submit(lambda transaction: _apply(transaction, caller, source, prepared, may))


def _apply(
    transaction: Transaction,
    caller: Caller,
    source: str,
    steps: Sequence[tuple[int, Ready | DocumentKey | None]],
    may: Callable[[Resource], bool],
) -> Advance:
    tenant = caller.tenant
    position = before = _position(transaction.connection, tenant, source)
    part = transaction.part()
    taken: list[Taken | None] = []
    for sequence, what in steps:
        if sequence <= position:
            taken.append(None)
            continue
        missing = sequence - position - 1 if position else 0
        taken.append(Taken(*_take(part, what, may, caller), missing))
        position = sequence
    if position > before:
        _move(transaction, tenant, source, position, is_new=before == 0)
    transaction.take_in(part)
    return Advance(tuple(taken), position, transaction.revision(tenant))


def _take(
    transaction: Transaction, what: Ready | DocumentKey | None, may: Callable[[Resource], bool], caller: Caller
) -> tuple[bool, int]:
    """Whether a step changed anything, and the document's version since."""
    match what:
        case Ready():
            written = put(transaction, what)
            return written.status is not UpsertStatus.UNCHANGED, written.version
        case DocumentKey():
            return bool(delete(transaction, [what], may, caller).deleted), 0
        case None:
            return False, 0


def _position(connection: sa.Connection, tenant: str, source: str) -> int:
    query = sa.select(feeds.c.sequence).where(feeds.c.tenant == tenant, feeds.c.source == source)
    return connection.execute(query).scalar_one_or_none() or 0


def _move(transaction: Transaction, tenant: str, source: str, sequence: int, *, is_new: bool) -> None:
    values = {"sequence": sequence, "applied_at": to_micros(transaction.now)}
    if is_new:
        transaction.connection.execute(sa.insert(feeds).values(tenant=tenant, source=source, **values))
    else:
        which = sa.and_(feeds.c.tenant == tenant, feeds.c.source == source)
        transaction.connection.execute(sa.update(feeds).where(which).values(values))
