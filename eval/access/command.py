"""`groundwire eval access`, `eval interference` and `eval governance`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from eval.access.cost import CostFigures, measure_cost
from eval.access.findings import Findings
from eval.access.timing import Told, measure_timing
from eval.access.trial import run_trials
from eval.access.twins import run_twins
from eval.report import table_console, write_json
from eval.serving import Json
from server.commands.failure import CommandFailed
from server.config import load_settings

_DATA = "made-up tenants, callers, documents and policies"
_QUERIES_A_WORLD = 2_500
_DOCUMENTS = {"exact": 60, "inverted file": 1_200}
_EXACT_LIMIT = {"exact": 50_000, "inverted file": 300}
_COUNTED = ("queries", "inverted", "refused", "changes", "foreign", "forbidden", "withheld", "telling")
_HIGHEST_AUC = 0.55

Seed = Annotated[int, typer.Option(help="What is made up; the same seed makes up the same.")]


@dataclass(frozen=True, slots=True)
class InterferenceFigures:
    """How many pairs of corpora were told apart by the bytes of a reply, and how well its time tells cases apart."""

    twins: int
    different: int
    replies: int
    timing: Mapping[str, Told]


def access(
    *,
    queries: Annotated[
        int, typer.Option(min=10, help="Questions to service and oracle, half for each kind of index.")
    ] = (10_000),
    seed: Seed = 0,
    json: Json = None,
) -> None:
    """Ask the service and an oracle that shares no code with it who may read what, while documents and policies change.

    Exits with 1 when anything was shown that should not be, withheld that should not be, or told by the shape of a reply.
    """
    status = Console(stderr=True)
    trials = {kind: Findings() for kind in _DOCUMENTS}
    share = queries // len(trials)
    for world, start in enumerate(range(0, share, _QUERIES_A_WORLD)):
        for kind, found in trials.items():
            with status.status(f"{kind}: {found.queries:,} of {share:,} questions, {found.failures} failures"):
                found.add(
                    run_trials(
                        min(_QUERIES_A_WORLD, share - start),
                        documents=_DOCUMENTS[kind],
                        seed=1_000 * seed + world,
                        exact_limit=_EXACT_LIMIT[kind],
                    )
                )
    table_console().print(_agreement(trials))
    write_json(json, "access", f"{_DATA}, seed {seed}", trials)
    failures = sum(found.failures for found in trials.values())
    if failures:
        examples = [example for found in trials.values() for example in found.examples[:5]]
        raise CommandFailed("\n".join([f"{failures} disagreements with the oracle", *examples]))


def interference(
    *,
    twins: Annotated[int, typer.Option(min=1, help="Pairs of corpora that differ only in what is hidden.")] = 1_000,
    replies: Annotated[int, typer.Option(min=20, help="Replies of each case that are timed.")] = 1_000,
    seed: Seed = 0,
    json: Json = None,
) -> None:
    """Look whether what a caller may not see changes the bytes of a reply, and how well its time tells.

    Exits with 1 when the bytes of a reply differ. Times are as good as the machine is quiet: a busy one hides what a quiet one
    would tell, so read each figure beside the noise that is printed with it.
    """
    status = Console(stderr=True)
    with status.status(f"{twins:,} pairs of corpora"):
        different = run_twins(twins, seed=seed)
    with status.status(f"{replies:,} replies of each case"):
        figures = InterferenceFigures(twins, different, replies, measure_timing(replies, seed))
    console = table_console()
    console.print(
        f"{different:,} of {twins:,} pairs of corpora that differ in what is hidden were told by a reply's bytes"
    )
    console.print(_timing(figures.timing))
    write_json(json, "interference", f"{_DATA}, seed {seed}", figures)
    if different:
        raise typer.Exit(1)


def governance(
    *,
    chunks: Annotated[int, typer.Option(min=2_000, help="Size of the corpus.")] = 100_000,
    queries: Annotated[int, typer.Option(min=10, help="Questions, each asked with and without.")] = 300,
    json: Json = None,
) -> None:
    """Measure what policies, masks and audit add to a retrieval, and what filters leave of the true neighbours."""
    with Console(stderr=True).status(f"{chunks:,} chunks"):
        cost = measure_cost(chunks, queries, load_settings())
    table_console().print(_cost(cost))
    write_json(json, "governance", f"made-up text and vectors, {chunks} chunks", cost)


def _agreement(trials: Mapping[str, Findings]) -> Table:
    table = Table("index", *_COUNTED, "MB scanned", box=box.SIMPLE_HEAD)
    for kind, found in trials.items():
        counts = (f"{getattr(found, name):,}" for name in _COUNTED)
        table.add_row(kind, *counts, f"{found.scanned / 1e6:.1f}")
    return table


def _timing(timing: Mapping[str, Told]) -> Table:
    table = Table("one case against the other", "AUC", "noise", "ms", "ms", "", box=box.SIMPLE_HEAD)
    for what, told in timing.items():
        verdict = "" if told.auc <= _HIGHEST_AUC else f"above {_HIGHEST_AUC}"
        figures = (told.auc, told.noise, told.median_a, told.median_b)
        table.add_row(what, *(f"{figure:.3f}" for figure in figures), verdict)
    return table


def _cost(cost: CostFigures) -> Table:
    table = Table("a retrieval from 1 % of the chunks", "", box=box.SIMPLE_HEAD, title=f"{cost.chunks:,} chunks")
    table.add_row("without governance", f"{cost.ungoverned:.2f} ms")
    table.add_row("with policies and masks", f"{cost.masked:.2f} ms")
    table.add_row("with policies, masks and audit", f"{cost.governed:.2f} ms")
    table.add_row("ratio", f"{cost.ratio:.2f}")
    table.add_row("a caller's first", f"{cost.first:.2f} ms")
    for share, recall in cost.recall.items():
        table.add_row(f"recall@10 within {share}", f"{recall:.3f}")
    return table
