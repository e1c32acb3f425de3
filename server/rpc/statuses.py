"""One table from the error tree to gRPC status codes, and the google.rpc details that go with them.

`ErrorInfo` carries the stable reason, `BadRequest` the field, `RetryInfo` how long to wait
(google/rpc/error_details.proto).
"""

from __future__ import annotations

from datetime import timedelta

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status

from server import errors

DOMAIN = "groundwire"
DETAILS_KEY = "grpc-status-details-bin"

CODES: dict[type[errors.GroundwireError], grpc.StatusCode] = {
    errors.InvalidInput: grpc.StatusCode.INVALID_ARGUMENT,
    errors.Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    errors.PermissionDenied: grpc.StatusCode.PERMISSION_DENIED,
    errors.NotFound: grpc.StatusCode.NOT_FOUND,
    errors.StateConflict: grpc.StatusCode.FAILED_PRECONDITION,
    errors.Overloaded: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.DeadlineExceeded: grpc.StatusCode.DEADLINE_EXCEEDED,
    errors.StreamSilent: grpc.StatusCode.DEADLINE_EXCEEDED,
    errors.Unavailable: grpc.StatusCode.UNAVAILABLE,
    errors.InvalidConfiguration: grpc.StatusCode.FAILED_PRECONDITION,
}
"""Subclasses inherit the code of the nearest class above them."""


def code_of(kind: type[errors.GroundwireError]) -> grpc.StatusCode:
    """The status code for a class of the error tree; raises KeyError for one that is not mapped."""
    for ancestor in kind.__mro__:
        if ancestor in CODES:
            return CODES[ancestor]
    raise KeyError(kind)


def status_of(error: errors.GroundwireError) -> Status:
    """The google.rpc.Status that tells a client what `error` says."""
    details: list[Message] = [ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.details)]
    if isinstance(error, errors.InvalidInput):
        violation = BadRequest.FieldViolation(field=error.field, description=error.problem, reason=error.reason)
        details.append(BadRequest(field_violations=[violation]))
    if isinstance(error, errors.Overloaded | errors.Unavailable):
        delay = Duration()
        delay.FromTimedelta(timedelta(seconds=error.retry_after))
        details.append(RetryInfo(retry_delay=delay))
    return Status(code=code_of(type(error)).value[0], message=error.message, details=[_packed(d) for d in details])


def _packed(detail: Message) -> Any:
    packed = Any()
    packed.Pack(detail)
    return packed
