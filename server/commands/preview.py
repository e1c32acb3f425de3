"""`groundwire preview`: how a document would be read and cut."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from groundwire.v1.corpus_pb2 import Chunk, PreviewChunksRequest
from server.commands.connection import DEFAULT_SERVER, Server, connected
from server.commands.failure import CommandFailed
from server.commands.terminal import AsJson, counted, out, plain, print_json


def preview(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The document.")],
    *,
    declared_type: Annotated[str, typer.Option("--type", help="Its type. [default: detected]")] = "",
    max_tokens: Annotated[int, typer.Option(min=0, help="Tokens of a chunk; 0: the server's setting.")] = 0,
    overlap: Annotated[int, typer.Option(min=0, help="Tokens that neighbouring chunks share.")] = 0,
    address: Server = DEFAULT_SERVER,
    as_json: AsJson = False,
) -> None:
    """Show how a document would be read and cut into chunks; nothing is stored."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{file}: cannot be read: {error.strerror}") from error
    request = PreviewChunksRequest(
        data=data, type=declared_type, filename=file.name, max_tokens=max_tokens, overlap_tokens=overlap
    )
    with connected(address) as client:
        response = client.corpus.PreviewChunks(request)
    if as_json:
        print_json(response)
        return
    console = out()
    for chunk in response.chunks:
        show_chunk(chunk)
    for warning in response.warnings:
        console.print(Text(f"note: {plain(warning)}", "yellow"))
    count = counted(len(response.chunks), "chunk")
    console.print(Text(f"{response.type} (confidence {response.type_confidence:.2f}): {count}", "dim"))


def show_chunk(chunk: Chunk) -> None:
    """Print a chunk: where it stands, what it is, and its text."""
    page = f", page {chunk.page}" if chunk.page else ""
    place = f"{chunk.kind}, {chunk.tokens} tokens, lines {chunk.first_line}-{chunk.last_line}{page}"
    path = " › ".join(plain(heading) for heading in chunk.heading_path)
    console = out()
    console.print(Text.assemble((f"{chunk.ordinal:>3}  ", "bold"), (place, "cyan"), (f"  {path}", "dim")))
    if chunk.context_prefix:
        console.print(Padding(Text(plain(chunk.context_prefix), "dim italic"), (0, 0, 0, 5), expand=False))
    console.print(Padding(Text(plain(chunk.text)), (0, 0, 1, 5), expand=False))
