"""The one writer: commands from all threads, committed in groups, acknowledged once they are durable and visible.

Commands that wait while a commit runs make up the next one, so that they share the price of a sync to disk. Each runs
under a savepoint of its own: one that fails takes nothing with it. A crash before the commit leaves nothing of the group;
a crash after it leaves all of it, acknowledged or not. What commands enter into the audit chains commits with their effects.

A group ends when it has run for a while, and the records of decisions, which their callers wait for, go before the rest of the
queue: so one waits for a document or two, and not for a whole ingestion. They are entered without a savepoint, and share one
write of the chains.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from itertools import count
from queue import Empty, PriorityQueue
from threading import Lock, Thread
from typing import Any, Generic, Protocol, TypeAlias, TypeVar
from uuid import uuid4

import sqlalchemy as sa

from server.errors import GroundwireError, StoreFailure
from server.stores.chain import AuditEntry
from server.stores.database import Database, sentence
from server.stores.index.change import Change
from server.stores.journal import Journal
from server.stores.moments import to_micros
from server.stores.schema import revisions

Result = TypeVar("Result")

_LARGEST_GROUP = 256
_LONGEST_GROUP = 0.02
"""Seconds after which a group takes no further command."""


class Urgency(IntEnum):
    """In what order what waits is done; equals in the order they were submitted."""

    FIRST = 0
    IN_TURN = 1
    LAST = 2


class Transaction:
    """What commands work with: the connection, the time of the commit, and the changes to the tenants' indexes."""

    def __init__(self, connection: sa.Connection, now: datetime, committed: Mapping[str, int]) -> None:
        self.connection = connection
        self.now = now
        self._committed = committed
        self._changes: dict[str, Change] = {}
        self._entries: list[AuditEntry] = []

    @property
    def entries(self) -> Sequence[AuditEntry]:
        """What the commands that succeeded entered into the audit chains."""
        return self._entries

    def enter(self, entry: AuditEntry) -> None:
        """Have an entry appended to its tenant's audit chain in this commit."""
        self._entries.append(entry)

    def attempt(self, work: Command[Result] | AuditEntry) -> tuple[Result | None, Exception | None]:
        """Run a command under a savepoint, or enter an entry: the result, or why it failed.

        Raises what spoils the whole transaction.
        """
        if isinstance(work, AuditEntry):
            # It writes nothing of its own that a savepoint would have to undo; the chains are written once for the group.
            self.enter(work)
            return None, None
        entered = len(self._entries)
        try:
            with self.connection.begin_nested():
                return work(self), None
        except (sa.exc.OperationalError, sa.exc.InvalidRequestError):
            # A full disk or a lost connection ends the transaction itself, with all that came before.
            raise
        except Exception as error:  # noqa: BLE001 - one caller's data must not fail the others
            del self._entries[entered:]
            if isinstance(error, GroundwireError):
                return None, error
            return None, StoreFailure(f"the records refused this write: {sentence(error)}")

    @property
    def changes(self) -> Mapping[str, Change]:
        """What the commands that succeeded changed, by tenant."""
        return self._changes

    def revision(self, tenant: str) -> int:
        """The revision at which a tenant's documents are as this transaction leaves them."""
        return self._committed.get(tenant, 0) + (tenant in self._changes)

    def part(self) -> Transaction:
        """A part of this one, for a command that makes several changes: they count once the part is taken in."""
        return Transaction(self.connection, self.now, self._committed)

    def take_in(self, part: Transaction) -> None:
        """Count what a part changed and entered, as a command's last act."""
        self._entries += part.entries
        for tenant, change in part.changes.items():
            self.record(tenant, change)

    def record(self, tenant: str, change: Change) -> int:
        """Note what a command changed, as its last act, and return the revision that will show it."""
        self._changes.setdefault(tenant, Change()).follow(change)
        return self.revision(tenant)


Command: TypeAlias = Callable[[Transaction], Result]


class Publish(Protocol):
    """Makes a committed change visible to searches."""

    def __call__(self, tenant: str, revision: int, change: Change) -> None:
        """Show the change in every view taken from now on."""


@dataclass(frozen=True, slots=True, order=True)
class _Job(Generic[Result]):
    """A command or an audit entry that waits its turn, and the future that its caller holds; None stops the writer."""

    urgency: Urgency
    number: int
    work: Command[Result] | AuditEntry | None = field(compare=False)
    future: Future[Result] = field(default_factory=Future, compare=False)


