"""A tenant that is beyond its quota is told when to come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status.rpc_status import GRPC_DETAILS_METADATA_KEY

from groundwire.v1 import evidence_pb2, retriever_pb2, retriever_pb2_grpc
from server.access.quotas import CallQuotas
from server.access.tenants import Tenant, Tenants
from server.domain import Retrieval

Serve = Callable[..., Any]


async def test_too_many_calls_are_refused_with_a_time_to_wait(serve: Serve) -> None:
    """RESOURCE_EXHAUSTED with the reason and RetryInfo; health goes on."""
    quotas = CallQuotas(lambda: Tenants({"default": Tenant(calls_per_second=0.001)}))
    request = retriever_pb2.RetrieveRequest(spec=evidence_pb2.RetrieveSpec(query="q"))
    async with serve(retrieve=lambda *_: Retrieval((), 0, 7), quotas=quotas) as channel:
        retriever = retriever_pb2_grpc.RetrieverStub(channel)
        assert (await retriever.Retrieve(request)).revision == 7
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await retriever.Retrieve(request)
        await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())

    details = Status.FromString(dict(caught.value.trailing_metadata())[GRPC_DETAILS_METADATA_KEY]).details
    info, retry = ErrorInfo(), RetryInfo()
    assert details[0].Unpack(info)
    assert details[1].Unpack(retry)
    assert (caught.value.code(), info.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TENANT_RATE")
    assert retry.retry_delay.seconds > 100
