from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from server.errors import NotFound, StoreFailure
from server.stores.chain import AuditEntry
from server.stores.database import Database, open_database, sqlite_url
from server.stores.index.change import Change
from server.stores.schema import audit, revisions
from server.stores.writer import Transaction, Writer


class _Shown:
    """Remembers what was published, and whether it was committed by then."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.revisions: list[tuple[str, int]] = []

    def __call__(self, tenant: str, revision: int, change: Change) -> None:
        with self.database.read() as connection:
            assert connection.execute(sa.select(sa.func.max(revisions.c.revision))).scalar_one() >= revision
        self.revisions.append((tenant, revision))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    opened = open_database(sqlite_url(tmp_path / "records.sqlite"))
    yield opened
    opened.close()


def test_a_change_is_shown_after_it_is_committed_and_before_it_is_acknowledged(database: Database) -> None:
    """Durable first, then visible, then acknowledged."""
    shown = _Shown(database)
    writer = Writer(database, shown, {"acme": 4})
    assert writer.submit(lambda transaction: transaction.record("acme", Change(gone=[1]))).result() == 5
    assert shown.revisions == [("acme", 5)]
    writer.close()


def test_commands_that_wait_share_a_commit(database: Database) -> None:
    """They share its revision too; each tenant counts its own."""
    shown, gate = _Shown(database), Event()
    writer = Writer(database, shown, {})
    first = writer.submit(lambda _: gate.wait())
    waiting = [
        writer.submit(lambda transaction, tenant=tenant: transaction.record(tenant, Change(gone=[1])))
        for tenant in ("acme", "acme", "other")
    ]
    gate.set()
    assert first.result()
    assert [future.result() for future in waiting] == [1, 1, 1]
    assert sorted(shown.revisions) == [("acme", 1), ("other", 1)]
    writer.close()


def test_a_command_that_fails_takes_nothing_with_it(database: Database) -> None:
    """Its own writes are undone, those of its neighbours stand."""
    gate = Event()
    writer = Writer(database, _Shown(database), {})

    def insert(transaction: Transaction, tenant: str) -> None:
        row = {"tenant": tenant, "revision": 99, "stamp": "", "committed_at": 0}
        transaction.connection.execute(sa.insert(revisions).values(row))

    def insert_and_fail(transaction: Transaction) -> None:
        insert(transaction, "failing")
        raise NotFound("case", "x")

    held = writer.submit(lambda _: gate.wait())
    failing = writer.submit(insert_and_fail)
    fine = writer.submit(lambda transaction: insert(transaction, "fine"))
    twice = writer.submit(lambda transaction: insert(transaction, "fine"))
    gate.set()
    assert (held.result(), fine.result()) == (True, None)
    with pytest.raises(NotFound):
        failing.result()
    with pytest.raises(StoreFailure, match="refused this write"):
        twice.result()
    with database.read() as connection:
        assert connection.execute(sa.select(revisions.c.tenant)).scalars().all() == ["fine"]
    writer.close()


def test_audit_entries_go_before_the_commands_that_wait(database: Database) -> None:
    """The record of a decision does not wait for every document of an ingestion, and is durable when it is acknowledged."""
    started, gate = Event(), Event()
    writer = Writer(database, _Shown(database), {})
    writer.submit(lambda _: (started.set(), gate.wait()))
    assert started.wait(10)
    commands = [writer.submit(lambda transaction: len(transaction.entries)) for _ in range(2)]
    entries = [writer.enter(AuditEntry(tenant, None, "retrieve", "FOUND")) for tenant in ("acme", "acme", "other")]
    gate.set()
    assert [command.result() for command in commands] == [3, 3]
    assert [entry.result() for entry in entries] == [None, None, None]
    with database.read() as connection:
        assert sorted(connection.execute(sa.select(audit.c.tenant)).scalars()) == ["acme", "acme", "other"]
    writer.close()


def test_a_command_that_fails_leaves_no_audit_entry(database: Database) -> None:
    """What did not happen is not on record; what happened in the same commit is."""
    gate = Event()
    writer = Writer(database, _Shown(database), {})

    def enter(transaction: Transaction, name: str) -> None:
        transaction.enter(AuditEntry(name, None, "document.put", "CREATED"))
        if name == "failing":
            raise NotFound("case", "x")

    held = writer.submit(lambda _: gate.wait())
    done = [writer.submit(lambda transaction, name=name: enter(transaction, name)) for name in ("failing", "fine")]
    gate.set()
    assert held.result()
    with pytest.raises(NotFound):
        done[0].result()
    done[1].result()
    with database.read() as connection:
        assert connection.execute(sa.select(audit.c.tenant)).scalars().all() == ["fine"]
    writer.close()


@pytest.mark.parametrize("wrong", ["a lone surrogate \udc80", 1 << 70])
def test_what_the_database_cannot_hold_fails_alone(database: Database, wrong: object) -> None:
    """Its neighbours in the same commit are written."""
    gate = Event()
    writer = Writer(database, _Shown(database), {})

    def insert(transaction: Transaction, revision: object, stamp: object) -> None:
        row = {"tenant": str(stamp), "revision": revision, "stamp": stamp, "committed_at": 0}
        transaction.connection.execute(sa.insert(revisions).values(row))

    held = writer.submit(lambda _: gate.wait())
    failing = writer.submit(lambda transaction: insert(transaction, wrong, wrong))
    fine = writer.submit(lambda transaction: insert(transaction, 1, "fine"))
    gate.set()
    assert (held.result(), fine.result()) == (True, None)
    with pytest.raises(StoreFailure, match="refused this write"):
        failing.result()
    writer.close()


def test_a_failing_commit_acknowledges_nothing(database: Database) -> None:
    """Whatever breaks it, every caller hears that nothing was written, and the writer lives on."""
    writer = Writer(database, _Shown(database), {})

    def break_the_connection(transaction: Transaction) -> None:
        transaction.record("acme", Change(gone=[1]))
        transaction.connection.close()

    with pytest.raises(StoreFailure):
        writer.submit(break_the_connection).result()
    assert writer.submit(lambda transaction: transaction.revision("acme")).result() == 0
    writer.close()


def test_a_change_that_cannot_be_shown_is_not_acknowledged(database: Database) -> None:
    """It is durable, but no caller may take it for visible."""

    def broken(tenant: str, revision: int, change: Change) -> None:
        raise MemoryError("no room")

    writer = Writer(database, broken, {})
    with pytest.raises(StoreFailure, match="committed but cannot be shown"):
        writer.submit(lambda transaction: transaction.record("acme", Change(gone=[1]))).result()
    writer.close()


def test_closing_commits_what_was_submitted_and_refuses_more(database: Database) -> None:
    """Nothing that was taken is lost."""
    writer = Writer(database, _Shown(database), {})
    futures = [writer.submit(lambda transaction: transaction.revision("acme")) for _ in range(600)]
    writer.close()
    assert all(future.done() for future in futures)
    with pytest.raises(StoreFailure, match="closed"):
        writer.submit(lambda transaction: None)
