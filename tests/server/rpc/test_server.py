"""Health, reflection and the address of a running server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from server.errors import InvalidConfiguration
from server.rpc.server import SERVICES

Serve = Callable[..., Any]


@pytest.mark.parametrize("service", ["", *SERVICES])
async def test_every_service_reports_serving(serve: Serve, service: str) -> None:
    """grpc.health.v1 knows the server as a whole and each service."""
    async with serve() as channel:
        reply = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service=service))

    assert reply.status == health_pb2.HealthCheckResponse.SERVING


async def test_reflection_lists_the_services(serve: Serve) -> None:
    """A client without the protos can ask for them."""
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    async with serve() as channel:
        replies = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(iter([asked]))
        listed = {s.name async for reply in replies for s in reply.list_services_response.service}

    assert set(SERVICES) <= listed


async def test_reflection_can_be_switched_off(serve: Serve) -> None:
    """With the setting off, the service is not there at all."""
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    async with serve(reflect=False) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(iter([asked])).read()

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_health_watch_streams_the_state(serve: Serve) -> None:
    """A handler that writes by itself works behind the interceptors as well."""
    async with serve() as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest())
        first = await watch.read()
        watch.cancel()

    assert first.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_taken_address_is_said_plainly(serve: Serve) -> None:
    """Two servers never share a port."""
    async with serve() as channel:
        port = int(channel.target.rpartition(":")[2])
        with pytest.raises(InvalidConfiguration, match=f"cannot listen on 127.0.0.1:{port}"):
            async with serve(address=f"127.0.0.1:{port}"):
                pass
