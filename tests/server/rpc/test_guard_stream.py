"""Guard.ValidateStream at the edge: pieces of bytes, backpressure, silence, cancellation, and what is refused."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import grpc
import pytest

from groundwire.v1 import evidence_pb2, guard_pb2, guard_pb2_grpc
from server.deadline import Deadline
from server.domain import Decision, Finalised, Passage, StreamEvent, ValidationRequest, Verdict
from server.errors import Overloaded
from server.rpc.pieces import WAITING, Pieces
from server.usecases.validate_stream import ValidateAnswerStream
from tests.server.usecases.test_validate_stream import use_case

Serve = Callable[..., Any]
Part = guard_pb2.ValidateStreamRequest

START = Part(
    start=guard_pb2.ValidateRequest(
        passages=[evidence_pb2.Passage(text="The café costs 5 €. On Low it lasts 11 hours. 電池は十一時間もちます。")]
    )
)
ANSWER = "The café costs 5 €. On Low it lasts 16 hours — 🔋. 電池は十一時間もちます。 Really."


class Echo:
    """A growing answer that judges nothing, `slowly` if told so."""

    passages: tuple[Passage, ...] = ()

    def __init__(self, go_on: threading.Event | None = None, error: Exception | None = None) -> None:
        self.written = ""
        self.is_due = True
        self.judged = threading.Event()
        self._go_on = go_on
        self._error = error

    def add(self, piece: str) -> None:
        """Take a piece."""
        self.written += piece

    def judge(self, _: Deadline) -> list[StreamEvent]:
        """Wait until the test says so, or fail."""
        self.judged.set()
        if self._error is not None:
            raise self._error
        if self._go_on is not None:
            self._go_on.wait(10)
        return []

    def end(self, _: Deadline) -> list[StreamEvent]:
        """A verdict with nothing in it."""
        return [Finalised(self.written, Verdict(Decision.ROUTE_TO_HUMAN, 0.0, 0.0, 0.0, (), ()))]


async def sent(parts: Sequence[Part]) -> AsyncIterator[Part]:
    """The messages, one by one."""
    for part in parts:
        yield part


async def stream(channel: Any, *parts: Part) -> list[guard_pb2.ValidateStreamResponse]:
    """Every event that the server sends for these messages."""
    return [event async for event in guard_pb2_grpc.GuardStub(channel).ValidateStream(sent(parts))]


async def test_bytes_cut_anywhere_end_like_validate(serve: Serve) -> None:
    """Pieces may end inside a character; the events lead to exactly the claims of the unary verdict."""
    validate, chance, content = use_case(), random.Random(5), ANSWER.encode()
    cuts = sorted(chance.sample(range(1, len(content)), 30))
    pieces = [content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    async with serve(validate=validate, validate_stream=ValidateAnswerStream(validate)) as channel:
        events = await stream(channel, START, *[Part(data=piece) for piece in pieces])
        whole = guard_pb2.ValidateRequest(answer=ANSWER, passages=START.start.passages)
        unary = await guard_pb2_grpc.GuardStub(channel).Validate(whole)
    held = {event.claim.number: event.claim.claim for event in events if event.HasField("claim")}
    for event in events:
        held.pop(event.retract.number, None)
    last = events[-1].final.verdict
    for verdict in (unary, last):
        del verdict.timings[:]
    assert last.SerializeToString(deterministic=True) == unary.SerializeToString(deterministic=True)
    assert sorted(held.values(), key=lambda claim: claim.span.start) == list(unary.claims)
    assert any(event.HasField("stop") for event in events)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([], "start: the first message of the stream, got none"),
        ([Part(text="Hi.")], "start: the first message of the stream, got none"),
        ([START], "answer: required, got no piece of it"),
        ([START, Part(text=" \n")], "answer: required, got only white space"),
        ([START, START], "pieces[0]: text or data, got a second start"),
        ([START, Part(text="a"), Part()], "pieces[1]: text or data, got neither"),
        ([START, Part(data=b"a\xff")], "pieces[0]: UTF-8, got the byte 0xff: invalid start byte"),
        ([START, Part(data="é".encode()[:1])], "pieces[1]: UTF-8, got the byte 0xc3: unexpected end of data"),
        ([START, *[Part(text="x" * 2**19)] * 3], "answer: at most 1048576 bytes, got 1572864 so far"),
        (
            [Part(start=guard_pb2.ValidateRequest(answer="Hi."))],
            "start.answer: empty, since the answer follows in pieces, got 3 bytes",
        ),
        (
            [Part(start=guard_pb2.ValidateRequest(retrieve=evidence_pb2.RetrieveSpec()))],
            "start.retrieve.query: required without a question, since there is no answer yet to search by",
        ),
    ],
)
async def test_what_is_no_answer_is_refused_by_name(serve: Serve, parts: list[Part], message: str) -> None:
    """INVALID_ARGUMENT with the place in the stream, and no verdict."""
    async with serve(validate_stream=lambda *_: Echo()) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stream(channel, *parts)
    assert (caught.value.code(), caught.value.details()) == (grpc.StatusCode.INVALID_ARGUMENT, message)


async def test_a_client_that_goes_silent_is_not_waited_for(serve: Serve) -> None:
    """After the setting's seconds without a piece the call ends."""
    forever = asyncio.Event()

    async def silent() -> AsyncIterator[Part]:
        yield START
        await forever.wait()

    async with serve(validate_stream=lambda *_: Echo(), silence=0.05) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            _ = [event async for event in guard_pb2_grpc.GuardStub(channel).ValidateStream(silent())]
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert "no piece of the answer came for 0.05 s" in str(caught.value.details())


