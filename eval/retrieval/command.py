"""`groundwire eval retrieval`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from eval.report import table_console, write_json
from eval.retrieval.beir import read_corpus, read_queries
from eval.retrieval.benchmark import RetrievalFigures, ingest, measure
from eval.serving import Json, Server, server_at
from server.commands.connection import connected


def retrieval(
    *,
    data: Annotated[Path, typer.Option("--data", help="Folder of a test collection in BEIR's form, such as scifact.")],
    split: Annotated[str, typer.Option(help="Which judgements: the name of a file in qrels/.")] = "test",
    max_chunk_tokens: Annotated[int, typer.Option(help="Tokens of a chunk, on a server of the benchmark's own.")] = 200,
    server: Server = "",
    json: Json = None,
) -> None:
    """Measure nDCG@10 and recall@100 of dense, lexical and hybrid retrieval on judged queries."""
    queries = read_queries(data, split)
    documents = list(read_corpus(data))
    with (
        server_at(server, {"max_chunk_tokens": max_chunk_tokens}) as address,
        connected(address) as client,
        Progress(console=Console(stderr=True)) as progress,
    ):
        task = progress.add_task("ingesting", total=len(documents))
        for stored in ingest(client, data.name, documents):
            progress.update(task, completed=stored)
        progress.add_task(f"{len(queries)} queries in three modes", total=None)
        figures = measure(client, data.name, queries, len(documents))
    table_console().print(_table(data.name, split, figures))
    write_json(json, "retrieval", f"{data.name}, {split}", figures)


def _table(name: str, split: str, figures: RetrievalFigures) -> Table:
    table = Table(
        title=f"{name}, {split}: {figures.queries} queries, {figures.documents} documents",
        caption="Means with 95 % intervals over queries. The gain is hybrid's nDCG@10 less this mode's, paired.",
    )
    for heading in ("mode", "nDCG@10", "recall@100", "hybrid's gain"):
        table.add_column(heading)
    for mode, reached in figures.modes.items():
        gain = figures.hybrid_gain.get(mode)
        table.add_row(mode, str(reached.ndcg_at_10), str(reached.recall_at_100), gain.signed if gain else "")
    return table
