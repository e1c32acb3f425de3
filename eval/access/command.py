"""`groundwire eval access`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from eval.access.cost import CostFigures, measure_cost
from eval.access.trial import Findings, run_trials, run_twins
from eval.report import table_console, write_json
from eval.serving import Json
from server.commands.failure import CommandFailed
from server.config import load_settings

_DATA = "made-up tenants, callers, documents and policies"
_QUERIES_A_WORLD = 2_500
_DOCUMENTS = {"exact": 60, "inverted file": 1_500}
_EXACT_LIMIT = {"exact": 50_000, "inverted file": 200}


@dataclass(frozen=True, slots=True)
class AccessFigures:
    """What was found, by the kind of index; how often twins differed; and what it costs."""

    trials: dict[str, Findings]
    twins: int
    twins_that_differ: int
    cost: CostFigures


def access(
    *,
    queries: Annotated[
        int, typer.Option(min=10, help="Questions to service and oracle, for each kind of index.")
    ] = 5_000,
    twins: Annotated[int, typer.Option(min=1, help="Pairs of corpora that differ only in what is hidden.")] = 100,
    chunks: Annotated[int, typer.Option(min=2_000, help="Size of the corpus on which the cost is measured.")] = 100_000,
    seed: Annotated[int, typer.Option(help="What is made up; the same seed makes up the same.")] = 0,
    json: Json = None,
) -> None:
    """Try access control against an oracle that shares no code with it, and measure what it costs.

    Exits with 1 when anything was shown that should not be, withheld that should not be, or told by the shape of a reply.
    """
    status = Console(stderr=True)
    trials = {}
    for kind, documents in _DOCUMENTS.items():
        with status.status(f"{queries:,} questions, {kind}"):
            trials[kind] = _trials(queries, documents, _EXACT_LIMIT[kind], seed)
    with status.status(f"{twins:,} pairs of corpora"):
        differ = run_twins(twins, seed=seed)
    with status.status(f"Cost on {chunks:,} chunks"):
        cost = measure_cost(chunks, 300, load_settings())
    figures = AccessFigures(trials, twins, differ, cost)
    for table in (_agreement(figures), _cost(cost)):
        table_console().print(table)
    write_json(json, "access", f"{_DATA}, seed {seed}", figures)
    failures = sum(found.failures for found in trials.values()) + differ
    if failures:
        examples = [example for found in trials.values() for example in found.examples[:5]]
        raise CommandFailed("\n".join([f"{failures} disagreements with the oracle", *examples]))


def _trials(queries: int, documents: int, exact_limit: int, seed: int) -> Findings:
    """The findings of as many worlds as it takes, together."""
    together = Findings()
    for world, start in enumerate(range(0, queries, _QUERIES_A_WORLD)):
        asked = min(_QUERIES_A_WORLD, queries - start)
        found = run_trials(asked, documents=documents, seed=1_000 * seed + world, exact_limit=exact_limit)
        together.queries += found.queries
        together.inverted += found.inverted
        together.changes += found.changes
        together.foreign += found.foreign
        together.forbidden += found.forbidden
        together.withheld += found.withheld
        together.telling += found.telling
        together.examples += found.examples
    return together


def _agreement(figures: AccessFigures) -> Table:
    table = Table(
        "index", "questions", "inverted", "changes", "foreign", "forbidden", "withheld", "telling", box=box.SIMPLE_HEAD
    )
    for kind, found in figures.trials.items():
        counts = (
            found.queries,
            found.inverted,
            found.changes,
            found.foreign,
            found.forbidden,
            found.withheld,
            found.telling,
        )
        table.add_row(kind, *(f"{count:,}" for count in counts))
    table.caption = (
        f"{figures.twins_that_differ} of {figures.twins} pairs of corpora that differ in what is hidden told so"
    )
    return table


def _cost(cost: CostFigures) -> Table:
    table = Table("a retrieval from 1 % of the chunks", "", box=box.SIMPLE_HEAD, title=f"{cost.chunks:,} chunks")
    table.add_row("with access control", f"{cost.governed:.2f} ms")
    table.add_row("without", f"{cost.ungoverned:.2f} ms")
    table.add_row("ratio", f"{cost.ratio:.2f}")
    table.add_row("a caller's first", f"{cost.first:.2f} ms")
    for share, recall in cost.recall.items():
        table.add_row(f"recall@10 within {share}", f"{recall:.3f}")
    return table
