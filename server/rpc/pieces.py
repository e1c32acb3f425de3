"""The pieces of an answer as a client streams them: decoded, bounded in number and size, and not waited for without end."""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import AsyncIterator
from types import TracebackType

from groundwire.v1 import guard_pb2
from server.errors import InvalidInput, StreamSilent
from server.rpc import limits

WAITING = 256
"""Pieces that may wait while a claim is judged; when so many do, the server reads no further, and gRPC holds the client back."""

Messages = AsyncIterator[guard_pb2.ValidateStreamRequest]


async def start_of(messages: Messages, silence: float) -> guard_pb2.ValidateStreamRequest:
    """The first message; raises `InvalidInput` when there is none and `StreamSilent` when it does not come."""
    first = await _next(messages, silence)
    if first is None:
        raise InvalidInput("start", "the first message of the stream, got none", reason="FIELD_REQUIRED")
    return first


async def _next(messages: Messages, silence: float) -> guard_pb2.ValidateStreamRequest | None:
    try:
        async with asyncio.timeout(silence):
            return await anext(messages, None)
    except TimeoutError:
        raise StreamSilent(silence) from None


class Pieces:
    """Reads ahead of the judging, up to `WAITING` pieces; a context manager that stops reading at its end."""

    def __init__(self, messages: Messages, silence: float) -> None:
        self._messages = messages
        self._silence = silence
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._bytes = 0
        self._count = 0
        self._is_blank = True
        self._waiting: asyncio.Queue[str | Exception | None] = asyncio.Queue(WAITING)
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Pieces:
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def next_batch(self) -> list[str]:
        """All pieces that have come in since the last batch, at least one; none at the end of the answer.

        Raises `InvalidInput` for what is no piece of an answer, and `StreamSilent`.
        """
        batch: list[str] = []
        while not batch or not self._waiting.empty():
            item = await self._waiting.get()
            if isinstance(item, Exception):
                raise item
            if item is None:
                self._waiting.put_nowait(None)
                break
            batch.append(item)
        return batch

    async def _read(self) -> None:
        """Put every piece into the queue, and at the end None, or what is wrong."""
        try:
            while (message := await _next(self._messages, self._silence)) is not None:
                await self._waiting.put(self._decoded(message))
            self._check_end()
        except Exception as error:  # noqa: BLE001 - it is raised again where somebody waits for a piece
            await self._waiting.put(error)
        else:
            await self._waiting.put(None)

    def _decoded(self, message: guard_pb2.ValidateStreamRequest) -> str:
        """The text of a piece; a character that is cut in two belongs to the piece that completes it."""
        part = message.WhichOneof("part")
        if part not in {"text", "data"}:
            got = "a second start" if part == "start" else "neither"
            raise InvalidInput(f"pieces[{self._count}]", f"text or data, got {got}", reason="FIELD_REQUIRED")
        content = message.text.encode() if part == "text" else message.data
        self._bytes += len(content)
        if self._bytes > limits.ANSWER_BYTES:
            raise InvalidInput(
                "answer", f"at most {limits.ANSWER_BYTES} bytes, got {self._bytes} so far", reason="FIELD_TOO_LONG"
            )
        try:
            text = self._decoder.decode(content)
        except UnicodeDecodeError as error:
            raise self._not_utf8(error) from None
        self._count += 1
        self._is_blank = self._is_blank and not text.strip()
        return text

    def _check_end(self) -> None:
        try:
            self._decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise self._not_utf8(error) from None
        if self._is_blank:
            got = "only white space" if self._bytes else "no piece of it"
            raise InvalidInput("answer", f"required, got {got}", reason="FIELD_REQUIRED")

    def _not_utf8(self, error: UnicodeDecodeError) -> InvalidInput:
        byte = error.object[error.start]
        return InvalidInput(
            f"pieces[{self._count}]", f"UTF-8, got the byte {byte:#04x}: {error.reason}", reason="FIELD_MALFORMED"
        )
