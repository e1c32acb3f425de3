"""The audit chains in SQL: appended to and erased from through the writer, read in one snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import sqlalchemy as sa

from server.stores.chain import AuditEntry, Head, Record
from server.stores.database import Database, connect_database
from server.stores.index.change import Change
from server.stores.journal import Journal, Signer
from server.stores.schema import audit, audit_heads
from server.stores.writer import Transaction, Writer

_AT_A_TIME = 500


class Chains:
    """All chains at one moment, whoever writes meanwhile."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def tenants(self) -> tuple[str, ...]:
        """Those that have a chain, by name."""
        names = sa.union(sa.select(audit.c.tenant), sa.select(audit_heads.c.tenant)).order_by("tenant")
        return tuple(self._connection.execute(names).scalars())

    def head(self, tenant: str) -> Head | None:
        """Where the tenant's chain ends; None for a tenant without one."""
        query = sa.select(audit_heads).where(audit_heads.c.tenant == tenant)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else Head(**row)

    def records(self, tenant: str, first: int = 1) -> Iterator[Record]:
        """The tenant's records by ascending sequence number, from `first` on."""
        query = sa.select(audit).where(audit.c.tenant == tenant).order_by(audit.c.sequence).limit(_AT_A_TIME)
        while rows := self._connection.execute(query.where(audit.c.sequence >= first)).mappings().all():
            yield from (Record(**row) for row in rows)
            first = rows[-1]["sequence"] + 1


class SqlAudit:
    """The chains of a database that this process may write to."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    @contextmanager
    def chains(self) -> Iterator[Chains]:
        """The chains as they are now. Raises StoreFailure."""
        with self._database.read() as connection:
            yield Chains(connection)

    def append(self, entry: AuditEntry) -> Future[None]:
        """Append an entry to its tenant's chain; durable when the future resolves."""
        return self._writer.enter(entry)

    def erase(self, entry: AuditEntry) -> Future[None]:
        """Remove the details of the records that `entry.erases` names, and append it, in one commit."""
        return self._writer.submit(lambda transaction: _erase(transaction, entry))


@contextmanager
def opened_audit(url: str, signer: Signer | None = None) -> Iterator[SqlAudit]:
    """The chains of the records at a SQLAlchemy URL, beside whatever server has them; the schema is taken as it is.

    Raises InvalidConfiguration when the URL is wrong or nothing is there.
    """
    database = connect_database(url)
    writer = Writer(database, _nothing_to_show, {}, Journal(signer))
    try:
        yield SqlAudit(database, writer)
    finally:
        writer.close()
        database.close()


def _nothing_to_show(tenant: str, revision: int, change: Change) -> None:
    raise AssertionError(f"the audit changes no index, not {tenant}'s at {revision}: {change}")


def _erase(transaction: Transaction, entry: AuditEntry) -> None:
    for start in range(0, len(entry.erases), _AT_A_TIME):
        which = sa.and_(audit.c.tenant == entry.tenant, audit.c.sequence.in_(entry.erases[start : start + _AT_A_TIME]))
        transaction.connection.execute(sa.update(audit).where(which).values(salt=None, details=None))
    transaction.enter(entry)
