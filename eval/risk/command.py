"""`groundwire eval risk`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from eval.grounding.rows import read_rows, sample, set_names
from eval.metrics.classification import calibration_error
from eval.report import figure, table_console, write_json
from eval.risk.control import Controlled, Refused, Scored, Target, control
from eval.risk.curve import drawn
from eval.risk.policy import policy_text
from eval.risk.rows import read_scored, score_rows, write_scored
from eval.risk.splits import SplitFigures, measure_splits
from eval.serving import Json, Server, server_at
from server.commands.connection import connected
from server.commands.failure import CommandFailed
from server.stages.policy import Policy, load_policies, parse_policy


@dataclass(frozen=True, slots=True)
class Part:
    """The answers of one source or category, or all: how calibrated they are, and the threshold that they alone would give."""

    rows: int
    supported: int
    calibration_error: float | None
    outcome: Controlled | Refused
    splits: SplitFigures | None


@dataclass(frozen=True, slots=True)
class RiskFigures:
    """The whole, its categories (under which the policy can set thresholds), and its sources (for information)."""

    target: Target
    whole: Part
    by_category: Mapping[str, Part]
    by_source: Mapping[str, Part]


def risk(
    *,
    labels: Annotated[
        Path | None, typer.Option(help="Scored answers, one JSON object a line: label, confidence, categories.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Or a folder of labelled sets, to be scored by the service.")
    ] = None,
    sets: Annotated[str, typer.Option(help="Names of sets with commas between. Default: all in the folder.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Rows of a set at the most, drawn by the seed. 0: all.")] = 0,
    target: Annotated[
        float, typer.Option(min=0.0001, max=0.5, help="The share of passed answers that may be wrong.")
    ] = 0.05,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.9999, help="How sure that is to be.")] = 0.95,
    splits: Annotated[
        int, typer.Option(min=0, help="Random halvings on which to see whether it holds. 0: none.")
    ] = 200,
    base: Annotated[
        Path | None, typer.Option("--policy", help="Policy to start from. Default: the built-in one.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the derived policy.")] = "risk-controlled",
    out: Annotated[Path | None, typer.Option(help="Write the derived policy here, as YAML.")] = None,
    curve: Annotated[Path | None, typer.Option(help="Draw the risk by the share that passes here, as SVG.")] = None,
    save: Annotated[Path | None, typer.Option(help="Write the scored answers here, to be used as --labels.")] = None,
    seed: Annotated[int, typer.Option(help="Of every draw.")] = 0,
    server: Server = "",
    json: Json = None,
) -> None:
    """Derive from a target risk and labelled answers the confidence from which answers pass.

    Ends with 1 and writes no policy when the labels do not show that the target is kept at any threshold.
    """
    wanted = Target(target, confidence)
    policy = _base_policy(base)
    rows = _rows(labels, data, sets, limit, seed, server)
    if save is not None:
        write_scored(save, rows)
    whole = _part(rows, wanted, splits, seed)
    floor = whole.outcome.threshold if isinstance(whole.outcome, Controlled) else 0.0
    categories = [each for each in policy.categories if any(each in row.categories for row in rows)]
    sources = sorted({row.source for row in rows})
    figures = RiskFigures(
        wanted,
        whole,
        {each: _part([row for row in rows if each in row.categories], wanted, 0, seed, floor) for each in categories},
        {each: _part([row for row in rows if row.source == each], wanted, splits, seed) for each in sources}
        if len(sources) > 1
        else {},
    )
    table_console().print(_table(figures))
    write_json(json, "risk", f"{len(rows)} labelled answers, seed {seed}", figures)
    if curve is not None:
        chosen = whole.outcome if isinstance(whole.outcome, Controlled) else None
        curve.write_text(drawn(rows, wanted, chosen), encoding="utf-8")
    if isinstance(whole.outcome, Refused):
        raise CommandFailed(f"no policy: {whole.outcome.reason}")
    if out is not None:
        found = {
            each: part.outcome for each, part in figures.by_category.items() if isinstance(part.outcome, Controlled)
        }
        day = datetime.now(UTC).date()
        out.write_text(policy_text(policy, name, wanted, whole.outcome, found, len(rows), day), encoding="utf-8")


def _base_policy(file: Path | None) -> Policy:
    if file is None:
        return load_policies().get("")
    try:
        return parse_policy(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file}: cannot be read: {error}") from error


def _rows(labels: Path | None, data: Path | None, sets: str, limit: int, seed: int, server: str) -> list[Scored]:
    rows: list[Scored] = []
    if labels is not None and data is None:
        rows = read_scored(labels)
    elif data is not None and labels is None:
        rows = _scored_by_service(data, sets, limit, seed, server)
    else:
        raise typer.BadParameter("give either --labels or --data")
    if not rows:
        raise CommandFailed(f"{labels or data}: holds no labelled answers")
    return rows


def _scored_by_service(data: Path, sets: str, limit: int, seed: int, server: str) -> list[Scored]:
    names = [name.strip() for name in sets.split(",") if name.strip()] or set_names(data)
    rows: list[Scored] = []
    with (
        server_at(server) as address,
        connected(address) as client,
        Progress(console=Console(stderr=True)) as progress,
    ):
        for name in names:
            part = sample(read_rows(data, name), limit, seed)
            rows += progress.track(score_rows(client, part, name), total=len(part), description=name)
    return rows


def _part(rows: Sequence[Scored], target: Target, splits: int, seed: int, floor: float = 0.0) -> Part:
    scored = [row for row in rows if row.confidence is not None]
    return Part(
        rows=len(rows),
        supported=sum(row.is_supported for row in rows),
        calibration_error=calibration_error(
            [row.is_supported for row in scored], [row.confidence or 0.0 for row in scored]
        )
        if scored
        else None,
        outcome=control(rows, target, floor),
        splits=measure_splits(rows, target, splits, seed) if splits else None,
    )


def _table(figures: RiskFigures) -> Table:
    table = Table(title=f"Target: {figures.target}", box=box.SIMPLE_HEAD)
    table.add_column("answers", no_wrap=True)
    for heading in (
        *("labelled", "not\nsupported", "ECE", "pass\nfrom", "risk\nseen", "upper\nbound", "review\nload"),
        *("splits\nkept", "splits\nderived", "more labels\nneeded"),
    ):
        table.add_column(heading, justify="right")
    table.add_row("all", *_cells(figures.whole))
    for title, parts in (("category", figures.by_category), ("from", figures.by_source)):
        for name, part in parts.items():
            table.add_row(f"  {title} {name}", *_cells(part), style="dim")
    return table


def _cells(part: Part) -> list[str]:
    outcome = part.outcome
    cells = [f"{part.rows:,}", f"{part.rows - part.supported:,}", figure(part.calibration_error)]
    if isinstance(outcome, Controlled):
        cells += [
            figure(outcome.threshold, 4),
            _percent(outcome.errors / outcome.passed),
            _percent(outcome.bound),
            _percent(outcome.review_load),
        ]
    else:
        cells += ["none", "–", "–", _percent(1.0)]
    cells += [_percent(part.splits.kept), _percent(part.splits.derived)] if part.splits else ["", ""]
    if isinstance(outcome, Refused):
        cells.append("no number" if outcome.more_labels is None else f"{outcome.more_labels:,}")
    else:
        cells.append("")
    return cells


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
