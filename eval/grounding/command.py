"""`groundwire eval grounding`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from eval.grounding.benchmark import (
    Figures,
    GroundingFigures,
    SetFigures,
    judge_all,
    means_of,
    set_figures,
)
from eval.grounding.rows import Row, read_rows, sample, set_names
from eval.report import figure, table_console, write_json
from eval.serving import Json, Server, server_at
from eval.training.data import held_out
from eval.training.recipe import RAGTRUTH_SHARE
from groundwire.v1 import guard_pb2
from server.commands.connection import connected

_COLUMNS = (
    "rows",
    "balanced\naccuracy",
    "\nAUROC",
    "\nmacro-F1",
    "F1 not\nsupported",
    "3-way\naccuracy",
    "\nECE",
    "\nBrier",
    "\nabstained",
)


def grounding(
    *,
    data: Annotated[Path, typer.Option("--data", help="Folder of labelled sets: <set>.jsonl or <set>.jsonl.gz.")],
    sets: Annotated[str, typer.Option(help="Names of sets with commas between. Default: all in the folder.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Rows of a set at the most, drawn by the seed. 0: all.")] = 0,
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 0,
    held_out_sources: Annotated[
        bool,
        typer.Option(
            "--held-out-sources",
            help="Only rows whose source_id the training recipe sets aside: for sets that it trains on.",
        ),
    ] = False,
    server: Server = "",
    json: Json = None,
) -> None:
    """Measure how the verdicts on labelled statements agree with their labels."""
    names = [name.strip() for name in sets.split(",") if name.strip()] or set_names(data)
    keep = _is_held_out if held_out_sources else _always
    rows = {name: sample(read_rows(data, name), limit, seed, keep) for name in names}
    with server_at(server) as address:
        figures = _measure(address, {name: part for name, part in rows.items() if part})
    table_console().print(_table(data.name, figures))
    write_json(json, "grounding", f"{data}, at most {limit or 'all'} rows a set, seed {seed}", figures)


def _measure(address: str, rows: dict[str, list[Row]]) -> GroundingFigures:
    seen: dict[str, str] = {}

    def note(versions: guard_pb2.Versions) -> None:
        seen.update(model=versions.entailment_model, policy=versions.policy)

    sets: dict[str, SetFigures] = {}
    with connected(address) as client, Progress(console=Console(stderr=True)) as progress:
        for name, part in rows.items():
            judgements = list(progress.track(judge_all(client, part, note), total=len(part), description=name))
            sets[name] = set_figures(part, judgements)
    return GroundingFigures(sets, means_of(sets.values()), seen.get("model", ""), seen.get("policy", ""))


def _always(_: Row) -> bool:
    return True


def _is_held_out(row: Row) -> bool:
    return bool(row.source_id) and held_out(row.source_id, RAGTRUTH_SHARE)


def _table(folder: str, figures: GroundingFigures) -> Table:
    table = Table(
        title=f"{folder}: {figures.entailment_model}, policy {figures.policy}",
        box=box.SIMPLE_HEAD,
        caption="Supported against the rest, at the policy's thresholds; an abstention counts as not supported.",
    )
    table.add_column("set", no_wrap=True)
    for heading in _COLUMNS:
        table.add_column(heading, justify="right", min_width=max(map(len, heading.split("\n"))))
    for name, reached in figures.sets.items():
        table.add_row(name, *_cells(reached.whole))
        for parts, label in ((reached.by_source, "{}"), (reached.by_model, "by {}")):
            for part, its_figures in parts.items():
                table.add_row(f"  {label.format(part)}", *_cells(its_figures), style="dim")
    means = figures.means
    table.add_section()
    empty = ""
    table.add_row(
        "mean of sets",
        *(empty, figure(means.balanced_accuracy), figure(means.auroc), empty, empty, empty),
        *(figure(means.calibration_error), figure(means.brier), empty),
    )
    return table


def _cells(figures: Figures) -> list[str]:
    return [
        str(figures.rows),
        figure(figures.balanced_accuracy),
        figure(figures.auroc),
        figure(figures.macro_f1),
        figure(figures.unsupported_f1),
        figure(figures.three_way_accuracy),
        figure(figures.calibration_error),
        figure(figures.brier),
        str(figures.abstentions),
    ]
