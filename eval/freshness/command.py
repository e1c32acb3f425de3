"""`groundwire eval freshness`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from eval.freshness.benchmark import measure
from eval.report import figure, table_console, write_json
from eval.serving import Json, Server, server_at
from server.commands.connection import connected


def freshness(
    *,
    pairs: Annotated[int, typer.Option(min=1, help="Writes, each with the read after it.")] = 10_000,
    callers: Annotated[int, typer.Option(min=1, max=64, help="Callers at once.")] = 4,
    seed: Annotated[int, typer.Option(help="Of what is written.")] = 0,
    server: Server = "",
    json: Json = None,
) -> None:
    """Count the reads that show another state than the one just written; exits with 1 if there is one."""
    with server_at(server) as address, connected(address) as client, Console(stderr=True).status(f"{pairs:,} pairs"):
        figures = measure(client, pairs, callers, seed)
    console = table_console()
    console.print(f"{figures.pairs:,} writes read back, {figures.stale:,} stale")
    console.print(f"median: write {figure(figures.write_p50, 1)} ms, both reads {figure(figures.read_p50, 1)} ms")
    write_json(json, "freshness", f"made-up records, seed {seed}", figures)
    if figures.stale:
        raise typer.Exit(1)
