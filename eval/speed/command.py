"""`groundwire eval speed`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from eval.report import figure, table_console, write_json
from eval.serving import Json
from eval.speed.benchmark import (
    Effort,
    Latency,
    SpeedFigures,
    measure_growth,
    measure_retrieve,
    measure_validate,
)
from eval.speed.load import load_process
from server.config import load_settings

_DATA = "made-up text and vectors, seeds 0 to 3"
_USUAL = Effort()


def speed(
    *,
    chunks: Annotated[str, typer.Option(help="Sizes of corpus, in chunks, with commas between.")] = "1000,10000,100000",
    fp32: Annotated[
        Path | None, typer.Option(help="The entailment model's weights before quantisation (.onnx), to compare with.")
    ] = None,
    validations: Annotated[int, typer.Option(min=8, help="Validate calls of each load.")] = _USUAL.validations,
    retrievals: Annotated[int, typer.Option(min=32, help="Retrieve calls of each load.")] = _USUAL.retrievals,
    turns: Annotated[int, typer.Option(min=1, help="Times that each side of a comparison is measured.")] = _USUAL.turns,
    json: Json = None,
) -> None:
    """Measure the service against its own parts, and how latencies grow with callers and chunks."""
    settings = load_settings()
    effort = Effort(validations, retrievals, turns)
    status = Console(stderr=True)
    with load_process() as drive:
        with status.status("Validate against the bare session"):
            validate = measure_validate(drive, settings, fp32, effort)
        with status.status("Retrieve against embedding and search alone"):
            retrieve = measure_retrieve(drive, settings, effort)
        growth = {}
        for size in sorted(int(each) for each in chunks.split(",")):
            with status.status(f"Retrieve on {size:,} chunks"):
                growth[size] = measure_growth(drive, settings, size, effort)
    figures = SpeedFigures(validate, retrieve, growth)
    for table in (_ratios(figures), _latencies(figures)):
        table_console().print(table)
    write_json(json, "speed", _DATA, figures)


def _ratios(figures: SpeedFigures) -> Table:
    table = Table(title="The service against its parts, medians of measurements in turns", box=box.SIMPLE_HEAD)
    for heading in ("", "service", "parts", "ratio"):
        table.add_column(heading, justify="left" if not heading else "right")
    validate, retrieve = figures.validate, figures.retrieve
    fastest = max(validate.bare, validate.bare_in_batches)
    table.add_row(
        f"Validate, pairs a second ({validate.pairs}), against the bare session",
        *(figure(validate.service, 1), figure(fastest, 1), figure(validate.ratio)),
    )
    table.add_row(
        f"Retrieve, queries a second on {retrieve.chunks:,} chunks, against embedding and search",
        *(figure(retrieve.service, 1), figure(retrieve.parts, 1), figure(retrieve.ratio)),
    )
    work = retrieve.work
    table.add_row(
        f"Retrieve, processor milliseconds a query ({figure(work.callers, 1)} of them the callers')",
        *(figure(work.server + work.callers, 1), figure(work.parts, 1), figure(work.ratio)),
    )
    if validate.int8_over_fp32 is not None:
        fp32 = validate.bare / validate.int8_over_fp32
        table.add_row(
            "int8 session, pairs a second, against fp32",
            *(figure(validate.bare, 1), figure(fp32, 1), figure(validate.int8_over_fp32)),
        )
    return table


def _latencies(figures: SpeedFigures) -> Table:
    table = Table(title="Latency in milliseconds by callers at once", box=box.SIMPLE_HEAD)
    for heading in ("", "callers", "p50", "p95", "p99", "calls a second", "p50 over the smallest corpus"):
        table.add_column(heading, justify="left" if not heading else "right")
    _add_latencies(table, "Validate", figures.validate.latencies, None)
    smallest = next(iter(figures.growth.values()), None)
    for size, latencies in figures.growth.items():
        _add_latencies(table, f"Retrieve, {size:,} chunks", latencies, smallest)
    return table


def _add_latencies(table: Table, name: str, latencies: Sequence[Latency], smallest: Sequence[Latency] | None) -> None:
    for position, latency in enumerate(latencies):
        growth = latency.p50 / smallest[position].p50 if smallest else None
        table.add_row(
            name if position == 0 else "",
            str(latency.callers),
            *(figure(value, 1) for value in (latency.p50, latency.p95, latency.p99, latency.rate)),
            figure(growth, 2) if growth else "",
        )
