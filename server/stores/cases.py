"""Review cases in SQL, as JSON documents; see `server.stores.base.Cases`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from server.domain import Caller, CaseState, Decision, ReviewCase, Ruling
from server.errors import NotFound, StateConflict
from server.stores import serial
from server.stores.chain import AuditEntry
from server.stores.database import Database
from server.stores.moments import to_micros
from server.stores.schema import cases
from server.stores.writer import Transaction, Writer

_INSERT = sa.insert(cases)


class SqlCases:
    """Reads on the caller's thread, writes through the writer."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def keep(self, case: ReviewCase) -> None:
        """Store a new case."""
        row = {
            "case_id": case.case_id,
            "tenant": case.tenant,
            "state": case.state,
            "decision": case.verdict.decision,
            "reasons": ",".join(sorted({reason.code for reason in case.verdict.reasons})),
            "created_at": to_micros(case.created_at),
            "body": serial.dumps(case),
        }
        self._writer.submit(lambda transaction: _insert(transaction, row)).result()

    def get(self, tenant: str, case_id: str) -> ReviewCase:
        """One case. Raises `NotFound`."""
        with self._database.read() as connection:
            return _find(connection, tenant, case_id)

    def page(
        self,
        tenant: str,
        state: CaseState | None,
        decision: Decision | None,
        before: tuple[datetime, str] | None,
        size: int,
    ) -> tuple[ReviewCase, ...]:
        """Cases, newest first, that come after the case (created_at, case id) in that order; at most `size`."""
        query = sa.select(cases.c.body).where(cases.c.tenant == tenant)
        if state is not None:
            query = query.where(cases.c.state == state)
        if decision is not None:
            query = query.where(cases.c.decision == decision)
        if before is not None:
            moment, case_id = before
            query = query.where(sa.tuple_(cases.c.created_at, cases.c.case_id) < sa.tuple_(to_micros(moment), case_id))
        query = query.order_by(cases.c.created_at.desc(), cases.c.case_id.desc()).limit(size)
        with self._database.read() as connection:
            return tuple(serial.loads(ReviewCase, body) for body in connection.execute(query).scalars())

    def resolve(self, caller: Caller, case_id: str, ruling: Ruling) -> ReviewCase:
        """Record a ruling on a case of the caller's tenant. Raises `NotFound`, and `StateConflict` for a resolved case."""
        return self._writer.submit(lambda transaction: _resolve(transaction, caller, case_id, ruling)).result()


def _insert(transaction: Transaction, row: dict[str, object]) -> None:
    transaction.connection.execute(_INSERT, row)


def _find(connection: sa.Connection, tenant: str, case_id: str) -> ReviewCase:
    query = sa.select(cases.c.body).where(cases.c.tenant == tenant, cases.c.case_id == case_id)
    body = connection.execute(query).scalar_one_or_none()
    if body is None:
        raise NotFound("case", case_id)
    return serial.loads(ReviewCase, body)


def _resolve(transaction: Transaction, caller: Caller, case_id: str, ruling: Ruling) -> ReviewCase:
    case = _find(transaction.connection, caller.tenant, case_id)
    if case.ruling is not None:
        raise StateConflict(
            f"case {case_id} was already resolved as {case.ruling.resolution} by {case.ruling.reviewer!r}; "
            "a ruling is final",
            reason="CASE_ALREADY_RESOLVED",
        )
    resolved = replace(case, ruling=replace(ruling, resolved_at=transaction.now))
    update = sa.update(cases).where(cases.c.tenant == caller.tenant, cases.c.case_id == case_id)
    transaction.connection.execute(update.values(state=resolved.state, body=serial.dumps(resolved)))
    details = {"case": case_id, "reviewer": ruling.reviewer}
    transaction.enter(AuditEntry(caller.tenant, caller, "case.resolve", ruling.resolution, details=details))
    return resolved
