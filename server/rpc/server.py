"""A grpc.aio server with Groundwire's services, health, reflection and interceptors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import grpc
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import SERVICE_NAME as HEALTH
from grpc_health.v1.health import aio as async_health  # type: ignore[attr-defined]  # the stubs do not know it
from grpc_reflection.v1alpha import reflection

from groundwire.v1 import corpus_pb2_grpc, guard_pb2_grpc, retriever_pb2_grpc, review_pb2_grpc
from server.cores import every_core
from server.errors import InvalidConfiguration
from server.rpc.corpus import CorpusService
from server.rpc.guard import GuardService
from server.rpc.interceptors import Around, Interceptor
from server.rpc.permissions import FILES
from server.rpc.retriever import RetrieverService
from server.rpc.review import ReviewService

SERVICES: tuple[str, ...] = tuple(
    service.full_name for file in FILES for service in file.DESCRIPTOR.services_by_name.values()
)


@dataclass(frozen=True, slots=True)
class Services:
    """The services of the contract."""

    guard: GuardService
    retriever: RetrieverService
    corpus: CorpusService
    review: ReviewService


class RpcServer:
    """The services on one address, from bind to graceful stop; over TLS with `tls`.

    `address` is "host:port"; port 0 takes a free one. Messages over `max_message_bytes` are RESOURCE_EXHAUSTED,
    as are calls beyond `max_concurrent_calls`.
    """

    def __init__(
        self,
        services: Services,
        interceptors: Sequence[Interceptor],
        *,
        address: str,
        tls: grpc.ServerCredentials | None,
        reflect: bool,
        max_message_bytes: int,
        max_concurrent_calls: int,
    ) -> None:
        # This starts gRPC's own threads, which read and write the connections without the interpreter's lock.
        with every_core():
            self._server = aio.server(
                interceptors=[Around(interceptors)],
                maximum_concurrent_rpcs=max_concurrent_calls,
                options=[
                    ("grpc.max_receive_message_length", max_message_bytes),
                    ("grpc.max_send_message_length", max_message_bytes),
                    # Without this a second server on the same port starts, and takes half of the calls.
                    ("grpc.so_reuseport", 0),
                ],
            )
        guard_pb2_grpc.add_GuardServicer_to_server(services.guard, self._server)
        retriever_pb2_grpc.add_RetrieverServicer_to_server(services.retriever, self._server)
        corpus_pb2_grpc.add_CorpusServicer_to_server(services.corpus, self._server)
        review_pb2_grpc.add_ReviewServicer_to_server(services.review, self._server)
        self._health = async_health.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if reflect:
            reflection.enable_server_reflection((*SERVICES, HEALTH, reflection.SERVICE_NAME), self._server)
        try:
            self.port = (
                self._server.add_insecure_port(address) if tls is None else self._server.add_secure_port(address, tls)
            )
        except RuntimeError:
            raise InvalidConfiguration(
                f"listen: cannot listen on {address}; is another server running there?"
            ) from None

    async def start(self) -> None:
        """Take calls, and report SERVING."""
        await self._server.start()
        for service in ("", *SERVICES):
            await self._health.set(service, health_pb2.HealthCheckResponse.SERVING)

    async def stop(self, drain_seconds: float) -> None:
        """Report NOT_SERVING, refuse new calls, and give those under way `drain_seconds` to end."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(drain_seconds)

    async def wait(self) -> None:
        """Return when the server has stopped."""
        await self._server.wait_for_termination()
