"""A connection to a Groundwire server: one channel with the right options, and a stub for each service."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from types import TracebackType
from typing import Any

import grpc

from groundwire.v1 import guard_pb2
from groundwire.v1.corpus_pb2_grpc import CorpusStub
from groundwire.v1.guard_pb2_grpc import GuardStub
from groundwire.v1.retriever_pb2_grpc import RetrieverStub
from groundwire.v1.review_pb2_grpc import ReviewStub

MAX_MESSAGE_BYTES = 64 << 20
"""What the server takes and sends by default; a document of the largest size fits."""

SERVICE_CONFIG = files("groundwire").joinpath("service_config.json").read_text(encoding="utf-8")
"""Which calls gRPC repeats by itself, as gRPC's service config in JSON.

Idempotent ones, when the server is UNAVAILABLE, or CANCELLED them although nobody asked it to: a server that stops
does that to calls which it had accepted but not begun (grpc issue 41785). A repeated `Validate` may leave two cases.
"""

_RETRY_BUFFER_BYTES = 8 << 20  # gRPC repeats only what it kept; its default, 256 KiB, is less than a large `Validate`
_LOOPBACK = ("127.", "localhost", "[::1]", "ipv4:127.", "ipv6:[::1]", "unix:")


@dataclass(frozen=True)
class _Details(grpc.ClientCallDetails):
    """A call as its interceptors hand it on."""

    method: str
    timeout: float | None
    metadata: tuple[tuple[str, str | bytes], ...]
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: grpc.Compression | None


class _Bearer(
    grpc.UnaryUnaryClientInterceptor,  # type: ignore[type-arg]  # generic in the stubs, not when it runs
    grpc.UnaryStreamClientInterceptor,  # type: ignore[type-arg]
    grpc.StreamUnaryClientInterceptor,  # type: ignore[type-arg]
    grpc.StreamStreamClientInterceptor,  # type: ignore[type-arg]
):
    """Sends a token with every call."""

    def __init__(self, token: str) -> None:
        self._header = ("authorization", f"Bearer {token}")

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        """Send it with one request and one response."""
        return continuation(self._with_header(client_call_details), request)

    def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        """Send it with one request and many responses."""
        return continuation(self._with_header(client_call_details), request)

    def intercept_stream_unary(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
        """Send it with many requests and one response."""
        return continuation(self._with_header(client_call_details), request_iterator)

    def intercept_stream_stream(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
        """Send it with many requests and responses."""
        return continuation(self._with_header(client_call_details), request_iterator)

    def _with_header(self, details: grpc.ClientCallDetails) -> _Details:
        return _Details(
            details.method,
            details.timeout,
            (*(details.metadata or ()), self._header),
            details.credentials,
            details.wait_for_ready,
            getattr(details, "compression", None),
        )


class Client:
    """The services of one server: `guard`, `retriever`, `corpus` and `review`, generated stubs all.

    Safe to share between threads. Close it, or use it as a context manager.
    """

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel
        self.guard = GuardStub(channel)
        self.retriever = RetrieverStub(channel)
        self.corpus = CorpusStub(channel)
        self.review = ReviewStub(channel)

    def validate_stream(
        self, start: guard_pb2.ValidateRequest, pieces: Iterable[str | bytes], timeout: float | None = None
    ) -> Iterator[guard_pb2.ValidateStreamResponse]:
        """Check an answer while it is written: yields the server's events, the last of which is `final`.

        `start` is everything but the answer; `pieces` are taken one by one, in another thread, as the model writes them (bytes may
        be cut inside a character), and no more of them once the server says `stop`. What `pieces` raises ends the call and is
        raised here. `timeout` is in seconds. Raises `grpc.RpcError`. Leaving the loop early cancels the call.
        """
        stopped = threading.Event()
        failures: list[Exception] = []

        def parts() -> Iterator[guard_pb2.ValidateStreamRequest]:
            yield guard_pb2.ValidateStreamRequest(start=start)
            try:
                for piece in pieces:
                    if stopped.is_set():
                        return
                    yield _part(piece)
            except Exception as error:  # gRPC would log it and end the call with no word of its cause
                failures.append(error)
                raise

        events = self.guard.ValidateStream(parts(), timeout=timeout)
        try:
            for event in events:
                if event.HasField("stop"):
                    stopped.set()
                yield event
        except grpc.RpcError:
            if failures:
                raise failures[0] from None
            raise
        finally:
            stopped.set()
            events.cancel()  # type: ignore[no-untyped-call]  # in grpc-stubs

    def close(self) -> None:
        """Close the channel; calls under way end with CANCELLED."""
        self._channel.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _part(piece: str | bytes) -> guard_pb2.ValidateStreamRequest:
    if isinstance(piece, str):
        return guard_pb2.ValidateStreamRequest(text=piece)
    return guard_pb2.ValidateStreamRequest(data=piece)


def connect(
    address: str = "127.0.0.1:50051", *, token: str = "", credentials: grpc.ChannelCredentials | None = None
) -> Client:
    """A client for the server at `address`, "host:port" or any other name that gRPC resolves.

    `token` is a key or a JSON Web Token, sent with every call. `credentials`, such as `grpc.ssl_channel_credentials()`,
    make the connection one over TLS; without, it is not encrypted, and a token is sent to this machine alone. Returns at
    once: the connection is made by the first call, which raises `grpc.RpcError` with UNAVAILABLE when it cannot be.
    """
    if token and credentials is None and not address.startswith(_LOOPBACK):
        raise ValueError(f"the token would go to {address} in the clear; give credentials, for TLS")
    options = [
        ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
        ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
        ("grpc.per_rpc_retry_buffer_size", _RETRY_BUFFER_BYTES),
        ("grpc.service_config", SERVICE_CONFIG),
        # gRPC would send even calls to this machine through the proxy that `http_proxy` names.
        ("grpc.enable_http_proxy", 0 if address.startswith(_LOOPBACK) else 1),
    ]
    channel = (
        grpc.insecure_channel(address, options)
        if credentials is None
        else grpc.secure_channel(address, credentials, options)
    )
    return Client(grpc.intercept_channel(channel, _Bearer(token)) if token else channel)
