"""One process to a data directory: two would each hold an index that misses what the other one wrote."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from server.errors import InvalidConfiguration


class DirectoryLock:
    """An exclusive lock on a directory, held until `release` or the end of the process, however it ends."""

    def __init__(self, directory: Path) -> None:
        """Create the directory if need be and lock it. Raises InvalidConfiguration when another process holds it."""
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._file = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise InvalidConfiguration(f"the data directory {directory} cannot be used: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(self._file, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(self._file)
            raise InvalidConfiguration(
                f"the data directory {directory} is in use by process {holder}; stop it, or give this one another directory"
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another process have the directory."""
        os.close(self._file)
