"""Reading documents in processes of their own: one that never ends, eats memory or crashes its parser takes no other along.

Parsers of PDF and of office files are large, partly in C, and made to be tricked: a small file can keep one busy for hours.
A thread cannot be stopped, a process can. So each of these documents gets a share of processor time and memory, and a process
that overdraws it ends, and with it nothing but the reading of this document.

The processes are this module, run as a program: a request on standard input is a line of JSON and the document's bytes, the
answer on standard output a line of JSON. (Not pickles: whoever took over a parser must not take over the server.)
"""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Any, BinaryIO

from chunkers.document import Block, Cell, ChunkKind, DocumentType, Parsed
from chunkers.errors import ChunkerError, Unreadable, UnreadableDocument, UnsupportedType
from chunkers.parsing import parse

_SECONDS = 120.0
_MEMORY = 4 << 30
_HEADER_BYTES = 1024
_SIGNATURES = (b"PK\x03\x04", b"%PDF-")


class ParserCrashed(Exception):
    """A parser failed in a way that it does not know itself; the message says how, with its traceback if it has one."""


class ReaderProcesses:
    """Reads documents as `parse` does, the dangerous formats in at most `count` processes, which start when needed.

    seconds: of processor time for a document, so that a busy machine refuses no document that an idle one takes.
    memory: bytes that a process may address.

    Safe to use from many threads. A context manager; the end of the block ends the processes.
    """

    def __init__(self, count: int, seconds: float = _SECONDS, memory: int = _MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._free = threading.Semaphore(count)
        self._idle: list[_Process] = []

    def __enter__(self) -> "ReaderProcesses":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        while self._idle:
            self._idle.pop().end()

    def parse(
        self,
        data: bytes,
        type: DocumentType | None = None,  # noqa: A002 -- as in `parse`
        filename: str | None = None,
    ) -> Parsed:
        """Read a document; arguments and errors are those of `parse`.

        Also raises UnreadableDocument with TOO_SLOW or TOO_LARGE when its processor time or memory is used up, and
        ParserCrashed.
        """
        if not any(signature in data[:_HEADER_BYTES] for signature in _SIGNATURES):
            return parse(data, type, filename)
        with self._free:
            try:
                process = self._idle.pop()
            except IndexError:
                process = _Process(self._seconds, self._memory)
            answer = process.ask(data, type, filename)
            if answer is None:
                raise self._died(process.end())
            self._idle.append(process)
        return _parsed(answer)

    def _died(self, code: int) -> Exception:
        if code == -signal.SIGPROF:
            return UnreadableDocument(
                Unreadable.TOO_SLOW,
                f"it took more than {self._seconds:g} seconds of processor time to read: split it, or save it anew with "
                "fewer drawings",
            )
        return ParserCrashed(f"the process that read it ended with {_ending(code)}")


class _Process:
    """A process that reads one document at a time."""

    def __init__(self, seconds: float, memory: int) -> None:
        self._process = subprocess.Popen(  # noqa: S603 -- this module, run by this interpreter
            [sys.executable, "-m", __name__, str(seconds), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # so that Ctrl-C in a terminal lets documents under way be finished
        )

    def ask(self, data: bytes, type: DocumentType | None, filename: str | None) -> dict[str, Any] | None:  # noqa: A002
        """The answer; None if the process ended without one."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"bytes": len(data), "type": type, "filename": filename}
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n" + data)
            self._process.stdin.flush()
        except BrokenPipeError:
            return None
        line = self._process.stdout.readline()
        return json.loads(line) if line.endswith(b"\n") else None

    def end(self) -> int:
        """End the process, if it runs, and return its exit code; that of a signal is negative."""
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()
        return self._process.returncode


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _parsed(answer: dict[str, Any]) -> Parsed:
    """Return the document of an answer, or raise what it tells of."""
    match answer:
        case {"unreadable": reason, "message": message}:
            raise UnreadableDocument(Unreadable(reason), message)
        case {"unsupported": message}:
            raise UnsupportedType(message)
        case {"crashed": message}:
            raise ParserCrashed(message)
    return Parsed(
        DocumentType(answer["type"]),
        answer["text"],
        tuple(_block(values) for values in answer["blocks"]),
        answer["title"],
        tuple(answer["pages"]),
        tuple(answer["warnings"]),
    )


def _answer(parsed: Parsed) -> dict[str, Any]:
    return {
        "type": parsed.type,
        "text": parsed.text,
        "blocks": [_values(block) for block in parsed.blocks],
        "title": parsed.title,
        "pages": parsed.pages,
        "warnings": parsed.warnings,
    }


def _values(block: Block) -> Sequence[Any]:
    return (
        block.start, block.end, block.kind, block.heading_path, block.context, block.header, block.seams, block.cells,
        block.alone, block.titled,
    )  # fmt: skip


def _block(values: Sequence[Any]) -> Block:
    start, end, kind, path, context, header, seams, cells, alone, titled = values
    return Block(
        start, end, ChunkKind(kind), tuple(path), context, header, tuple(seams), tuple(Cell(*cell) for cell in cells),
        alone, titled,
    )  # fmt: skip


def _read(data: bytes, type: DocumentType | None, filename: str | None) -> dict[str, Any]:  # noqa: A002
    try:
        return _answer(parse(data, type, filename))
    except UnreadableDocument as error:
        return {"unreadable": error.reason, "message": str(error)}
    except ChunkerError as error:
        return {"unsupported": str(error)}
    except MemoryError:
        return {"unreadable": Unreadable.TOO_LARGE, "message": "reading it takes too much memory: split it"}
    except Exception:  # noqa: BLE001 -- whatever a parser raises, the server wants to know
        return {"crashed": traceback.format_exc()}


def serve(requests: BinaryIO, answers: BinaryIO, seconds: float) -> None:
    """Answer requests until there are no more; a document that takes more processor time ends the process (SIGPROF)."""
    while line := requests.readline():
        request = json.loads(line)
        data = requests.read(request["bytes"])
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answer = _read(data, request["type"] and DocumentType(request["type"]), request["filename"])
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
    # A parser that prints must not garble the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers, float(sys.argv[1]))
