"""The one writer: commands from all threads, committed in groups, acknowledged once they are durable and visible.

Commands that wait while a commit runs make up the next one, so that they share the price of a sync to disk. Each runs
under a savepoint of its own: one that fails takes nothing with it. A crash before the commit leaves nothing of the group;
a crash after it leaves all of it, acknowledged or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, Generic, Protocol, TypeAlias, TypeVar
from uuid import uuid4

import sqlalchemy as sa

from server.errors import GroundwireError, StoreFailure
from server.stores.database import Database, sentence
from server.stores.index.change import Change
from server.stores.moments import to_micros
from server.stores.schema import revisions

Result = TypeVar("Result")

_LARGEST_GROUP = 256


class Transaction:
    """What commands work with: the connection, the time of the commit, and the changes to the tenants' indexes."""

    def __init__(self, connection: sa.Connection, now: datetime, committed: Mapping[str, int]) -> None:
        self.connection = connection
        self.now = now
        self._committed = committed
        self._changes: dict[str, Change] = {}

    @property
    def changes(self) -> Mapping[str, Change]:
        """What the commands that succeeded changed, by tenant."""
        return self._changes

    def revision(self, tenant: str) -> int:
        """The revision at which a tenant's documents are as this transaction leaves them."""
        return self._committed.get(tenant, 0) + (tenant in self._changes)

    def record(self, tenant: str, change: Change) -> int:
        """Note what a command changed, as its last act, and return the revision that will show it."""
        self._changes.setdefault(tenant, Change()).follow(change)
        return self.revision(tenant)


Command: TypeAlias = Callable[[Transaction], Result]


class Publish(Protocol):
    """Makes a committed change visible to searches."""

    def __call__(self, tenant: str, revision: int, change: Change) -> None:
        """Show the change in every view taken from now on."""


@dataclass(frozen=True, slots=True)
class _Job(Generic[Result]):
    """A command that waits its turn, and the future that its caller holds."""

    command: Command[Result]
    future: Future[Result] = field(default_factory=Future)


class Writer:
    """Runs commands on a thread of its own, in the order they were submitted."""

    def __init__(self, database: Database, publish: Publish, committed: Mapping[str, int]) -> None:
        """A writer that goes on from the `committed` revision of each tenant."""
        self._database = database
        self._publish = publish
        self._committed = dict(committed)
        self._waiting: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._closing = Lock()
        self._closed = False
        self._thread = Thread(target=self._work, name="records-writer", daemon=True)
        self._thread.start()

    def submit(self, command: Command[Result]) -> Future[Result]:
        """Have a command committed; the future resolves when its effect is durable and visible.

        The future raises what the command raised, or StoreFailure when the commit failed.
        """
        job = _Job(command)
        with self._closing:
            if self._closed:
                raise StoreFailure("the store is closed; nothing was written")
            self._waiting.put(job)
        return job.future

    def close(self) -> None:
        """Commit what was submitted, then stop."""
        with self._closing:
            self._closed = True
            self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._waiting.get()) is not None:
            group = [job]
            last = False
            while len(group) < _LARGEST_GROUP and not last:
                try:
                    following = self._waiting.get_nowait()
                except Empty:
                    break
                last = following is None
                group += [] if following is None else [following]
            self._commit(group)
            if last:
                return

    def _commit(self, group: Sequence[_Job[Any]]) -> None:
        outcomes: list[tuple[_Job[Any], Any, Exception | None]] = []
        now = datetime.now(UTC)
        try:
            with self._database.write() as connection:
                transaction = Transaction(connection, now, self._committed)
                outcomes = [(job, *_attempt(job.command, transaction)) for job in group]
                self._number(transaction)
        except Exception as error:  # noqa: BLE001 - whatever broke the commit, each caller must hear that nothing was written
            failure = error if isinstance(error, StoreFailure) else StoreFailure(f"nothing was written: {error}")
            for job in group:
                job.future.set_exception(failure)
            return
        hidden = self._show(transaction)
        for job, result, failed in outcomes:
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


def _attempt(command: Command[Result], transaction: Transaction) -> tuple[Result | None, Exception | None]:
    """Run a command under a savepoint: its result, or why it failed. Raises what spoils the whole transaction."""
    try:
        with transaction.connection.begin_nested():
            return command(transaction), None
    except GroundwireError as error:
        return None, error
    except (sa.exc.OperationalError, sa.exc.InvalidRequestError):
        # A full disk or a lost connection ends the transaction itself, with all that came before.
        raise
    except Exception as error:  # noqa: BLE001 - one caller's data must not fail the others
        return None, StoreFailure(f"the records refused this write: {sentence(error)}")
