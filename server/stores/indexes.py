"""Every tenant's index: loaded at start, kept in step with the commits, consolidated and saved in the background."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Condition, Lock, Thread

import structlog

from server.cores import give_way, use_every_core
from server.deadline import Deadline
from server.errors import GroundwireError, Unavailable
from server.stores.index.change import Change
from server.stores.index.segment import consolidate
from server.stores.index.snapshot import Origin, folder_of, save_snapshot
from server.stores.index.tenant import TenantIndex, TenantView
from server.stores.rebuilding import Rebuilder

_log = structlog.get_logger(__name__)

# The longest wait for a revision when the caller set no deadline: one that no write has made never comes.
_PATIENCE = 2.0
"""Seconds. A write is visible before it is acknowledged, so only what another process wrote is waited for; a call that asks for a
revision that never comes holds its thread no longer."""
# Behind the models, which calls wait for.
_BACKGROUND_NICENESS = 15
# How long closing waits for the background; what that is at can be made again.
_FAREWELL = 5.0


class Indexes:
    """The indexes by tenant; safe to use from many threads, changed through `publish` by the writer alone."""

    def __init__(self, rebuilder: Rebuilder, save_every: int) -> None:
        """Load every tenant's index; save one whenever `save_every` chunks came or versions went."""
        self._rebuilder = rebuilder
        self._save_every = save_every
        self._published = Condition()
        self._nothing = TenantIndex(rebuilder.dimension, rebuilder.exact_limit).view
        rebuilt = {tenant: rebuilder.index(tenant) for tenant in rebuilder.revisions()}
        self._tenants = {tenant: result.index for tenant, result in rebuilt.items()}
        self._unsaved = {tenant: result.unsaved for tenant, result in rebuilt.items()}
        self._due: SimpleQueue[str | None] = SimpleQueue()
        self._closed = False
        self._saving = Lock()
        for tenant in self._tenants:
            self._due.put(tenant)
        self._upkeep = Thread(target=self._work, name="index-upkeep", daemon=True)
        self._upkeep.start()

    def view(self, tenant: str) -> TenantView:
        """The tenant's newest view; that of nothing for a tenant without documents."""
        index = self._tenants.get(tenant)
        return self._nothing if index is None else index.view

    def wait_for(self, tenant: str, revision: int, deadline: Deadline) -> TenantView:
        """The tenant's newest view once it holds `revision`; waits until the deadline and for `_PATIENCE` at most.

        Raises Unavailable (REVISION_NOT_REACHED).
        """
        with self._published:
            timeout = max(0.0, min(deadline.remaining, _PATIENCE))
            if not self._published.wait_for(lambda: self.view(tenant).revision >= revision, timeout):
                raise Unavailable(
                    f"min_revision: the index is at revision {self.view(tenant).revision} and did not reach {revision} "
                    "in time; send a revision that a reply of this service carried",
                    reason="REVISION_NOT_REACHED",
                )
            return self.view(tenant)

    def publish(self, tenant: str, revision: int, change: Change) -> None:
        """Show a committed change in every view taken from now on."""
        index = self._tenants.get(tenant) or TenantIndex(self._rebuilder.dimension, self._rebuilder.exact_limit)
        try:
            index.apply(revision, change)
        except Exception:  # noqa: BLE001 - the records have the change already, so the index must follow them whatever went wrong
            _log.exception("index_rebuilt", tenant=tenant, because="a committed change could not be applied")
            index = self._rebuilder.index(tenant).index
        with self._published:
            self._tenants[tenant] = index
            self._published.notify_all()
        self._unsaved[tenant] = (
            self._unsaved.get(tenant, 0) + len(change.entries) + len(change.gone) + len(change.vectors)
        )
        if self._unsaved[tenant] >= self._save_every or index.due():
            self._due.put(tenant)

    def close(self) -> None:
        """Save what changed; what the background is at is given up if it takes long."""
        self._closed = True
        self._due.put(None)
        self._upkeep.join(_FAREWELL)
        for tenant, unsaved in self._unsaved.items():
            if unsaved:
                self._save(tenant)

    def _work(self) -> None:
        use_every_core()
        give_way(_BACKGROUND_NICENESS)
        while (tenant := self._due.get()) is not None:
            try:
                self._keep_up(tenant)
            except Exception:  # noqa: BLE001 - searches go on without; the next change tries again
                _log.exception("index_upkeep_failed", tenant=tenant)

    def _keep_up(self, tenant: str) -> None:
        index = self._tenants[tenant]
        if due := index.due():
            consolidated = consolidate(due)
            if self._closed:
                return
            index.install(due, consolidated)
            self._unsaved[tenant] += sum(map(len, due))
        if self._unsaved[tenant] >= self._save_every:
            self._save(tenant)

    def _save(self, tenant: str) -> None:
        # Counted down first: what is published while the files are written counts for the next time.
        self._unsaved[tenant] = 0
        view = self._tenants[tenant].view
        rebuilder = self._rebuilder
        try:
            stamp = rebuilder.stamp(tenant, view.revision)
            origin = Origin(tenant, view.revision, stamp, rebuilder.embedder, rebuilder.dimension)
            with self._saving:
                save_snapshot(folder_of(rebuilder.directory, tenant), origin, view.segments)
        except (OSError, GroundwireError) as error:
            _log.warning("index_not_saved", tenant=tenant, because=str(error))
