"""A value read from files, and read again when they change: as a whole, on use, and only if what they hold now is right."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Generic, TypeAlias, TypeVar

import structlog

from server.errors import InvalidConfiguration

Value = TypeVar("Value")
_State: TypeAlias = tuple[tuple[str, int, int, int], ...]

_log = structlog.get_logger(__name__)

LOOK_EVERY = 0.25
"""Seconds between two looks at the files; a change is in force this much after it was made, in every process."""


class Watched(Generic[Value]):
    """What `load` makes of the files that `paths` lists; safe to use from many threads."""

    def __init__(
        self,
        load: Callable[[], Value],
        paths: Callable[[], Sequence[Path]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Read the files. Raises what `load` raises."""
        self._load = load
        self._paths = paths
        self._clock = clock
        self._looking = Lock()
        self._state = self._look()
        self._value = load()
        self._looked_at = clock()

    def __call__(self) -> Value:
        """The value as the files have it now; that of before when they became wrong, which the log says."""
        if self._clock() - self._looked_at >= LOOK_EVERY and self._looking.acquire(blocking=False):
            try:
                self._keep_up()
            finally:
                self._looking.release()
        return self._value

    def _keep_up(self) -> None:
        state = self._look()
        if state != self._state:
            try:
                self._value = self._load()
                _log.info("files read again", paths=[str(path) for path in self._paths()])
            except InvalidConfiguration as error:
                _log.error("files not read again, what they held before stays in force", because=error.message)
            self._state = state
        self._looked_at = self._clock()

    def _look(self) -> _State:
        return tuple(_mark(path) for path in self._paths())


def _mark(path: Path) -> tuple[str, int, int, int]:
    """What changes with a file: which one it is, how long, and when it was written."""
    try:
        found = path.stat()
    except OSError:
        return (str(path), 0, 0, 0)
    return (str(path), found.st_ino, found.st_size, found.st_mtime_ns)