class Writer:
    """Runs commands on a thread of its own, in the order of their urgency and of their submission."""

    def __init__(
        self, database: Database, publish: Publish, committed: Mapping[str, int], journal: Journal | None = None
    ) -> None:
        """A writer that goes on from the `committed` revision of each tenant, and audits by `journal`, unsigned for None."""
        self._database = database
        self._publish = publish
        self._committed = dict(committed)
        self._journal = journal or Journal()
        self._waiting: PriorityQueue[_Job[Any]] = PriorityQueue()
        self._numbers = count()
        self._closing = Lock()
        self._closed = False
        self._thread = Thread(target=self._work, name="records-writer", daemon=True)
        self._thread.start()

    def submit(self, command: Command[Result], urgency: Urgency = Urgency.IN_TURN) -> Future[Result]:
        """Have a command committed; the future resolves when its effect is durable and visible.

        FIRST is for short commands that a call waits for before it can begin. The future raises what the command raised, or
        StoreFailure when the commit failed.
        """
        job = _Job(urgency, next(self._numbers), command)
        self._put(job)
        return job.future

    def enter(self, entry: AuditEntry) -> Future[None]:
        """Have an entry appended to its tenant's audit chain, before the commands that wait.

        The future resolves when it is durable, and raises StoreFailure when the commit failed.
        """
        job: _Job[None] = _Job(Urgency.FIRST, next(self._numbers), entry)
        self._put(job)
        return job.future

    def close(self) -> None:
        """Commit what was submitted, then stop."""
        with self._closing:
            self._closed = True
            self._waiting.put(_Job(Urgency.LAST, next(self._numbers), None))
        self._thread.join()

    def _put(self, job: _Job[Any]) -> None:
        with self._closing:
            if self._closed:
                raise StoreFailure("the store is closed; nothing was written")
            self._waiting.put(job)

    def _work(self) -> None:
        while (job := self._waiting.get()).work is not None:
            self._commit(job)

    def _group(self, first: _Job[Any]) -> Iterator[tuple[_Job[Any], Command[Any] | AuditEntry]]:
        """The job, and those that wait by then, until the group is large or has run for long."""
        until = time.monotonic() + _LONGEST_GROUP
        job, taken = first, 0
        while job.work is not None:
            yield job, job.work
            taken += 1
            if taken == _LARGEST_GROUP or time.monotonic() >= until:
                return
            try:
                job = self._waiting.get_nowait()
            except Empty:
                return
        self._waiting.put(job)

    def _commit(self, first: _Job[Any]) -> None:
        group: list[_Job[Any]] = []
        outcomes: list[tuple[Any, Exception | None]] = []
        try:
            with self._database.write() as connection:
                transaction = Transaction(connection, datetime.now(UTC), self._committed)
                for job, work in self._group(first):
                    group.append(job)
                    outcomes.append(transaction.attempt(work))
                self._number(transaction)
                self._journal.append(connection, transaction.now, transaction.entries)
        except Exception as error:  # noqa: BLE001 - whatever broke the commit, each caller must hear that nothing was written
            failure = error if isinstance(error, StoreFailure) else StoreFailure(f"nothing was written: {error}")
            for job in group or [first]:
                job.future.set_exception(failure)
            return
        hidden = self._show(transaction)
        for job, (result, failed) in zip(group, outcomes, strict=True):
            if failed is None and hidden is None:
                job.future.set_result(result)
            else:
                job.future.set_exception(failed or hidden)

    def _show(self, transaction: Transaction) -> StoreFailure | None:
        """Publish what was committed; what went wrong if that cannot be done."""
        reached = {tenant: transaction.revision(tenant) for tenant in transaction.changes}
        self._committed |= reached
        try:
            for tenant, change in transaction.changes.items():
                self._publish(tenant, reached[tenant], change)
        except Exception as error:  # noqa: BLE001 - the thread must live on, and no caller may take this for a success
            return StoreFailure(f"the write was committed but cannot be shown before a restart: {error}")
        return None

    def _number(self, transaction: Transaction) -> None:
        rows = [
            {
                "tenant": tenant,
                "revision": transaction.revision(tenant),
                "stamp": uuid4().hex,
                "committed_at": to_micros(transaction.now),
            }
            for tenant in transaction.changes
        ]
        if rows:
            transaction.connection.execute(sa.insert(revisions), rows)
