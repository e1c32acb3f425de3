"""A real grpc.aio server on a free port, with use cases that a test writes in a line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import grpc
import pytest
from grpc import aio

from server.access.credentials import Authenticator, NobodyIdentified
from server.access.quotas import CallQuotas
from server.access.tenants import Tenants
from server.domain import Caller
from server.errors import NotFound
from server.rpc.corpus import CorpusService
from server.rpc.guard import GuardService
from server.rpc.identity import identify, note_refusal
from server.rpc.interceptors import count_calls, translate_errors, write_log
from server.rpc.metrics import Metrics
from server.rpc.quotas import within_quotas
from server.rpc.retriever import RetrieverService
from server.rpc.review import ReviewService
from server.rpc.server import RpcServer, Services
from server.rpc.workers import Workers


def _absent(*_: object) -> Any:
    raise NotFound("use case", "not given by this test")


@asynccontextmanager
async def rpc_server(
    *,
    validate: Callable[..., Any] = _absent,
    validate_stream: Callable[..., Any] = _absent,
    silence: float = 5.0,
    retrieve: Callable[..., Any] = _absent,
    corpus: SimpleNamespace | None = None,
    review: SimpleNamespace | None = None,
    threads: int = 4,
    queue: int = 16,
    reflect: bool = True,
    metrics: Metrics | None = None,
    address: str = "127.0.0.1:0",
    quotas: CallQuotas = CallQuotas(Tenants),
    tls: grpc.ServerCredentials | None = None,
    channel_credentials: grpc.ChannelCredentials | None = None,
    authenticator: Authenticator = NobodyIdentified(),
    refused: Callable[[Caller, str], None] = note_refusal,
) -> AsyncIterator[aio.Channel]:
    """A channel to a server that stands on the given callables."""
    metrics = metrics or Metrics()
    workers = Workers("test", threads, queue, 5.0, metrics)
    services = Services(
        guard=GuardService(workers, metrics, validate, validate_stream, silence),
        retriever=RetrieverService(workers, retrieve),
        corpus=CorpusService(workers, workers, corpus or SimpleNamespace()),
        review=ReviewService(workers, review or SimpleNamespace()),
    )
    server = RpcServer(
        services,
        [count_calls(metrics), write_log, translate_errors, identify(authenticator, refused), within_quotas(quotas)],
        address=address,
        tls=tls,
        reflect=reflect,
        max_message_bytes=1 << 22,
        max_concurrent_calls=64,
    )
    await server.start()
    try:
        target = f"{'localhost' if tls else '127.0.0.1'}:{server.port}"
        async with (
            aio.insecure_channel(target)
            if channel_credentials is None
            else aio.secure_channel(target, channel_credentials)
        ) as channel:
            channel.target = target
            yield channel
    finally:
        await server.stop(0)
        workers.close()


@pytest.fixture
def serve() -> Callable[..., Any]:
    """The factory above, for tests that say what the use cases do."""
    return rpc_server
