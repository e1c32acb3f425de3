"""Blocking work runs in threads, with a queue that is bounded in length and in time."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from types import SimpleNamespace

import pytest

from server.deadline import Deadline
from server.errors import DeadlineExceeded, Overloaded
from server.rpc.identity import calling
from server.rpc.metrics import Metrics
from server.rpc.workers import Workers
from tests.fakes import ACME


def _context(remaining: float | None) -> SimpleNamespace:
    return SimpleNamespace(time_remaining=lambda: remaining)


async def test_work_gets_the_callers_deadline() -> None:
    """The deadline of the call reaches the thread; the default one only a call that has none."""
    workers = Workers("test", 1, 1, 1000.0, Metrics())

    near = await workers.run(_context(5.0), lambda deadline: deadline.remaining)
    default = await workers.run(_context(None), lambda deadline: deadline.remaining)

    assert near <= 5.0
    assert 900.0 < default <= 1000.0


async def test_a_full_queue_refuses() -> None:
    """One call runs, one waits, the third is told when to come back."""
    release = threading.Event()
    workers = Workers("test", 1, 1, None, Metrics())
    running = asyncio.ensure_future(workers.run(_context(None), lambda _: release.wait()))
    await asyncio.sleep(0)
    waiting = asyncio.ensure_future(workers.run(_context(None), lambda _: "done"))
    await asyncio.sleep(0)

    with pytest.raises(Overloaded) as caught:
        await workers.run(_context(None), lambda _: "never")
    release.set()

    assert caught.value.retry_after > 0
    assert [await running, await waiting] == [True, "done"]


async def test_a_full_queue_still_takes_a_tenant_that_is_not_in_it() -> None:
    """Up to its share; the tenant that filled the queue is refused."""
    release = threading.Event()
    workers = Workers("test", 1, 2, None, Metrics())

    def call(tenant: str) -> asyncio.Future[bool]:
        with calling(replace(ACME, tenant=tenant)):
            return asyncio.ensure_future(workers.run(_context(None), lambda _: release.wait()))

    greedy = [call("greedy") for _ in range(4)]
    await asyncio.sleep(0)
    modest = [call("modest") for _ in range(2)]
    await asyncio.sleep(0)
    release.set()
    outcomes = await asyncio.gather(*greedy, *modest, return_exceptions=True)

    assert [isinstance(outcome, Overloaded) for outcome in outcomes] == [False, False, False, True, False, True]


async def test_work_whose_deadline_passed_in_the_queue_never_starts() -> None:
    """Threads are kept for calls that somebody still waits for."""
    started = []
    workers = Workers("test", 1, 1, None, Metrics())

    with pytest.raises(DeadlineExceeded):
        await workers.run(_context(0.0), started.append)

    assert started == []


async def test_a_call_that_fails_frees_its_thread() -> None:
    """An error does not use up the pool."""
    workers = Workers("test", 1, 0, None, Metrics())

    def fail(_: Deadline) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await workers.run(_context(None), fail)
    assert await asyncio.gather(
        asyncio.ensure_future(workers.run(_context(None), lambda _: 7)), return_exceptions=True
    ) == [7]
