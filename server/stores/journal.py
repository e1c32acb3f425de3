"""Appending to audit chains inside a transaction: any number of processes on one database, and never a fork.

The row of a tenant's head is locked from reading it to the commit, so that appenders take turns; the primary key of the records
would refuse a second record in one place even so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from server.stores.chain import GENESIS, Entry, Head, Record, link
from server.stores.moments import to_micros
from server.stores.schema import audit, audit_heads


class Signer(Protocol):
    """Holds a signing key."""

    @property
    def key_id(self) -> str:
        """Names the key in what it signed."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""


class Journal:
    """Appends entries to the chains of their tenants, and signs where each chain then ends."""

    def __init__(self, signer: Signer | None = None) -> None:
        self._signer = signer

    def append(self, connection: sa.Connection, now: datetime, entries: Sequence[Entry]) -> None:
        """Append entries in their order, as the last statements of the transaction: they lock the chains until it ends."""
        by_tenant: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            by_tenant[entry.tenant].append(entry)
        heads = _locked(connection, sorted(by_tenant))
        records = [record for tenant in sorted(by_tenant) for record in _linked(heads[tenant], by_tenant[tenant], now)]
        if not records:
            return
        connection.execute(sa.insert(audit), [_row(record) for record in records])
        for last in {record.tenant: record for record in records}.values():
            self._move_head(connection, last, now)

    def _move_head(self, connection: sa.Connection, last: Record, now: datetime) -> None:
        head = Head(last.tenant, last.sequence, last.hash, to_micros(now))
        values = {"sequence": head.sequence, "hash": head.hash, "signed_at": head.signed_at}
        if self._signer is not None:
            values |= {"key_id": self._signer.key_id, "signature": self._signer.sign(head.statement).hex()}
        connection.execute(sa.update(audit_heads).where(audit_heads.c.tenant == last.tenant).values(values))


def _locked(connection: sa.Connection, tenants: Sequence[str]) -> Mapping[str, tuple[int, str]]:
    """Each tenant's last sequence number and hash; the rows stay locked, always in the order of their names."""
    if not tenants:
        return {}
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    start = [
        {"tenant": tenant, "sequence": 0, "hash": GENESIS, "signed_at": 0, "key_id": "", "signature": ""}
        for tenant in tenants
    ]
    connection.execute(insert(audit_heads).on_conflict_do_nothing(), start)
    query = sa.select(audit_heads).where(audit_heads.c.tenant.in_(tenants)).order_by(audit_heads.c.tenant)
    return {row.tenant: (row.sequence, row.hash) for row in connection.execute(query.with_for_update())}


def _linked(head: tuple[int, str], entries: Iterable[Entry], now: datetime) -> Iterable[Record]:
    sequence, previous = head
    for entry in entries:
        sequence += 1
        record = link(previous, entry, sequence, now, token_hex(16))
        previous = record.hash
        yield record


def _row(record: Record) -> dict[str, object]:
    return {
        "tenant": record.tenant,
        "sequence": record.sequence,
        "hash": record.hash,
        "header": record.header,
        "salt": record.salt,
        "details": record.details,
    }
