"""`groundwire eval verdict`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from eval.report import figure, table_console, write_json
from eval.serving import Json
from eval.verdict import promises
from eval.verdict.judge import Judge
from eval.verdict.measures import Measure

_HEADINGS = ("promise", "count", "of", "share", "bar", "met")


def verdict(
    *,
    seed: Annotated[int, typer.Option(help="Of the generated texts; take one that nobody has looked at.")] = 1,
    count: Annotated[
        int, typer.Option(min=10, help="Mutations, equivalents, twins, dated claims and repetitions.")
    ] = 1000,
    read: Annotated[int, typer.Option(min=4, help="Claims that the bundled model reads, for padding and spans.")] = 200,
    tatqa: Annotated[Path | None, typer.Option(help="A TAT-QA file, for computed figures. Default: left out.")] = None,
    show: Annotated[int, typer.Option(min=0, help="Wrong cases to print of each promise.")] = 0,
    json: Json = None,
) -> None:
    """Measure what the verdict promises, on texts generated from a seed: one line for each promise."""
    measures = []
    table = Table(title=f"What a verdict promises, seed {seed}", box=box.SIMPLE_HEAD)
    for heading in _HEADINGS:
        table.add_column(heading, justify="left" if heading in {"promise", "met"} else "right")
    for each in _measures(seed, count, read, tatqa):
        measures.append(each)
        sign = "<=" if each.is_most else ">="
        table.add_row(
            each.name,
            f"{each.count:,}",
            f"{each.of:,}",
            figure(each.share, 4),
            f"{sign} {each.bar:g}",
            "yes" if each.is_met else "NO",
        )
        if not each.is_met or show:
            for example in each.examples[: show or 3]:
                typer.echo(f"{each.name}: {example}", err=True)
    table_console().print(table)
    write_json(json, "verdict", f"generated from seed {seed}, {count} cases", measures)


def _measures(seed: int, count: int, read: int, tatqa: Path | None) -> Iterator[Measure]:
    bundled = Judge.bundled()
    yield from promises.changes(seed, count)
    if tatqa is not None:
        yield from promises.computed(tatqa, seed, count)
    yield from promises.accidental_derivations(seed, count)
    yield from promises.padding(bundled, seed, read)
    yield from promises.spans(bundled, seed, read)
    yield from promises.scope(seed, count)
    yield from promises.currency(seed, count)
    yield from promises.conflicts(seed, count)
    yield from promises.silence()
    yield from promises.determinism(bundled, seed, count)
