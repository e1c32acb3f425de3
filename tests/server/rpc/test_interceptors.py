"""What happens around every call: parsing, errors, counting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_status.rpc_status import GRPC_DETAILS_METADATA_KEY

from groundwire.v1 import corpus_pb2, guard_pb2, guard_pb2_grpc
from server.errors import Unavailable
from server.rpc.metrics import Metrics

Serve = Callable[..., Any]


@pytest.mark.parametrize("method", ["/groundwire.v1.Guard/Validate", "/grpc.health.v1.Health/Check"])
async def test_bytes_that_are_no_message_are_invalid_argument(serve: Serve, method: str) -> None:
    """The parser's own words, class names included, stay inside."""
    async with serve() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary(method)(b"\xff\xff\xff")

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.details() == "request: a message of the contract, got 3 bytes that are not one"


async def test_bytes_that_are_no_message_in_a_stream_are_invalid_argument(serve: Serve) -> None:
    """Each message of a client stream is parsed the same way."""
    async with serve() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.stream_unary("/groundwire.v1.Corpus/UpsertDocuments")(iter([b"\x0a\xff"]))

    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_an_unforeseen_error_keeps_its_text_inside(serve: Serve) -> None:
    """The client gets an incident number, and nothing of the error."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret of document 7")

    async with serve(validate=broken) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await guard_pb2_grpc.GuardStub(channel).Validate(guard_pb2.ValidateRequest(answer="A."))

    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert caught.value.details().startswith("internal error, incident ")
    assert "secret" not in str(caught.value)


async def test_an_error_of_the_tree_travels_with_its_details(serve: Serve) -> None:
    """google.rpc.Status is in the trailing metadata, where clients of every language look for it."""

    def absent(*_: object) -> None:
        raise Unavailable("the records are away", reason="STORE_FAILURE", retry_after=3)

    async with serve(validate=absent) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await guard_pb2_grpc.GuardStub(channel).Validate(guard_pb2.ValidateRequest(answer="A."))

    trailing = dict(caught.value.trailing_metadata())
    info = ErrorInfo()
    assert Status.FromString(trailing[GRPC_DETAILS_METADATA_KEY]).details[0].Unpack(info)
    assert (caught.value.code(), info.reason) == (grpc.StatusCode.UNAVAILABLE, "STORE_FAILURE")


async def test_calls_are_counted_by_method_and_code(serve: Serve) -> None:
    """A refused call counts under the status that the client saw."""
    metrics = Metrics()
    async with serve(metrics=metrics) as channel:
        with pytest.raises(grpc.aio.AioRpcError):
            await guard_pb2_grpc.GuardStub(channel).Validate(guard_pb2.ValidateRequest())
        # The client may see the status before the server has come to count it.
        labels = {"method": "/groundwire.v1.Guard/Validate", "code": "INVALID_ARGUMENT"}
        async with asyncio.timeout(10):
            while metrics.registry.get_sample_value("groundwire_calls_total", labels) is None:
                await asyncio.sleep(0.01)

    assert metrics.registry.get_sample_value("groundwire_calls_total", labels) == 1


async def test_an_unknown_method_is_unimplemented(serve: Serve) -> None:
    """GRPC's own answer passes through."""
    async with serve() as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await channel.unary_unary("/groundwire.v1.Guard/Guess")(corpus_pb2.Document().SerializeToString())

    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
