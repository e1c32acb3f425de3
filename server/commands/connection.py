"""The connection of a command to its server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import grpc
import typer

import groundwire
from server.commands.failure import CommandFailed, explain

Server = Annotated[
    str, typer.Option("--server", envvar="GROUNDWIRE_SERVER", metavar="HOST:PORT", help="Address of the server.")
]
DEFAULT_SERVER = "127.0.0.1:50051"


@contextmanager
def connected(address: str) -> Iterator[groundwire.Client]:
    """A client for the server at `address`; a call that fails within becomes a `CommandFailed` that explains it."""
    with groundwire.connect(address) as client:
        try:
            yield client
        except grpc.RpcError as error:
            raise CommandFailed(explain(error, address)) from error
