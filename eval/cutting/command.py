"""`groundwire eval cutting`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from eval.chunking.choices import Choice, choices_in
from eval.cutting.endurance import Endurance, endure
from eval.cutting.pace import Pace, measure, read_sources
from eval.report import figure, table_console, write_json
from eval.serving import Json
from server.commands.failure import CommandFailed
from server.config import load_settings
from server.models.tokens import load_tokenizer, token_counter

_SAMPLE = 1_000_000


@dataclass(frozen=True, slots=True)
class CuttingFigures:
    """The pace for each type of document, and what a large document took, if one was asked for."""

    paces: Sequence[Pace]
    endurance: Endurance | None


def cutting(
    *,
    data: Annotated[Path, typer.Option("--data", help="Folder of documents of any type.")],
    choices: Annotated[
        str, typer.Option(help="chunker:size/overlap, with commas between; the first is compared with the others.")
    ] = "service:200/0,recursive:200/0",
    rounds: Annotated[int, typer.Option(min=1, help="Times that each choice cuts every document.")] = 5,
    most: Annotated[int, typer.Option("--most", min=1, help="Kilobytes of text of each type at the most.")] = 200,
    megabytes: Annotated[
        int, typer.Option(min=0, max=120, help="Also cut one plain text of this size, and say what memory it takes.")
    ] = 0,
    json: Json = None,
) -> None:
    """Compare how fast documents are cut, in turns in one run, and measure the memory of a large one.

    Two things are compared for each type of document: cutting alone, where every choice starts from the same text; and
    reading and cutting, where the first choice also pays for reading the file (bytes to text, headings, lists, clauses)
    and the others get its text for nothing. Where only a reader makes text of the file (PDF, HTML, e-mail), reading is
    counted for none. All is processor time, and the choices take turns at each document: a busy machine makes all of
    them slower, and moves the ratios little.
    """
    wanted = choices_in(choices)
    sources = read_sources(data, most * 1000)
    if not sources or not wanted:
        raise CommandFailed(f"{data}: no document can be read, or no choice is named")
    file = load_settings().embedder / "tokenizer.json"
    tokenizer = load_tokenizer(file)
    with Console(stderr=True).status("reading") as status:
        paces = measure(sources, wanted, rounds, partial(token_counter, tokenizer), status.update)
        _show(paces, wanted)
        endurance = None
        if megabytes:
            status.update(f"cutting {megabytes} megabytes")
            sample = "\n\n".join(source.parsed.text for source in sources)[:_SAMPLE]
            endurance = endure(sample, megabytes, wanted[0].size, file)
            _show_endurance(endurance)
    write_json(json, "cutting", str(data), CuttingFigures(paces, endurance))


def _show(paces: Sequence[Pace], choices: Sequence[Choice]) -> None:
    first, *others = map(str, choices)
    table = Table(
        title="Seconds of processor time a megabyte",
        caption=f"Ratios: how many times as fast {first} is, with its reading counted / without.",
        box=box.SIMPLE_HEAD,
    )
    for heading in ("type", "documents", "left\nout", "MB", "reading", *map(str, choices)):
        table.add_column(heading, justify="left" if heading == "type" else "right")
    for other in others:
        table.add_column(f"against\n{other}", justify="right")
    for pace in paces:
        ratios = [
            " / ".join(figure(pace.ratio(first, other, with_reading=reading), 2) for reading in (True, False))
            for other in others
        ]
        seconds = (median(each) for each in (pace.reading, *pace.cutting.values()))
        table.add_row(
            pace.type,
            f"{pace.documents}",
            f"{pace.left_out}",
            f"{pace.megabytes:.2f}",
            *(figure(each, 2) for each in seconds),
            *ratios,
        )
    table_console().print(table)


def _show_endurance(endurance: Endurance) -> None:
    table_console().print(
        f"One text of {endurance.megabytes:.0f} MB: {endurance.chunks:,} chunks, at most "
        f"{endurance.peak_megabytes:.0f} MB of memory ({endurance.peak_bytes_a_byte:.1f} bytes a byte), "
        f"{endurance.processor_seconds:.0f} s of processor time."
    )
