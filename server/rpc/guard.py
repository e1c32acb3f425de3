"""`groundwire.v1.Guard`: checks answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from groundwire.v1 import guard_pb2, guard_pb2_grpc
from server.deadline import Deadline
from server.domain import Finalised, Passage, StreamEvent, ValidationRequest, Verdict
from server.errors import Overloaded
from server.rpc import convert
from server.rpc.identity import current_caller
from server.rpc.interceptors import Context
from server.rpc.metrics import Metrics
from server.rpc.pieces import Pieces, start_of
from server.rpc.workers import Workers

_REPLY_SHARE = 0.1
_REPLY_SECONDS = 0.1


class Growing(Protocol):
    """An answer that is still being written; see `server.usecases.validate_stream.GrowingAnswer`."""

    is_due: bool

    @property
    def written(self) -> str:
        """All pieces in one."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The evidence that citations refer to."""

    def add(self, piece: str) -> None:
        """Take the next piece, in no time."""

    def judge(self, deadline: Deadline) -> list[StreamEvent]:
        """What the answer so far brings about."""

    def end(self, deadline: Deadline) -> list[StreamEvent]:
        """What is left to say, the verdict on the whole answer last."""


class GuardService(guard_pb2_grpc.GuardServicer):
    """The service on top of the validation use cases; `silence` is how many seconds a stream may go without a piece."""

    def __init__(
        self,
        workers: Workers,
        metrics: Metrics,
        validate: Callable[[ValidationRequest, Deadline], Verdict],
        validate_stream: Callable[[ValidationRequest, Deadline], Growing],
        silence: float,
    ) -> None:
        self._workers = workers
        self._metrics = metrics
        self._validate = validate
        self._validate_stream = validate_stream
        self._silence = silence

    async def Validate(self, request: guard_pb2.ValidateRequest, context: Context) -> guard_pb2.ValidateResponse:
        """Check every claim of an answer."""
        asked = convert.validation_request(request, current_caller())
        return await self._workers.run(context, lambda deadline: self._validated(asked, deadline))

    def _validated(self, asked: ValidationRequest, deadline: Deadline) -> guard_pb2.ValidateResponse:
        """The reply, made in the worker's thread: the event loop has all the other calls to see to."""
        verdict = self._validate(asked, _with_time_to_reply(deadline))
        self._metrics.verdict(verdict, asked.prompt.prompt_id)
        return convert.validate_response(asked.answer, verdict)

    async def ValidateStream(
        self, request_iterator: AsyncIterator[guard_pb2.ValidateStreamRequest], context: Context
    ) -> AsyncIterator[guard_pb2.ValidateStreamResponse]:
        """Check an answer while it is written."""
        messages = aiter(request_iterator)
        asked = convert.stream_start(await start_of(messages, self._silence), current_caller())
        answer = await self._workers.run(context, lambda deadline: self._validate_stream(asked, deadline))
        async with Pieces(messages, self._silence) as pieces:
            while batch := await pieces.next_batch():
                for piece in batch:
                    answer.add(piece)
                for event in await self._judged(answer, context):
                    yield convert.stream_event(event, answer.written, answer.passages)
        last = await self._workers.run(context, lambda deadline: answer.end(_with_time_to_reply(deadline)))
        for event in last:
            if isinstance(event, Finalised):
                self._metrics.verdict(event.verdict, asked.prompt.prompt_id)
                self._metrics.leaked(event.leak)
            yield convert.stream_event(event, answer.written, answer.passages)

    async def _judged(self, answer: Growing, context: Context) -> list[StreamEvent]:
        """What has become due; a busy server leaves it for the next piece, and the end judges all in any case."""
        if not answer.is_due:
            return []
        try:
            return await self._workers.run(context, lambda deadline: answer.judge(_with_time_to_reply(deadline)))
        except Overloaded:
            return []


def _with_time_to_reply(deadline: Deadline) -> Deadline:
    """A slightly earlier deadline: a verdict of NOT_CHECKED is worth more to the caller than DEADLINE_EXCEEDED."""
    return Deadline(deadline.at - min(_REPLY_SECONDS, max(deadline.remaining, 0.0) * _REPLY_SHARE))
