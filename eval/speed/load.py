"""Calls to a server from a process of their own, so that the clients' work and the server's do not share a lock."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import grpc
import numpy as np
from grpc import aio

VALIDATE = "/groundwire.v1.Guard/Validate"
RETRIEVE = "/groundwire.v1.Retriever/Retrieve"

_SECONDS = 120.0
_LARGEST_REPLY = 64 << 20


@dataclass(frozen=True, slots=True)
class Load:
    """What a number of calls took: wall-clock seconds in all, and milliseconds for each call that ended well.

    `processor_seconds` is what the callers' own process used of the processors.
    """

    seconds: float
    milliseconds: tuple[float, ...]
    failed: int
    processor_seconds: float

    @property
    def rate(self) -> float:
        """Calls a second that ended well."""
        return len(self.milliseconds) / self.seconds

    def percentile(self, share: float) -> float:
        """The milliseconds that `share` percent of the calls stayed within."""
        return float(np.percentile(self.milliseconds, share)) if self.milliseconds else float("nan")


Drive: TypeAlias = Callable[[str, str, Sequence[bytes], int], Load]
"""Sends serialized requests to a method at an address, with a number of callers who each wait for their reply."""


@contextmanager
def load_process() -> Iterator[Drive]:
    """A process that drives servers for as long as the block lasts."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:

        def drive_there(address: str, method: str, requests: Sequence[bytes], callers: int) -> Load:
            return pool.submit(drive, address, method, requests, callers).result()

        yield drive_there


def drive(address: str, method: str, requests: Sequence[bytes], callers: int) -> Load:
    """Send every request once; the clock starts when the channel is ready."""
    return asyncio.run(_drive(address, method, requests, callers))


async def _drive(address: str, method: str, requests: Sequence[bytes], callers: int) -> Load:
    waiting = iter(requests)
    milliseconds: list[float] = []
    options = [("grpc.max_receive_message_length", _LARGEST_REPLY), ("grpc.enable_http_proxy", 0)]
    async with aio.insecure_channel(address, options=options) as channel:
        call = channel.unary_unary(method, None, None)
        await channel.channel_ready()

        async def send_next() -> int:
            failed = 0
            for request in waiting:
                started = time.perf_counter()
                try:
                    await call(request, timeout=_SECONDS)
                except grpc.RpcError:
                    failed += 1
                else:
                    milliseconds.append((time.perf_counter() - started) * 1000)
            return failed

        started, used = time.perf_counter(), time.process_time()
        failed = await asyncio.gather(*(send_next() for _ in range(callers)))
        seconds, processor_seconds = time.perf_counter() - started, time.process_time() - used
        return Load(seconds, tuple(milliseconds), sum(failed), processor_seconds)
