"""What a command says when it cannot go on: a line or two for people, never a traceback."""

from __future__ import annotations

from typing import cast

import grpc
from google.protobuf.any_pb2 import Any
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from grpc_status import rpc_status


class CommandFailed(Exception):
    """The command ends with exit code 1 and this message, which says what was wrong and what to do about it."""


def retry_delay(error: grpc.RpcError) -> float | None:
    """Seconds after which the server asks to try again, from google.rpc.RetryInfo; None if it does not ask."""
    delay = RetryInfo()
    for detail in _details(error):
        if detail.Unpack(delay):
            return float(delay.retry_delay.ToTimedelta().total_seconds())
    return None


def explain(error: grpc.RpcError, address: str) -> str:
    """What a failed call to the server at `address` means, with its status, its reason and what to do."""
    call = _call(error)
    code = call.code()
    reason = _reason(error)
    if code is grpc.StatusCode.UNAVAILABLE and not reason:
        return (
            f"no Groundwire server answers at {address}\n"
            "Start one with `groundwire serve`, or name another address with --server or GROUNDWIRE_SERVER."
        )
    if code is grpc.StatusCode.UNIMPLEMENTED:
        return f"the server at {address} does not know this call; it is no Groundwire server, or an older one"
    if code is grpc.StatusCode.INTERNAL:
        return f"the server failed: {call.details()}\nIts log says more; the same call may succeed later."
    status = f"{code.name} {reason}" if reason and reason != code.name else code.name
    delay = retry_delay(error)
    advice = "" if delay is None else f"\nTry again in {max(delay, 0.1):.1f} s."
    return f"{status}: {call.details()}{advice}"


def refused_field(error: grpc.RpcError) -> str:
    """The field that an INVALID_ARGUMENT names, with what is wrong with it; empty for any other failure."""
    request = BadRequest()
    for detail in _details(error):
        if detail.Unpack(request) and request.field_violations:
            return f"{request.field_violations[0].field}: {request.field_violations[0].description}"
    return ""


def _reason(error: grpc.RpcError) -> str:
    info = ErrorInfo()
    for detail in _details(error):
        if detail.Unpack(info):
            return str(info.reason)
    return ""


def _details(error: grpc.RpcError) -> tuple[Any, ...]:
    try:
        status = rpc_status.from_call(_call(error))
    except ValueError:  # the details are of another status, as a proxy in between may leave them
        return ()
    return tuple(status.details) if status is not None else ()


def _call(error: grpc.RpcError) -> grpc.Call:
    """The failed call itself: every error that a stub raises is one, which gRPC's annotations do not say."""
    return cast("grpc.Call", error)
