"""`groundwire key`: a new key for a client."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml

from server.access.clients import Client, digest_of, load_clients, new_key
from server.commands.failure import CommandFailed


def key(
    client: Annotated[str, typer.Argument(help="The client's id: small letters, digits and hyphens.")],
    *,
    tenant: Annotated[str, typer.Option(help="Whose documents and cases it works with.")],
    role: Annotated[
        list[str], typer.Option(help="What it may do: reader, writer, reviewer, admin. Repeat for several.")
    ],
    group: Annotated[
        list[str] | None, typer.Option(help="A group that it is in; '*' for all. Repeat for several.")
    ] = None,
    clearance: Annotated[int, typer.Option(min=0, max=100, help="Its clearance.")] = 0,
    region: Annotated[str, typer.Option(help="Its region.")] = "",
    file: Annotated[
        Path | None, typer.Option(dir_okay=False, help="File of clients to add the entry to. [default: print it]")
    ] = None,
) -> None:
    """Make a key, which is printed once and stored nowhere, and the entry by which the server knows it."""
    secret = new_key(client)
    entry = {
        "id": client,
        "keys_sha256": [digest_of(secret)],
        "tenant": tenant,
        "roles": role,
        "groups": group or [],
        "clearance": clearance,
        "region": region,
    }
    try:
        Client.model_validate(entry)
    except ValueError as error:
        raise CommandFailed(f"no such client can be: {error}") from None
    text = yaml.safe_dump([entry], sort_keys=False)
    if file is None:
        typer.echo(text, nl=False)
    else:
        _add(file, client, text)
    typer.echo(secret)


def _add(file: Path, client: str, text: str) -> None:
    """Append an entry to a file of clients, which must be one and not have the client yet."""
    if file.exists() and client in load_clients(file).by_id:
        raise CommandFailed(
            f"{file} has the client {client} already; to give it another key, add the hash to its keys_sha256"
        )
    with file.open("a", encoding="utf-8") as clients:
        clients.write(text)
