"""The connection of a command to its server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import grpc
import typer

import groundwire
from server.commands.failure import CommandFailed, explain

Server = Annotated[
    str, typer.Option("--server", envvar="GROUNDWIRE_SERVER", metavar="HOST:PORT", help="Address of the server.")
]
DEFAULT_SERVER = "127.0.0.1:50051"
TOKEN = "GROUNDWIRE_TOKEN"
CA = "GROUNDWIRE_CA"


@contextmanager
def connected(address: str) -> Iterator[groundwire.Client]:
    """A client for the server at `address`; a call that fails within becomes a `CommandFailed` that explains it."""
    with groundwire.connect(address, token=os.environ.get(TOKEN, ""), credentials=_tls()) as client:
        try:
            yield client
        except grpc.RpcError as error:
            raise CommandFailed(explain(error, address)) from error


def _tls() -> grpc.ChannelCredentials | None:
    """TLS by the authorities in the file that the environment names; none, and so no encryption, without."""
    file = os.environ.get(CA)
    if not file:
        return None
    try:
        return grpc.ssl_channel_credentials(Path(file).read_bytes())
    except OSError as error:
        raise CommandFailed(f"{CA}: {file} cannot be read: {error.strerror}") from None
