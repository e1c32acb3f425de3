"""`groundwire.v1.Guard`: checks answers."""

from __future__ import annotations

from collections.abc import Callable

from groundwire.v1 import guard_pb2, guard_pb2_grpc
from server.deadline import Deadline
from server.domain import ValidationRequest, Verdict
from server.rpc import convert
from server.rpc.identity import current_caller
from server.rpc.interceptors import Context
from server.rpc.metrics import Metrics
from server.rpc.workers import Workers

_REPLY_SHARE = 0.1
_REPLY_SECONDS = 0.1


class GuardService(guard_pb2_grpc.GuardServicer):
    """The service on top of the validation use case."""

    def __init__(
        self, workers: Workers, metrics: Metrics, validate: Callable[[ValidationRequest, Deadline], Verdict]
    ) -> None:
        self._workers = workers
        self._metrics = metrics
        self._validate = validate

    async def Validate(self, request: guard_pb2.ValidateRequest, context: Context) -> guard_pb2.ValidateResponse:
        """Check every claim of an answer."""
        asked = convert.validation_request(request, current_caller())
        verdict = await self._workers.run(
            context, lambda deadline: self._validate(asked, _with_time_to_reply(deadline))
        )
        self._metrics.verdict(verdict, asked.prompt.prompt_id)
        return convert.validate_response(asked.answer, verdict)


def _with_time_to_reply(deadline: Deadline) -> Deadline:
    """A slightly earlier deadline: a verdict of NOT_CHECKED is worth more to the caller than DEADLINE_EXCEEDED."""
    return Deadline(deadline.at - min(_REPLY_SECONDS, max(deadline.remaining, 0.0) * _REPLY_SHARE))
