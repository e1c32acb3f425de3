"""`Client.validate_stream` against a server that stops after the second piece."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

import groundwire
from groundwire.v1 import guard_pb2, guard_pb2_grpc

START = guard_pb2.ValidateRequest(question="Why?")


class StoppingGuard(guard_pb2_grpc.GuardServicer):
    """Sends stop at the second piece, and at the end the answer's length as the claim number."""

    def __init__(self) -> None:
        self.received: list[guard_pb2.ValidateStreamRequest] = []

    def ValidateStream(
        self, request_iterator: Iterator[guard_pb2.ValidateStreamRequest], context: grpc.ServicerContext
    ) -> Iterator[guard_pb2.ValidateStreamResponse]:
        """Read all."""
        for message in request_iterator:
            self.received.append(message)
            if len(self.received) == 3:
                yield guard_pb2.ValidateStreamResponse(stop=guard_pb2.WritingStopped(number=1))
        yield guard_pb2.ValidateStreamResponse(final=guard_pb2.Finalised())


@pytest.fixture
def guard() -> StoppingGuard:
    """The guard, to see what it got."""
    return StoppingGuard()


@pytest.fixture
def client(guard: StoppingGuard) -> Iterator[groundwire.Client]:
    """A client of a server with that guard."""
    server = grpc.server(ThreadPoolExecutor(2))
    guard_pb2_grpc.add_GuardServicer_to_server(guard, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with groundwire.connect(f"127.0.0.1:{port}") as connected:
        yield connected
    server.stop(None).wait()


def test_text_and_bytes_are_sent_after_the_start(client: groundwire.Client, guard: StoppingGuard) -> None:
    """Each in the field that is made for it."""
    list(client.validate_stream(START, ["a", b"\xc3"], timeout=10))
    assert [message.WhichOneof("part") for message in guard.received] == ["start", "text", "data"]


def test_no_piece_is_taken_after_a_stop(client: groundwire.Client, guard: StoppingGuard) -> None:
    """The model's iterator is left where it is, and the verdict on what was written still comes."""
    events: list[guard_pb2.ValidateStreamResponse] = []
    taken = 0

    def pieces() -> Iterator[str]:
        nonlocal taken
        for piece in ("a", "b", "c", "d"):
            while taken == 2 and not events:
                time.sleep(0.001)
            taken += 1
            yield piece

    events.extend(client.validate_stream(START, pieces(), timeout=10))
    assert [event.WhichOneof("event") for event in events] == ["stop", "final"]
    assert len(guard.received) == 3


def test_what_the_pieces_raise_is_raised_to_the_caller(client: groundwire.Client) -> None:
    """A model that fails in the middle is not mistaken for an answer that ended."""

    def pieces() -> Iterator[str]:
        yield "a"
        raise RuntimeError("the model failed")

    with pytest.raises(RuntimeError, match="the model failed"):
        list(client.validate_stream(START, pieces(), timeout=10))
