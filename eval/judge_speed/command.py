"""`groundwire eval judge-speed`."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from eval.grounding.rows import read_rows, sample
from eval.judge_speed.answers import drawn_requests
from eval.judge_speed.costs import SELECTED, Costs, measure_costs
from eval.judge_speed.early_exit import EarlyExit, measure_early_exit
from eval.judge_speed.rates import THREADS, Rates, measure_rates
from eval.report import figure, table_console, write_json
from eval.serving import Json
from eval.speed.parts import pairs_asked, read_tokens
from server.config import Settings, load_settings
from server.models.tokens import count_tokens, load_tokenizer
from server.models.weights import open_weights

INT8, FLOAT32 = "bundled, int8", "bundled, float32"
SHAPES = ("T5-base, encoder", "ModernBERT-base", "RoBERTa-large", "DeBERTa-v3-large")
_NEEDS_MODELS = "needs the extra `models`"
_EARLY_EXIT_SET = "ragtruth_response"


@dataclass(frozen=True, slots=True)
class JudgeFigures:
    """All that was measured; a part that was not asked for is None."""

    rates: Rates | None
    costs: Costs | None
    early_exit: EarlyExit | None


def judge_speed(
    *,
    pairs: Annotated[int, typer.Option(min=0, help="Pairs that every model reads. 0: do not compare models.")] = 24,
    fp32: Annotated[
        Path | None,
        typer.Option(
            help="The bundled model before quantisation: model.onnx that `python -m eval.training export` writes."
        ),
    ] = None,
    shapes: Annotated[
        str, typer.Option(help="Peers' shapes to compare with, with semicolons between. Empty: none.")
    ] = ";".join(SHAPES),
    answers: Annotated[int, typer.Option(min=0, help="Answers whose verdicts are costed. 0: none.")] = 16,
    data: Annotated[
        Path | None, typer.Option(file_okay=False, help=f"Folder with {_EARLY_EXIT_SET}, to try early exit on.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="Answers of it to try early exit on.")] = 150,
    turns: Annotated[int, typer.Option(min=1, help="Times that each side of a comparison is measured.")] = 3,
    json: Json = None,
) -> None:
    """Measure the entailment model against other shapes, and what each way of asking it less brings."""
    settings, status = load_settings(), Console(stderr=True)
    rates = costs = early_exit = None
    if pairs:
        with status.status("Models on the same pairs"):
            rates = _rates(settings, pairs, fp32, [name for name in shapes.split(";") if name], turns)
        table_console().print(_rates_table(rates))
    if answers:
        with status.status("The cost of a verdict"):
            costs = measure_costs(settings, answers, turns)
        table_console().print(_costs_table(costs))
    if data is not None:
        with status.status("Early exit"):
            early_exit = measure_early_exit(settings, sample(read_rows(data, _EARLY_EXIT_SET), rows, seed=0))
        table_console().print(_early_exit_table(early_exit))
    write_json(json, "judge-speed", "made-up answers, seeds 7 and 8", JudgeFigures(rates, costs, early_exit))


def _rates(settings: Settings, pairs: int, fp32: Path | None, shapes: list[str], turns: int) -> Rates:
    tokenizer = load_tokenizer(open_weights(settings.entailment, "entailment").tokenizer)
    requests = drawn_requests(-(-pairs // 10), partial(count_tokens, tokenizer))
    sequences = read_tokens(settings.entailment, pairs_asked(settings, requests))[:pairs]
    models: dict[str, Path] = {INT8: settings.entailment / "model.onnx"}
    left_out: dict[str, str] = {}
    if fp32 is None:
        left_out[FLOAT32] = "name it with --fp32"
    else:
        models[FLOAT32] = fp32
    with tempfile.TemporaryDirectory(prefix="groundwire-eval-") as folder:
        if find_spec("torch") is None or find_spec("transformers") is None:
            left_out.update(dict.fromkeys(shapes, _NEEDS_MODELS))
        else:
            models.update(_written(shapes, Path(folder)))
        return measure_rates(models, sequences, turns, left_out)


def _written(shapes: list[str], folder: Path) -> Mapping[str, Path]:
    from eval.judge_speed.shapes import write_shape  # noqa: PLC0415 - it needs the extra `models`, which all else does not

    return {name: write_shape(name, folder) for name in shapes}


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD)
    for heading in headings:
        table.add_column(heading, justify="left" if not heading else "right")
    return table


def _rates_table(rates: Rates) -> Table:
    table = _table(
        f"{rates.pairs} pairs of {rates.tokens / rates.pairs:.0f} tokens in the mean, medians of measurements in turns",
        *("", *(f"pairs a second, {threads} thread{'s' * (threads > 1)}" for threads in THREADS)),
        *("processor ms a pair", "times the int8 model's"),
    )
    least = rates.by_model[INT8].milliseconds
    for name, rate in rates.by_model.items():
        table.add_row(
            name,
            *(figure(rate.pairs_a_second[threads], 2) for threads in THREADS),
            figure(rate.milliseconds, 1),
            figure(rate.milliseconds / least, 1),
        )
    for name, why in rates.left_out.items():
        table.add_row(name, why, "", "", "")
    return table


def _costs_table(costs: Costs) -> Table:
    table = _table(
        f"Five claims against five passages of 200 tokens, means of {costs.answers} answers; one thread",
        *("", "pairs", "tokens", "processor ms", "of what is selected"),
    )
    selected = costs.by_way[SELECTED].milliseconds
    for way, cost in costs.by_way.items():
        table.add_row(
            way,
            *(figure(cost.pairs, 1), figure(cost.tokens, 0), figure(cost.milliseconds, 1)),
            figure(cost.milliseconds / selected, 2),
        )
    table.add_row("all but the model", "", "", figure(costs.milliseconds_beside, 1), "")
    return table


def _early_exit_table(found: EarlyExit) -> Table:
    table = _table(f"Not asking about verbatim claims with facts borne out: {found.answers} answers", "", "")
    table.add_row("claims", f"{found.claims:,}")
    table.add_row("settled without the model", f"{found.settled:,}")
    table.add_row("pairs", f"{found.pairs:,}")
    table.add_row("pairs of settled claims", f"{found.pairs_of_settled:,}")
    table.add_row("claims with another label", f"{found.changed:,}")
    table.add_row("answers with another decision", f"{found.decisions_changed:,}")
    return table
