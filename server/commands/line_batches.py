"""Lines as they come in, in batches of what is there: nobody waits for a batch to fill up."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import BinaryIO, TypeAlias

Line: TypeAlias = tuple[int, bytes]
"""Its number, counted from 1, and its bytes without the line end."""

_PAUSE = 0.2
_READ_AHEAD = 1_024


def batches(lines: Iterator[Line], most: int) -> Iterator[list[Line]]:
    """Runs of at most `most` lines, those that are blank left out; each is given as soon as no further line waits.

    Raises `OSError` when the lines cannot be read on.
    """
    waiting: Queue[Line | _End] = Queue(_READ_AHEAD)
    Thread(target=_read, args=(lines, waiting), name="line-reader", daemon=True).start()
    following = waiting.get()
    while not isinstance(following, _End):
        batch = [following]
        while len(batch) < most:
            try:
                following = waiting.get_nowait()
            except Empty:
                break
            if isinstance(following, _End):
                break
            batch.append(following)
        yield batch
        if not isinstance(following, _End):
            following = waiting.get()
    if following.error is not None:
        raise following.error


@dataclass(frozen=True, slots=True)
class _End:
    """The end of the lines, and what ended them if they did not end by themselves."""

    error: OSError | None = None


def _read(lines: Iterator[Line], waiting: Queue[Line | _End]) -> None:
    try:
        for number, line in lines:
            if line.strip():
                waiting.put((number, line))
    except OSError as error:
        waiting.put(_End(error))
    else:
        waiting.put(_End())


def lines_of(stream: BinaryIO) -> Iterator[Line]:
    """The lines of a stream, up to its end."""
    for number, line in enumerate(stream, start=1):
        yield number, line.rstrip(b"\r\n")


def lines_followed(file: Path) -> Iterator[Line]:
    """The complete lines of a file, then those that are appended to it; never ends.

    A file that is replaced, or cut, is read from its beginning; one that is not there is waited for.
    """
    while True:
        try:
            with file.open("rb") as stream:
                yield from _followed(stream, file)
        except FileNotFoundError:
            time.sleep(_PAUSE)


def _followed(stream: BinaryIO, file: Path) -> Iterator[Line]:
    number, begun = 1, b""
    while True:
        part = stream.readline()
        begun += part
        if begun.endswith(b"\n"):
            yield number, begun.rstrip(b"\r\n")
            number, begun = number + 1, b""
        elif not part:
            if _is_another(stream, file):
                return
            time.sleep(_PAUSE)


def _is_another(stream: BinaryIO, file: Path) -> bool:
    """Whether the file's name now stands for another file, or this one has become shorter than what was read."""
    opened, named = os.fstat(stream.fileno()), file.stat()
    return (opened.st_dev, opened.st_ino) != (named.st_dev, named.st_ino) or named.st_size < stream.tell()
