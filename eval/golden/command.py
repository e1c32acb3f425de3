"""`groundwire eval golden`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from eval.golden.benchmark import GoldenFigures, Outcome, figures_of, run
from eval.golden.cases import read_golden
from eval.report import table_console, write_json
from eval.serving import Json, Server, server_at
from groundwire.v1.corpus_pb2 import UPSERT_STATUS_REJECTED
from server.commands.connection import connected
from server.commands.demo import SAMPLES
from server.commands.failure import CommandFailed
from server.commands.ingest import upsert_all
from server.commands.manifest import read_manifest


def golden(
    *,
    cases: Annotated[
        Path,
        typer.Option("--cases", help="Golden answers, one JSON object a line; samples/README.md lists the fields."),
    ] = SAMPLES / "golden.jsonl",
    manifest: Annotated[
        Path, typer.Option("--manifest", help="The documents that they are about; stored before they are checked.")
    ] = SAMPLES / "manifest.yaml",
    least: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Exit with 1 when a smaller share of the decisions is right.")
    ] = 0.0,
    server: Server = "",
    json: Json = None,
) -> None:
    """Hold verdicts on a golden set against those that its answers deserve.

    Exit codes: 0 done, 1 fewer decisions are right than --least asks for, or something failed.
    """
    expected = read_golden(cases)
    with server_at(server) as address, connected(address) as client:
        for response in upsert_all(client, list(read_manifest(manifest, "golden"))):
            for result in response.results:
                if result.status == UPSERT_STATUS_REJECTED:
                    raise CommandFailed(f"{result.document_id}: was not stored: {result.message}")
        with Progress(console=Console(stderr=True)) as progress:
            outcomes = list(progress.track(run(client, expected), total=len(expected), description=cases.name))
    whole = figures_of(outcomes)
    table_console().print(_by_kind(cases.name, outcomes, whole))
    table_console().print(_differences(outcomes))
    write_json(json, "golden", str(cases), whole)
    if whole.decisions_right < least * whole.cases:
        raise typer.Exit(1)


def _by_kind(name: str, outcomes: list[Outcome], whole: GoldenFigures) -> Table:
    table = Table(
        title=name,
        box=box.SIMPLE_HEAD,
        caption="Let through: passes, and must not. Held back: must pass, and does not.",
    )
    table.add_column("kind", no_wrap=True)
    for heading in ("cases", "decision right", "let through", "held back", "claims", "label right"):
        table.add_column(heading, justify="right")
    for kind in dict.fromkeys(found.case.kind for found in outcomes):
        table.add_row(kind, *_cells(figures_of(found for found in outcomes if found.case.kind == kind)))
    table.add_section()
    table.add_row("all", *_cells(whole))
    return table


def _cells(figures: GoldenFigures) -> list[str]:
    counts = (figures.cases, figures.decisions_right, figures.let_through, figures.held_back)
    return [str(count) for count in (*counts, figures.claims, figures.claims_right)]


def _differences(outcomes: list[Outcome]) -> Table:
    table = Table(title="Otherwise than expected", box=box.SIMPLE_HEAD)
    for heading in ("case", "what", "expected", "said"):
        table.add_column(heading, overflow="fold")
    for found in outcomes:
        for each in found.differences:
            table.add_row(each.case_id, each.what, each.expected, each.said)
    return table
