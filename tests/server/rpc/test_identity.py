"""Who gets through to a handler, and what the others are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status.rpc_status import GRPC_DETAILS_METADATA_KEY

from groundwire.v1 import evidence_pb2, retriever_pb2, retriever_pb2_grpc
from server.access.credentials import Credentials, KeysOutdated
from server.domain import Caller, Permission, Query, Retrieval
from server.errors import Unauthenticated
from server.rpc.permissions import FILES, PERMISSIONS, methods_of
from tests.fakes import ACME

Serve = Callable[..., Any]


@dataclass
class Known:
    """Knows the callers by what their header `authorization` says, those of `later` once it was refreshed."""

    callers: dict[str, Caller]
    later: dict[str, Caller] = field(default_factory=dict)
    refreshed: int = 0

    def __call__(self, credentials: Credentials) -> Caller:
        if credentials.authorization in self.later:
            raise KeysOutdated
        if credentials.authorization not in self.callers:
            raise Unauthenticated("nobody")
        return self.callers[credentials.authorization]

    def refresh(self) -> None:
        self.refreshed += 1
        self.callers, self.later = self.callers | self.later, {}


async def _call(channel: Any, method: str, metadata: Sequence[tuple[str, str]] = ()) -> grpc.aio.AioRpcError:
    call = channel.stream_unary if method.endswith("/UpsertDocuments") else channel.unary_unary
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call(method)(iter([b""]) if method.endswith("/UpsertDocuments") else b"", metadata=metadata)
    return caught.value


@pytest.mark.parametrize("method", methods_of(FILES))
async def test_nobody_is_let_through_unknown(serve: Serve, method: str) -> None:
    """Every method of the contract, and the reply says no more than that."""
    async with serve(authenticator=Known({})) as channel:
        refused = await _call(channel, method)

    info = ErrorInfo()
    assert Status.FromString(dict(refused.trailing_metadata())[GRPC_DETAILS_METADATA_KEY]).details[0].Unpack(info)
    assert (refused.code(), info.reason) == (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED")
    assert refused.details() == "the call carries no valid credentials"


@pytest.mark.parametrize("method", methods_of(FILES))
async def test_a_caller_needs_the_methods_permission(serve: Serve, method: str) -> None:
    """All others together do not replace it, and the refusal is reported."""
    refusals: list[tuple[object, ...]] = []
    lacking = replace(ACME, permissions=tuple(p for p in Permission if p is not PERMISSIONS[method]))
    known, report = Known({"ann": lacking}), lambda *refusal: refusals.append(refusal)
    async with serve(authenticator=known, refused=report) as channel:
        error = await _call(channel, method, [("authorization", "ann")])

    assert error.code() is grpc.StatusCode.PERMISSION_DENIED
    assert refusals == [(lacking, method)]


@pytest.mark.parametrize("method", methods_of(FILES))
async def test_who_acts_for_another_needs_it_for_both(serve: Serve, method: str) -> None:
    """An application cannot lend its user a permission, nor the user the application."""
    lacking = replace(ACME, permissions=())
    both = {"app": replace(ACME, on_behalf_of=lacking), "user": replace(lacking, on_behalf_of=ACME)}
    async with serve(authenticator=Known(both)) as channel:
        refused = [await _call(channel, method, [("authorization", name)]) for name in both]

    assert {error.code() for error in refused} == {grpc.StatusCode.PERMISSION_DENIED}


async def test_the_handler_works_for_the_caller(serve: Serve) -> None:
    """The query that a use case gets is asked by whoever made the call, also when keys had to be fetched first."""
    asked: list[Query] = []

    def retrieve(query: Query, _: object) -> Retrieval:
        asked.append(query)
        return Retrieval((), 0, 7)

    known = Known({}, later={"ann": ACME})
    request = retriever_pb2.RetrieveRequest(spec=evidence_pb2.RetrieveSpec(query="q"))
    async with serve(retrieve=retrieve, authenticator=known) as channel:
        await retriever_pb2_grpc.RetrieverStub(channel).Retrieve(request, metadata=[("authorization", "ann")])

    assert ([query.caller for query in asked], known.refreshed) == ([ACME], 1)


async def test_a_header_that_comes_twice_is_refused(serve: Serve) -> None:
    """A proxy may have checked the one, and the server would read the other."""
    async with serve(authenticator=Known({"ann": ACME, "": ACME})) as channel:
        refused = await _call(
            channel, "/groundwire.v1.Retriever/Retrieve", [("authorization", "ann"), ("authorization", "")]
        )

    assert refused.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_health_is_open_to_everyone(serve: Serve) -> None:
    """A balancer has no credentials."""
    async with serve(authenticator=Known({})) as channel:
        reply = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())

    assert reply.status == health_pb2.HealthCheckResponse.SERVING
