"""The server that a benchmark measures: one that runs already, or one of its own in a process beside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Annotated

import grpc
import typer
from grpc_health.v1 import health_pb2, health_pb2_grpc

from server.commands.failure import CommandFailed

_START_SECONDS = 120.0
_STOP_SECONDS = 60.0
_PAUSE = 0.05
_LOG_LINES = 20

Server = Annotated[
    str,
    typer.Option(
        "--server", metavar="HOST:PORT", help="A running server. Default: one of its own in a temporary folder."
    ),
]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures to this file as well.")]


class ServerProcess:
    """`groundwire serve` on a free port of this machine; a context manager that stops it.

    `settings` are the server's, by name; everything else has its default. What the server logs goes to `log`.
    """

    def __init__(self, data_dir: Path, log: Path, settings: Mapping[str, object] | None = None) -> None:
        self.address = f"127.0.0.1:{_free_port()}"
        self._log = log
        values = {"listen": self.address, "data_dir": data_dir, **(settings or {})}
        environment = {f"GROUNDWIRE_{name.upper()}": str(value) for name, value in values.items()}
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "server", "serve"],
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def wait_until_serving(self) -> None:
        """Return when the server takes calls; raises `CommandFailed` with the end of its log when it never does."""
        until = time.monotonic() + _START_SECONDS
        with grpc.insecure_channel(self.address, options=[("grpc.enable_http_proxy", 0)]) as channel:
            health = health_pb2_grpc.HealthStub(channel)
            while time.monotonic() < until and self._process.poll() is None:
                if _serves(health):
                    return
                time.sleep(_PAUSE)
        self.kill()
        tail = "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:])
        raise CommandFailed(f"the server did not start; the end of its log:\n{tail}")

    @property
    def process_id(self) -> int:
        """The operating system's number for the server."""
        return self._process.pid

    @property
    def processor_seconds(self) -> float:
        """What the server has used of the processors since its start, all its threads together; on Linux alone."""
        # proc(5): the name of the program, in parentheses, may hold spaces; user and system time are fields 14 and 15.
        fields = Path(f"/proc/{self.process_id}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """End the process at once, as a crash or a power cut would (SIGKILL)."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Let the server drain and end (SIGTERM); kill it if it does not."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def __enter__(self) -> ServerProcess:
        self.wait_until_serving()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextmanager
def server_at(address: str, settings: Mapping[str, object] | None = None) -> Iterator[str]:
    """The given address, or, when it is empty, that of a server with `settings` that lives as long as the block."""
    if address:
        yield address
        return
    with (
        tempfile.TemporaryDirectory(prefix="groundwire-eval-") as folder,
        ServerProcess(Path(folder, "data"), Path(folder, "server.log"), settings) as server,
    ):
        yield server.address


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serves(health: health_pb2_grpc.HealthStub) -> bool:
    try:
        reply = health.Check(health_pb2.HealthCheckRequest(), timeout=1.0)
    except grpc.RpcError:
        return False
    return bool(reply.status == health_pb2.HealthCheckResponse.SERVING)
