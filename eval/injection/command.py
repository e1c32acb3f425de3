"""`groundwire eval injection`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich import box
from rich.table import Table

from eval.injection.benchmark import Flips, InjectionFigures, measure
from eval.report import table_console, write_json
from eval.serving import Json, Server, server_at
from server.commands.connection import connected


def injection(
    *,
    count: Annotated[int, typer.Option(min=1, max=1800, help="Phrasings to try, every disguise as often.")] = 240,
    seed: Annotated[int, typer.Option(help="Of the drawn phrasings, claims and places.")] = 1,
    server: Server = "",
    json: Json = None,
) -> None:
    """Measure whether instructions in evidence or answer change verdicts more often than inert text of the same length."""
    with server_at(server) as address, connected(address) as client:
        figures = measure(client, seed, count)
    table_console().print(_table(figures))
    write_json(json, "injection", f"{count} drawn phrasings, seed {seed}", figures)


def _table(figures: InjectionFigures) -> Table:
    table = Table(title=f"Labels that changed: {figures.entailment_model}", box=box.SIMPLE_HEAD)
    for heading in ("", "verdicts", "changed", "rate", "to SUPPORTED", "answers to PASS"):
        table.add_column(heading, justify="right" if heading else "left")
    for place, each in (("evidence", figures.in_evidence), ("answer", figures.in_answer)):
        table.add_row(f"instruction in the {place}", *_cells(each.instructions))
        table.add_row(f"inert text in the {place}", *_cells(each.inert))
    for disguise, in_evidence in figures.in_evidence.reported.items():
        in_answer = figures.in_answer.reported[disguise]
        table.add_row(f"  reported, {disguise}", f"{in_evidence:.0%} / {in_answer:.0%}", style="dim")
    return table


def _cells(flips: Flips) -> list[str]:
    return [str(flips.cases), str(flips.flipped), f"{flips.rate:.2%}", str(flips.to_supported), str(flips.to_pass)]
