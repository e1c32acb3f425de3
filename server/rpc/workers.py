"""Threads for blocking work behind the event loop, with a bounded queue that refuses what it could not finish in time.

Without shedding, a server at five times its capacity answers almost nobody before their deadline; with it, it answers
as many as it can. Tenants take turns, so that one with many calls does not hold up the others.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from server.deadline import Deadline
from server.errors import Overloaded
from server.rpc.identity import current_tenant
from server.rpc.interceptors import Context
from server.rpc.metrics import Metrics
from server.rpc.turns import Turns

Result = TypeVar("Result")

_SMOOTHING = 0.1
_SHORTEST_RETRY = 0.1


class Workers:
    """A pool of `threads` threads and at most `queue` calls waiting for one, but for a tenant's fair share of the queue.

    `default_timeout` in seconds is the deadline of a call that brings none; None leaves it without.
    """

    def __init__(self, name: str, threads: int, queue: int, default_timeout: float | None, metrics: Metrics) -> None:
        self._name = name
        self._threads = threads
        self._queue = queue
        self._default_timeout = default_timeout
        self._metrics = metrics
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._turns = Turns(threads)
        self._waiting = 0
        self._usual_seconds = 0.0

    async def run(self, context: Context, work: Callable[[Deadline], Result]) -> Result:
        """What `work` returns, run in a thread with the call's deadline.

        Raises `Overloaded` when the queue is full or too long for the deadline, and `DeadlineExceeded` when it passed
        while waiting.
        """
        remaining = context.time_remaining()
        deadline = Deadline.after(self._default_timeout if remaining is None else remaining)
        tenant = current_tenant()
        self._admit(tenant, deadline)
        await self._wait_for_thread(tenant)
        try:
            deadline.check("the wait for a free thread")
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._timed, work, deadline)
        finally:
            self._turns.give_back()

    def _admit(self, tenant: str, deadline: Deadline) -> None:
        if not self._turns.full:
            return
        wait = (self._turns.ahead(tenant) + 1) * self._usual_seconds / self._threads
        others = self._turns.tenants - bool(self._turns.waiting(tenant))
        share = self._queue // (others + 1)
        # A full queue still takes those who have less than their share in it.
        if self._waiting >= self._queue and self._turns.waiting(tenant) >= share:
            raise Overloaded(
                f"{self._waiting} calls are waiting already, and no more than {self._queue} may",
                retry_after=max(wait, _SHORTEST_RETRY),
            )
        if wait > deadline.remaining:
            raise Overloaded(
                f"the wait would be about {wait:.2f} s, and the deadline is in {deadline.remaining:.2f} s",
                retry_after=max(wait, _SHORTEST_RETRY),
            )

    async def _wait_for_thread(self, tenant: str) -> None:
        self._waiting += 1
        self._metrics.waiting(self._name, self._waiting)
        try:
            await self._turns.take(tenant)
        finally:
            self._waiting -= 1
            self._metrics.waiting(self._name, self._waiting)

    def _timed(self, work: Callable[[Deadline], Result], deadline: Deadline) -> Result:
        started = time.perf_counter()
        try:
            return work(deadline)
        finally:
            seconds = time.perf_counter() - started
            self._usual_seconds += _SMOOTHING * (seconds - self._usual_seconds)

    def close(self) -> None:
        """Wait for running work to end; nothing new is taken."""
        self._executor.shutdown(wait=True, cancel_futures=True)
