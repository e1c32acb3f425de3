"""One set of threads that runs every model, one sequence at a time.

A row must depend on its own text alone, so sequences are never padded into a common batch: the ranges of dynamic int8
span the whole tensor, and a longer neighbour would move them (docs/decisions/0002-row-independent-inference.md).
Concurrency comes from threads instead: each runs one-threaded sessions, so that two models and many callers together
never use more cores than there are.
"""

from __future__ import annotations

import heapq
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from server.cores import give_way, use_every_core
from server.deadline import NEVER, Deadline
from server.errors import DeadlineExceeded, ModelFailure, Overloaded


@dataclass(frozen=True, slots=True)
class Tokens:
    """One sequence for a model: token identifiers, and for each the segment (0 or 1) that it belongs to."""

    ids: Sequence[int]
    segments: Sequence[int]

    def __len__(self) -> int:
        return len(self.ids)


_NICENESS = 10
"""A call whose model is done only needs the processor for moments, and the next model can start then; both would wait for each
other's models otherwise."""

Network: TypeAlias = Callable[[Tokens], NDArray[np.float32]]
"""A model without its tokenizer: one sequence in, one row of numbers out; called from several threads at once."""


class Scheduler:
    """Runs sequences on a fixed number of threads: the nearest deadline first, then the earlier call, then the longest.

    The longest first, because a long sequence that starts last keeps one thread busy while the others idle. A call is
    taken whole or refused whole: `capacity` is how many tokens may wait, those that would run after it not counted, so
    that bulk work without a deadline keeps nobody out; a call with nothing ahead of it is always taken.
    """

    def __init__(self, threads: int | None = None, capacity: int = 200_000) -> None:
        self.threads = threads or os.cpu_count() or 1
        self._capacity = capacity
        self._waiting: list[_Job] = []
        self._waiting_tokens = 0
        self._calls = 0
        self._closed = False
        self._changed = threading.Condition()
        self._crew = [
            threading.Thread(target=self._work, name=f"model-{number}", daemon=True) for number in range(self.threads)
        ]
        for thread in self._crew:
            thread.start()

    @property
    def waiting_tokens(self) -> int:
        """How many tokens wait for a thread now."""
        return self._waiting_tokens

    def run(
        self, network: Network, sequences: Sequence[Tokens], deadline: Deadline = NEVER
    ) -> list[NDArray[np.float32]]:
        """One row for each of `sequences`, in their order.

        Raises `Overloaded` when too much waits already, `DeadlineExceeded` when the deadline passes first (what has not
        started by then never runs), and `ModelFailure` when the network fails on any of them.
        """
        deadline.check("model inference")
        if not sequences:
            return []
        call = _Call(network, len(sequences), deadline)
        self._put(call, sequences)
        try:
            if not call.finished.wait(min(deadline.remaining, threading.TIMEOUT_MAX)):
                raise DeadlineExceeded("model inference")
        finally:
            call.abandoned = True
        return call.result()

    def close(self) -> None:
        """Fails what still waits and ends the threads; sequences that are running are finished first."""
        with self._changed:
            self._closed = True
            for job in self._waiting:
                job.call.fail(ModelFailure("the model is shutting down"))
            self._waiting.clear()
            self._waiting_tokens = 0
            self._changed.notify_all()
        for thread in self._crew:
            thread.join()

    def _put(self, call: _Call, sequences: Sequence[Tokens]) -> None:
        tokens = sum(map(len, sequences))
        with self._changed:
            if self._closed:
                raise ModelFailure("the model is shutting down")
            if self._waiting_tokens + tokens > self._capacity:
                self._refuse_behind_too_much(call.deadline, tokens)
            self._calls += 1
            for row, sequence in enumerate(sequences):
                heapq.heappush(self._waiting, _Job(call.deadline.at, self._calls, -len(sequence), row, sequence, call))
            self._waiting_tokens += tokens
            self._changed.notify(len(sequences))

    def _refuse_behind_too_much(self, deadline: Deadline, tokens: int) -> None:
        ahead = sum(len(job.sequence) for job in self._waiting if job.deadline <= deadline.at)
        if ahead and ahead + tokens > self._capacity:
            raise Overloaded(
                f"{ahead} tokens wait for the models ahead of this call, it has {tokens}, "
                f"and at most {self._capacity} may wait",
                reason="MODEL_QUEUE_FULL",
            )

    def _take(self) -> _Job | None:
        """The next job, waiting for one; None once closed."""
        with self._changed:
            while not self._waiting:
                if self._closed:
                    return None
                self._changed.wait()
            job = heapq.heappop(self._waiting)
            self._waiting_tokens -= len(job.sequence)
            return job

    def _work(self) -> None:
        use_every_core()
        give_way(_NICENESS)
        while (job := self._take()) is not None:
            job.run()


class _Call:
    """The rows that one caller waits for."""

    def __init__(self, network: Network, rows: int, deadline: Deadline) -> None:
        self.network = network
        self.deadline = deadline
        self.abandoned = False
        self.finished = threading.Event()
        self._rows: list[NDArray[np.float32] | None] = [None] * rows
        self._missing = rows
        self._failure: Exception | None = None
        self._lock = threading.Lock()

    def fill(self, row: int, values: NDArray[np.float32]) -> None:
        with self._lock:
            self._rows[row] = values
            self._missing -= 1
            if self._missing == 0:
                self.finished.set()

    def fail(self, failure: Exception) -> None:
        """The first failure decides: the caller gets no rows, and those not yet started never run."""
        with self._lock:
            if self._failure is None:
                self._failure = failure
        self.abandoned = True
        self.finished.set()

    def result(self) -> list[NDArray[np.float32]]:
        if self._failure is not None:
            raise self._failure
        return [row for row in self._rows if row is not None]


@dataclass(frozen=True, slots=True, order=True)
class _Job:
    """One sequence of one call; jobs are ordered by their first four fields, which no two share."""

    deadline: float
    arrival: int
    shortness: int
    row: int
    sequence: Tokens
    call: _Call

    def run(self) -> None:
        if self.call.abandoned:
            return
        if self.call.deadline.passed:
            self.call.fail(DeadlineExceeded("model inference"))
            return
        try:
            values = self.call.network(self.sequence)
        except ModelFailure as failure:
            self.call.fail(failure)
        except Exception as error:  # noqa: BLE001 - the thread must live on, and the caller must hear of it
            self.call.fail(ModelFailure(f"the model raised {type(error).__name__}: {error}"))
        else:
            self.call.fill(self.row, values)
