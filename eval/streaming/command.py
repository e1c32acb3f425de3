"""`groundwire eval stream`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich import box
from rich.table import Table

from eval.report import figure, table_console, write_json
from eval.serving import Json, Server, server_at
from eval.streaming.benchmark import StreamFigures, measure_delays, measure_equality
from server.commands.connection import connected


def stream(
    *,
    answers: Annotated[int, typer.Option(min=1, help="Answers to compare, each cut at random bytes.")] = 1000,
    timed: Annotated[int, typer.Option(min=0, help="Answers to time, word by word. 0: none.")] = 40,
    words_a_second: Annotated[float, typer.Option(min=1, help="How fast the timed answers are written.")] = 50.0,
    seed: Annotated[int, typer.Option(help="Of the drawn answers and cuts.")] = 1,
    server: Server = "",
    json: Json = None,
) -> None:
    """Measure whether a streamed answer ends like the whole one, and how soon each verdict comes."""
    # A claim is timed in a stream and alone: what the server remembers would make the second free.
    with server_at(server, {"remembered_scores": 0}) as address, connected(address) as client:
        equality, model = measure_equality(client, seed, answers)
        delays = measure_delays(client, seed, timed, words_a_second) if timed else None
    figures = StreamFigures(equality, delays, model)
    table_console().print(_table(figures))
    write_json(json, "stream", f"{answers} drawn answers, {timed} timed, seed {seed}", figures)


def _table(figures: StreamFigures) -> Table:
    table = Table(title=f"Streams against whole answers: {figures.entailment_model}", box=box.SIMPLE_HEAD)
    table.add_column("")
    table.add_column("", justify="right")
    equality, delays = figures.equality, figures.delays
    table.add_row("answers that end alike, byte for byte", f"{equality.equal:,} of {equality.answers:,}")
    table.add_row("verdicts sent", f"{equality.verdicts:,}")
    table.add_row("of these taken back", f"{equality.retracted:,}")
    if delays is not None:
        table.add_row("claims timed", f"{delays.claims:,}")
        table.add_row("sentence end to verdict, p50 / p95 ms", f"{delays.stream_p50:.1f} / {delays.stream_p95:.1f}")
        table.add_row("the same claim alone, p50 / p95 ms", f"{delays.alone_p50:.1f} / {delays.alone_p95:.1f}")
        table.add_row("ratio of the p95", figure(delays.ratio, 2))
    return table
