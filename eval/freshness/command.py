"""`groundwire eval freshness`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console

from eval.freshness.benchmark import FreshnessFigures, measure
from eval.freshness.revocation import RevocationFigures, measure_revocations
from eval.report import figure, table_console, write_json
from eval.serving import Json, Server, server_at
from server.commands.connection import connected

_LONGEST = 1.0


@dataclass(frozen=True, slots=True)
class _Figures:
    pairs: FreshnessFigures
    revocations: RevocationFigures


def freshness(
    *,
    pairs: Annotated[int, typer.Option(min=1, help="Writes, each with the read after it.")] = 10_000,
    callers: Annotated[int, typer.Option(min=1, max=64, help="Callers at once.")] = 4,
    revocations: Annotated[int, typer.Option(min=1, help="How often each kind of access is taken away.")] = 20,
    seed: Annotated[int, typer.Option(help="Of what is written.")] = 0,
    server: Server = "",
    json: Json = None,
) -> None:
    """Count the reads that show another state than the one just written, and time how long access is had that was taken away.

    Access is taken from two processes of their own, which share files of policies and clients. Exits with 1 if a read was
    stale, or access was had for more than a second.
    """
    status = Console(stderr=True)
    with server_at(server) as address, connected(address) as client, status.status(f"{pairs:,} pairs"):
        figures = measure(client, pairs, callers, seed)
    with status.status(f"{revocations:,} revocations"):
        taken = measure_revocations(revocations)
    console = table_console()
    console.print(f"{figures.pairs:,} writes read back, {figures.stale:,} stale")
    console.print(f"median: write {figure(figures.write_p50, 1)} ms, both reads {figure(figures.read_p50, 1)} ms")
    for kind, seconds in taken.longest.items():
        console.print(f"revoked by {kind} {taken.rounds:,} times, still had for {figure(seconds, 2)} s at most")
    write_json(json, "freshness", f"made-up records, seed {seed}", _Figures(figures, taken))
    if figures.stale or max(taken.longest.values()) > _LONGEST:
        raise typer.Exit(1)
