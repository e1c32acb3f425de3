"""Requests that no honest client sends, against every method of a whole server."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from structlog.testing import capture_logs

from groundwire.v1 import corpus_pb2, evidence_pb2, guard_pb2, guard_pb2_grpc, retriever_pb2, review_pb2
from server.compose import running
from server.config import load_settings
from tests.long.mutations import damaged_bytes, with_extremes
from tests.long.request_samples import REQUESTS, Method

CALLERS = 8
SECONDS = 60.0
EXPECTED = {
    grpc.StatusCode.OK,
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}


@asynccontextmanager
async def whole_server(folder: Path) -> AsyncIterator[aio.Channel]:
    """A channel to a server with the bundled models; its log is kept from the terminal, since it has a line a call."""
    with capture_logs():
        async with (
            running(load_settings(listen="127.0.0.1:0", data_dir=folder)) as server,
            aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
        ):
            yield channel


def mutated(seed: int) -> tuple[Method, bytes]:
    """The request number `seed`: most methods get extreme fields and damaged bytes by halves."""
    source = random.Random(seed)
    method = source.choice(list(REQUESTS))
    message = source.choice(REQUESTS[method])
    if source.random() < 0.5:
        return method, with_extremes(message, source).SerializeToString()
    return method, damaged_bytes(message.SerializeToString(), source)


async def outcome(channel: aio.Channel, seed: int) -> str:
    """How the call with the request number `seed` ended: a status, with its reason where there is one."""
    method, request = mutated(seed)
    try:
        if method.answers_in_stream:
            async for _ in channel.stream_stream(method.name)(iter([request]), timeout=SECONDS):
                pass
        elif method.streams:
            await channel.stream_unary(method.name)(iter([request]), timeout=SECONDS)
        else:
            await channel.unary_unary(method.name)(request, timeout=SECONDS)
    except aio.AioRpcError as error:
        if error.code() in EXPECTED or _reason(error) == "REVISION_NOT_REACHED":
            return error.code().name
        return f"seed {seed}, {method.name}: {error.code().name} {_reason(error)} {error.details()}"
    return "OK"


def _reason(error: aio.AioRpcError) -> str:
    trailers = dict(error.trailing_metadata() or ())
    status = Status.FromString(trailers.get("grpc-status-details-bin", b""))
    info = ErrorInfo()
    return next((info.reason for detail in status.details if detail.Unpack(info)), "")


@pytest.mark.parametrize("requests", [150, pytest.param(20_000, marks=pytest.mark.long)])
async def test_no_request_is_answered_with_an_unforeseen_error(tmp_path: Path, requests: int) -> None:
    """Whatever is sent, the answer is a reply or a status that says what was wrong, and the server goes on serving."""
    seeds = iter(range(requests))
    async with whole_server(tmp_path / "data") as channel:

        async def send() -> list[str]:
            return [await outcome(channel, seed) for seed in seeds]

        ends = Counter(end for part in await asyncio.gather(*(send() for _ in range(CALLERS))) for end in part)
        health = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
        verdict = await guard_pb2_grpc.GuardStub(channel).Validate(
            guard_pb2.ValidateRequest(
                answer="The kettle costs 12 euros.", passages=[evidence_pb2.Passage(text="The kettle costs 12 euros.")]
            )
        )

    assert set(ends) <= {code.name for code in EXPECTED} | {"UNAVAILABLE"}, ends
    assert len(ends) > 2
    assert health.status == health_pb2.HealthCheckResponse.SERVING
    assert [claim.label for claim in verdict.claims] == [guard_pb2.LABEL_SUPPORTED]


def test_every_method_is_mutated() -> None:
    """A method that is added to the contract must be added to the requests that mutations start from."""
    files = (guard_pb2, retriever_pb2, corpus_pb2, review_pb2)
    methods = {
        f"/{service.full_name}/{method.name}"
        for file in files
        for service in file.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    }

    assert methods <= {method.name for method in REQUESTS}
