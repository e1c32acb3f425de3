"""Appending to audit chains inside a transaction: any number of processes on one database, and never a fork.

The row of a tenant's head is locked from reading it to the commit, so that appenders take turns; the primary key of the records
would refuse a second record in one place even so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from secrets import token_hex
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from server.stores.chain import GENESIS, AuditEntry, Head, Record, link
from server.stores.moments import to_micros
from server.stores.schema import audit, audit_heads


class Signer(Protocol):
    """Holds a signing key."""

    @property
    def key_id(self) -> str:
        """Names the key in what it signed."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""


# Made once, since SQLAlchemy takes as long to build a statement as SQLite to run it.
_INSERT = sa.insert(audit)
_LOCK_ONE = sa.select(audit_heads).where(audit_heads.c.tenant == sa.bindparam("tenant")).with_for_update()
_LOCK = (
    sa.select(audit_heads)
    .where(audit_heads.c.tenant.in_(sa.bindparam("tenants", expanding=True)))
    .order_by(audit_heads.c.tenant)
    .with_for_update()
)
_START = {
    "sqlite": sqlite.insert(audit_heads).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(audit_heads).on_conflict_do_nothing(),
}
_MOVE = sa.update(audit_heads).where(audit_heads.c.tenant == sa.bindparam("of_tenant"))
_MOVE = _MOVE.values({name: sa.bindparam(name) for name in ("sequence", "hash", "signed_at", "key_id", "signature")})


class Journal:
    """Appends entries to the chains of their tenants, and signs where each chain then ends."""

    def __init__(self, signer: Signer | None = None) -> None:
        self._signer = signer

    def append(self, connection: sa.Connection, now: datetime, entries: Sequence[AuditEntry]) -> None:
        """Append entries in their order, as the last statements of the transaction: they lock the chains until it ends."""
        if not entries:
            return
        by_tenant: defaultdict[str, list[AuditEntry]] = defaultdict(list)
        for entry in entries:
            by_tenant[entry.tenant].append(entry)
        heads = _locked(connection, sorted(by_tenant))
        records = [record for tenant in sorted(by_tenant) for record in _linked(heads[tenant], by_tenant[tenant], now)]
        connection.execute(_INSERT, [_row(record) for record in records])
        ends = {record.tenant: record for record in records}
        last = [self._signed(record, now) for record in ends.values()]
        connection.execute(_MOVE, [{"of_tenant": head.tenant, **_columns(head)} for head in last])

    def _signed(self, last: Record, now: datetime) -> Head:
        head = Head(last.tenant, last.sequence, last.hash, to_micros(now))
        if self._signer is None:
            return head
        return replace(head, key_id=self._signer.key_id, signature=self._signer.sign(head.statement).hex())


def _locked(connection: sa.Connection, tenants: Sequence[str]) -> Mapping[str, tuple[int, str]]:
    """Each tenant's last sequence number and hash; the rows stay locked, always in the order of their names."""
    heads = _lock(connection, tenants)
    new = [Head(tenant, 0, GENESIS, 0) for tenant in tenants if tenant not in heads]
    if new:
        rows = [{"tenant": head.tenant, **_columns(head)} for head in new]
        connection.execute(_START[connection.dialect.name], rows)
        heads = _lock(connection, tenants)
    return heads


def _lock(connection: sa.Connection, tenants: Sequence[str]) -> Mapping[str, tuple[int, str]]:
    # The usual case: a statement whose number of parameters is fixed is compiled once.
    asked = (_LOCK_ONE, {"tenant": tenants[0]}) if len(tenants) == 1 else (_LOCK, {"tenants": tenants})
    return {row.tenant: (row.sequence, row.hash) for row in connection.execute(*asked)}


def _linked(head: tuple[int, str], entries: Iterable[AuditEntry], now: datetime) -> Iterable[Record]:
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


def _columns(head: Head) -> dict[str, object]:
    return {
        "sequence": head.sequence,
        "hash": head.hash,
        "signed_at": head.signed_at,
        "key_id": head.key_id,
        "signature": head.signature,
    }