async def test_pieces_are_not_read_while_too_many_wait() -> None:
    """With nobody to take them, the queue fills and one more piece is held: gRPC then holds the client back."""
    written = 0

    async def endless() -> AsyncIterator[Part]:
        nonlocal written
        for _ in range(4 * WAITING):
            written += 1
            yield Part(text="x")

    async with Pieces(endless(), silence=5.0) as pieces:
        for _ in range(4 * WAITING):
            await asyncio.sleep(0)
        read_ahead = written
        taken = 0
        while batch := await pieces.next_batch():
            taken += len(batch)
    assert (read_ahead, taken) == (WAITING + 1, 4 * WAITING)


async def test_a_cancelled_call_judges_nothing_more(serve: Serve) -> None:
    """The server's part ends with the client's."""
    go_on = threading.Event()
    answer = Echo(go_on)
    async with serve(validate_stream=lambda *_: answer) as channel:
        call = guard_pb2_grpc.GuardStub(channel).ValidateStream(sent([START, Part(text="Hi. ")]))
        reading = asyncio.ensure_future(call.read())
        while not answer.judged.is_set():
            await asyncio.sleep(0.01)
        call.cancel()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await reading
        answer.judged.clear()
        await asyncio.sleep(0.05)
    assert not answer.judged.is_set()


async def test_a_busy_server_puts_a_step_off_and_not_the_answer(serve: Serve) -> None:
    """Verdicts on the way may come later; the one at the end always comes."""
    async with serve(validate_stream=lambda *_: Echo(error=Overloaded("busy"))) as channel:
        events = await stream(channel, START, Part(text="Hi. "), Part(text="There. "))
    assert [event.WhichOneof("event") for event in events] == ["final"]


async def test_what_is_asked_comes_from_the_first_message(serve: Serve) -> None:
    """Question, passages and policy are those of `start`."""
    seen: list[ValidationRequest] = []

    def opened(request: ValidationRequest, _: Deadline) -> Echo:
        seen.append(request)
        return Echo()

    start = guard_pb2.ValidateRequest(question="Why?", policy="strict", retrieve=evidence_pb2.RetrieveSpec())
    async with serve(validate_stream=opened) as channel:
        await stream(channel, Part(start=start), Part(text="So."))
    assert (seen[0].question, seen[0].policy, seen[0].answer) == ("Why?", "strict", "")
    assert seen[0].query is not None
    assert seen[0].query.text == "Why?"
