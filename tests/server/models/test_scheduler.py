"""The scheduler: whose work runs when, and what a caller hears when it does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from server.deadline import NEVER, Deadline
from server.errors import DeadlineExceeded, ModelFailure, Overloaded
from server.models.scheduler import Scheduler, Tokens


def sequence(*ids: int) -> Tokens:
    """Tokens of one segment."""
    return Tokens(ids, [0] * len(ids))


def total(tokens: Tokens) -> NDArray[np.float32]:
    """A network that adds identifiers up."""
    return np.array([sum(tokens.ids)], dtype=np.float32)


class Gate:
    """A network that notes what starts and waits until it is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entered = threading.Event()
        self.started: list[int] = []

    def __call__(self, tokens: Tokens) -> NDArray[np.float32]:
        self.started.append(tokens.ids[0])
        self.entered.set()
        assert self.open.wait(10)
        return total(tokens)


@pytest.fixture
def gate() -> Gate:
    """A closed gate."""
    return Gate()


@pytest.fixture
def one_thread() -> Iterator[Scheduler]:
    """A scheduler that runs one sequence at a time and lets ten tokens wait."""
    scheduler = Scheduler(threads=1, capacity=10)
    yield scheduler
    scheduler.close()


def in_queue(scheduler: Scheduler, tokens: int) -> None:
    """Waits until `tokens` tokens are queued."""
    while scheduler.waiting_tokens != tokens:
        time.sleep(0.001)


def test_rows_come_back_in_the_order_of_the_sequences(scheduler: Scheduler) -> None:
    """The longest runs first, yet every row stands where its sequence stood."""
    rows = scheduler.run(total, [sequence(1), sequence(2, 3, 4), sequence(5, 6)])

    assert [float(row[0]) for row in rows] == [1, 9, 11]


def test_nothing_to_do_is_no_work(scheduler: Scheduler) -> None:
    """An empty call returns at once."""
    assert scheduler.run(total, []) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(1, 99), min_size=1, max_size=6), min_size=1, max_size=8))
def test_every_caller_gets_its_own_rows(calls: list[list[int]]) -> None:
    """However concurrent calls interleave, no row goes to another caller."""
    scheduler = Scheduler(threads=3)
    with ThreadPoolExecutor(len(calls)) as callers:
        answers = list(callers.map(lambda ids: scheduler.run(total, [sequence(i, i) for i in ids]), calls))
    scheduler.close()

    assert [[float(row[0]) for row in rows] for rows in answers] == [[2 * i for i in ids] for ids in calls]


def test_a_failing_network_fails_its_caller_only(scheduler: Scheduler) -> None:
    """What one network raises is a ModelFailure for its caller; the threads go on."""

    def broken(tokens: Tokens) -> NDArray[np.float32]:
        raise ZeroDivisionError("no such weight")

    with pytest.raises(ModelFailure, match="ZeroDivisionError: no such weight"):
        scheduler.run(broken, [sequence(1), sequence(2)])

    assert float(scheduler.run(total, [sequence(7)])[0][0]) == 7


def test_a_call_whose_deadline_has_passed_never_starts(scheduler: Scheduler, gate: Gate) -> None:
    """No network is asked for a caller who has given up."""
    with pytest.raises(DeadlineExceeded):
        scheduler.run(gate, [sequence(1)], Deadline.after(-1))

    assert gate.started == []


def test_queued_work_is_dropped_when_its_deadline_passes(one_thread: Scheduler, gate: Gate) -> None:
    """A caller who waited in vain is told, and the queued sequence never runs."""
    with ThreadPoolExecutor(1) as callers:
        first = callers.submit(one_thread.run, gate, [sequence(1)])
        assert gate.entered.wait(10)
        with pytest.raises(DeadlineExceeded):
            one_thread.run(gate, [sequence(2)], Deadline.after(0.01))
        gate.open.set()
        first.result(10)

    assert gate.started == [1]


def test_the_nearest_deadline_runs_first(one_thread: Scheduler, gate: Gate) -> None:
    """A caller in a hurry overtakes those who came earlier with time to spare."""
    with ThreadPoolExecutor(3) as callers:
        calls = [callers.submit(one_thread.run, gate, [sequence(1)])]
        assert gate.entered.wait(10)
        for queued, (ids, seconds) in enumerate(((2, 600), (3, 60)), start=1):
            calls.append(callers.submit(one_thread.run, gate, [sequence(ids)], Deadline.after(seconds)))
            in_queue(one_thread, queued)
        gate.open.set()
        for call in calls:
            call.result(10)

    assert gate.started == [1, 3, 2]


def test_a_full_queue_refuses_a_call_whole(one_thread: Scheduler, gate: Gate) -> None:
    """Beyond the capacity in tokens a call is shed, with the figures, before any of it runs."""
    with ThreadPoolExecutor(2) as callers:
        calls = [callers.submit(one_thread.run, gate, [sequence(1)])]
        assert gate.entered.wait(10)
        calls.append(callers.submit(one_thread.run, gate, [sequence(2, 2, 2, 2)] * 2))
        in_queue(one_thread, 8)
        with pytest.raises(Overloaded, match="8 tokens wait for the models ahead of this call, it has 3"):
            one_thread.run(gate, [sequence(3, 3, 3)])
        gate.open.set()
        for call in calls:
            call.result(10)

    assert 3 not in gate.started


def test_bulk_work_keeps_nobody_in_a_hurry_out(one_thread: Scheduler, gate: Gate) -> None:
    """What would run later anyway does not count against a call with a deadline."""
    with ThreadPoolExecutor(3) as callers:
        calls = [callers.submit(one_thread.run, gate, [sequence(1)])]
        assert gate.entered.wait(10)
        calls.append(callers.submit(one_thread.run, gate, [sequence(2)] * 50))
        in_queue(one_thread, 50)
        calls.append(callers.submit(one_thread.run, gate, [sequence(3)], Deadline.after(60)))
        in_queue(one_thread, 51)
        gate.open.set()
        for call in calls:
            call.result(10)

    assert gate.started[:3] == [1, 3, 2]


@pytest.mark.parametrize("deadline", [NEVER, Deadline.after(None), Deadline.after(1e15)])
def test_a_deadline_may_be_as_far_as_one_likes(scheduler: Scheduler, deadline: Deadline) -> None:
    """None at all, or farther than the operating system can wait."""
    assert len(scheduler.run(total, [sequence(1)], deadline)) == 1


def test_a_large_call_is_taken_when_nothing_waits(one_thread: Scheduler) -> None:
    """The capacity bounds the wait, not the size of a call."""
    assert len(one_thread.run(total, [sequence(*range(50))] * 3)) == 3


def test_closing_fails_what_waits_and_refuses_what_comes() -> None:
    """After close, every call is a ModelFailure and none hangs."""
    scheduler = Scheduler(threads=1)
    scheduler.close()

    with pytest.raises(ModelFailure, match="shutting down"):
        scheduler.run(total, [sequence(1)])
