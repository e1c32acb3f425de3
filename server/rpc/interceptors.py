"""What happens around every call, whatever its service: an ordered list of async context managers, outermost first.

`Around` is the one gRPC interceptor. It takes requests as raw bytes, so that a message which cannot be parsed is
answered like any other wrong input and not with the parser's own words, and folds the list around the handler.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import grpc
import structlog
from google.protobuf.message import DecodeError
from grpc import aio

from server.errors import GroundwireError, InvalidInput
from server.rpc.metrics import Metrics
from server.rpc.statuses import DETAILS_KEY, code_of, status_of

log = structlog.get_logger("groundwire.rpc")

Context: TypeAlias = aio.ServicerContext[Any, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call on its way through the interceptors; `method` is "/package.Service/Method"."""

    method: str
    context: Context


Interceptor: TypeAlias = Callable[[Call], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def translate_errors(call: Call) -> AsyncIterator[None]:
    """End the call with the status of the error raised in it; the text of what is unforeseen goes to the log alone."""
    try:
        yield
    except GroundwireError as error:
        details = status_of(error).SerializeToString()
        await call.context.abort(code_of(type(error)), error.message, trailing_metadata=((DETAILS_KEY, details),))
    except aio.AbortError:
        raise
    except Exception:
        incident = uuid.uuid4().hex
        log.exception("unforeseen error", method=call.method, incident=incident)
        await call.context.abort(grpc.StatusCode.INTERNAL, f"internal error, incident {incident}")


@asynccontextmanager
async def write_log(call: Call) -> AsyncIterator[None]:
    """Log each call with its status and duration, and nothing of its content."""
    started = time.perf_counter()
    try:
        yield
    finally:
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        log.info("call", method=call.method, code=status_code(call.context).name, milliseconds=milliseconds)


def count_calls(metrics: Metrics) -> Interceptor:
    """An interceptor that counts calls by method and status, and times them."""

    @asynccontextmanager
    async def counted(call: Call) -> AsyncIterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            metrics.call(call.method, status_code(call.context).name, time.perf_counter() - started)

    return counted


def status_code(context: Context) -> grpc.StatusCode:
    """The status that a finished call has; a call that set none is OK, a cancelled one CANCELLED."""
    if context.cancelled():
        return grpc.StatusCode.CANCELLED
    # grpc.aio keeps the code as given, or as the integer 0 if none was: its annotation says StatusCode.
    code: object = context.code()
    return code if isinstance(code, grpc.StatusCode) else grpc.StatusCode.OK


class Around(aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in its annotations, not when it runs
    """Folds `interceptors`, outermost first, around every handler of a server."""

    def __init__(self, interceptors: Sequence[Interceptor]) -> None:
        self._interceptors = tuple(interceptors)

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """The handler for a call, wrapped; None for a method that no service has: gRPC answers UNIMPLEMENTED."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        method: str = handler_call_details.method
        if handler.unary_unary:
            return grpc.unary_unary_rpc_method_handler(
                self._unary(method, handler.unary_unary, _parser(handler)), None, handler.response_serializer
            )
        if handler.stream_unary:
            return grpc.stream_unary_rpc_method_handler(
                self._unary(method, handler.stream_unary, _stream_parser(handler)), None, handler.response_serializer
            )
        if handler.unary_stream:
            return grpc.unary_stream_rpc_method_handler(
                self._stream(method, handler.unary_stream, _parser(handler)), None, handler.response_serializer
            )
        return grpc.stream_stream_rpc_method_handler(
            self._stream(method, handler.stream_stream, _stream_parser(handler)), None, handler.response_serializer
        )

    async def _enter(self, stack: AsyncExitStack, call: Call) -> None:
        for interceptor in self._interceptors:
            await stack.enter_async_context(interceptor(call))

    def _unary(self, method: str, behaviour: Any, parse: Callable[[Any], Any]) -> Callable[[Any, Any], Awaitable[Any]]:
        async def handle(raw: Any, context: Context) -> Any:
            async with AsyncExitStack() as stack:
                await self._enter(stack, Call(method, context))
                return await behaviour(parse(raw), context)

        return handle

    def _stream(
        self, method: str, behaviour: Any, parse: Callable[[Any], Any]
    ) -> Callable[[Any, Any], AsyncIterator[Any]]:
        async def handle(raw: Any, context: Context) -> AsyncIterator[Any]:
            async with AsyncExitStack() as stack:
                await self._enter(stack, Call(method, context))
                responses = behaviour(parse(raw), context)
                if isinstance(responses, Awaitable):
                    # A handler that writes with `context.write` instead of yielding, such as Health.Watch.
                    await responses
                    return
                async for response in responses:
                    yield response

        return handle


def _parser(handler: Any) -> Callable[[bytes], Any]:
    def parse(raw: bytes) -> Any:
        try:
            return handler.request_deserializer(raw)
        except DecodeError:
            raise InvalidInput(
                "request", f"a message of the contract, got {len(raw)} bytes that are not one", reason="MALFORMED"
            ) from None

    return parse


def _stream_parser(handler: Any) -> Callable[[AsyncIterator[bytes]], AsyncIterator[Any]]:
    parse = _parser(handler)

    async def parse_each(raw: AsyncIterator[bytes]) -> AsyncIterator[Any]:
        async for message in raw:
            yield parse(message)

    return parse_each
