"""`groundwire health`: asks a server whether it takes calls; for container health checks and scripts that wait."""

from __future__ import annotations

import grpc
import typer
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from server.commands.connection import DEFAULT_SERVER, Server
from server.commands.failure import CommandFailed, explain

_SECONDS = 5.0


def health(address: Server = DEFAULT_SERVER) -> None:
    """Ask a server whether it takes calls: exit code 0 if it does, 1 if not."""
    status = HealthCheckResponse.ServingStatus.Name(serving_status(address))
    if status != "SERVING":
        raise CommandFailed(f"the server at {address} is {status}: it is starting or stopping")
    typer.echo(status)


def serving_status(address: str) -> HealthCheckResponse.ServingStatus.ValueType:
    """What the server at `address` reports by grpc.health.v1. Raises `CommandFailed` when it does not answer."""
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        try:
            return HealthStub(channel).Check(HealthCheckRequest(), timeout=_SECONDS).status
        except grpc.RpcError as error:
            raise CommandFailed(explain(error, address)) from error
