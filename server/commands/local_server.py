"""A server in a process of its own, for as long as it is needed: the demo and tests run on one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.commands.failure import CommandFailed

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0


@contextmanager
def started(folder: Path) -> Iterator[str]:
    """A server on a free port of this machine, with its data and its log in `folder`; gives its address.

    Settings in the environment do not reach it: they might be those of another server, and name its database. Raises
    `CommandFailed` with its log when it does not start within a minute.
    """
    log = folder / "server.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GROUNDWIRE_")}
    environment["GROUNDWIRE_LOG_FORMAT"] = "json"
    command = [sys.executable, "-m", "server", "serve", "--listen", "127.0.0.1:0", "--data-dir", str(folder / "data")]
    with log.open("wb") as sink, subprocess.Popen(command, stderr=sink, env=environment) as process:  # noqa: S603
        try:
            yield _address(process, log)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Where the server listens, which it says in its log once it takes calls."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        for line in _lines(log):
            if '"event": "serving"' in line:
                return str(json.loads(line)["address"])
        time.sleep(0.05)
    raise CommandFailed("\n".join(["the server did not start; it said:", *_lines(log)]))


def _lines(log: Path) -> list[str]:
    """The lines of the log that are complete."""
    return log.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
