"""`python -m eval.training [STEP] [--data FOLDER] [--work FOLDER]`: the steps that make the bundled model, in order.

prepare -> train -> average -> export -> calibrate -> evaluate -> card; `all` runs them one after the other. Every step reads
what the one before it wrote, so an interrupted recipe goes on where it stopped; `train` itself resumes at its last checkpoint.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from eval.grounding.rows import read_rows
from eval.training import calibrate, card, curve, evaluate, recipe
from eval.training.averaging import AVERAGED, average
from eval.training.data import ENTAILMENT
from eval.training.export import FLOAT32, export
from eval.training.export_embedder import find_source
from eval.training.prepare import MANIFEST, VALIDATION, prepare, read_pairs
from eval.training.train import CURVE, WEIGHTS, train
from server.models.entailment import OnnxEntailment
from server.models.scheduler import Scheduler
from server.models.weights import open_weights
from server.stages.calibration import load_calibration

DESTINATION = Path(__file__).parents[2] / "server/models/weights/entailment"
EARLIER = Path(__file__).parent / "shipped" / "weights.pt"
"""The weights of the version that ships, before quantisation."""
PICTURE = Path(__file__).parents[2] / "docs/model-learning-curve.svg"
RELIABILITY = Path(__file__).parents[2] / "docs/model-reliability.svg"
VERSION = "groundwire-entailment-5"
ANSWERS = "answers.json"
INT8_ROWS = 40
PASSAGE_ROWS = 60
SENTENCES = 500


@dataclass(frozen=True, slots=True)
class Places:
    """Where the steps read and write."""

    data: Path
    work: Path
    to: Path
    begin: str = recipe.PHASES[0].name


def prepare_step(places: Places) -> None:
    """Rows of every phase, validation rows and the manifest."""
    prepare(places.data, places.work)


def train_step(places: Places) -> None:
    """The weights and the learning curve; from the weights that ship on, if an earlier phase is left out."""
    names = [phase.name for phase in recipe.PHASES]
    first = names.index(places.begin)
    train(find_source(), places.work, recipe.PHASES[first:], EARLIER if first else None)


def average_step(places: Places) -> None:
    """The mean of the new weights and those of the version before."""
    average(places.work / WEIGHTS, EARLIER, recipe.EARLIER_SHARE, places.work / AVERAGED)


def export_step(places: Places) -> None:
    """The folder that the service loads, without a calibration; and the float32 form, to compare with."""
    averaged = places.work / AVERAGED
    weights = averaged if averaged.exists() else places.work / WEIGHTS
    export(weights, places.work, find_source() / "tokenizer.json", VERSION, places.to)


def calibrate_step(places: Places) -> None:
    """The calibration in config.json, the threshold for the figures, and the scores of the answers' sentences."""
    pairs = calibrate.validation_rows(read_pairs(places.work / f"{VALIDATION}.jsonl.gz"))
    scores = calibrate.support(_model(places.to), pairs)
    found = calibrate.fit(pairs, scores)
    answers = evaluate.answers_set_aside(read_rows(places.data / "train", "ragtruth_response"))
    entailed = evaluate.sentence_support(_model(places.to), answers)
    claims = [[found.calibration(probability) for probability in sentences] for sentences in entailed]
    told = [(own, row.is_supported) for own, row in zip(claims, answers, strict=True) if own]
    others = calibrate.fit_others([own for own, _ in told], [right for _, right in told])
    calibration = replace(found.calibration, others=others)
    calibrate.write(places.to, calibration)
    threshold = evaluate.best_threshold(
        [pair.label == ENTAILMENT for pair in pairs],
        calibrate.calibrated(calibration, scores[:, 0]),
        [pair.set_name for pair in pairs],
    )
    fitted = {**asdict(replace(found, calibration=calibration)), "threshold": threshold}
    _write(places.work / "calibration.json", fitted)
    _write(places.work / ANSWERS, {"entailment": entailed})


def evaluate_step(places: Places) -> None:
    """Every figure of the card."""
    model, calibration = _model(places.to), load_calibration(places.to)
    fitted = json.loads((places.work / "calibration.json").read_text(encoding="utf-8"))
    answers = evaluate.answers_set_aside(read_rows(places.data / "train", "ragtruth_response"))
    entailed = json.loads((places.work / ANSWERS).read_text(encoding="utf-8"))["entailment"]
    sentences = evaluate.answers_set_aside(read_rows(places.data / "train", "ragtruth_sentence"))[:SENTENCES]
    scores = calibrate.support(model, [evaluate.pair_of(row, "ragtruth_sentence") for row in sentences])
    figures = {
        "rows_a_set": evaluate.ROWS,
        "threshold": fitted["threshold"],
        "calibration": fitted,
        "test": {
            name: asdict(found)
            for name, found in evaluate.test_figures(
                model, calibration, fitted["threshold"], places.data / "test"
            ).items()
        },
        "answers": asdict(evaluate.answer_figures(answers, entailed, calibration)),
        "by_generator": evaluate.by_part(sentences, scores, [row.model for row in sentences]),
        "by_kind": evaluate.by_part(sentences, scores, [evaluate.claim_kind(row.hypothesis) for row in sentences]),
        "by_length": evaluate.by_part(sentences, scores, [evaluate.length_band(row.hypothesis) for row in sentences]),
        "by_passages": evaluate.by_passages(model, places.data / "test", PASSAGE_ROWS),
        "reliability": asdict(evaluate.reliability(model, calibration, places.data / "test")),
        "passage_rows": PASSAGE_ROWS,
        "int8_rows": INT8_ROWS,
        "int8_loss": evaluate.loss_of_int8(model, _model(places.work / FLOAT32), places.data / "test", INT8_ROWS),
    }
    _write(places.work / "figures.json", figures)


def card_step(places: Places) -> None:
    """The model card beside the weights; the learning curve and the reliability diagram for the docs."""
    config, manifest, figures = (
        json.loads(path.read_text(encoding="utf-8"))
        for path in (places.to / "config.json", places.work / MANIFEST, places.work / "figures.json")
    )
    (places.to / "card.md").write_text(card.written(config, manifest, figures), encoding="utf-8")
    RELIABILITY.write_text(curve.reliability_drawn(**figures["reliability"]), encoding="utf-8")
    points = json.loads((places.work / CURVE).read_text(encoding="utf-8"))
    PICTURE.write_text(curve.drawn_from(points), encoding="utf-8")


STEPS: dict[str, Callable[[Places], None]] = {
    "prepare": prepare_step,
    "train": train_step,
    "average": average_step,
    "export": export_step,
    "calibrate": calibrate_step,
    "evaluate": evaluate_step,
    "card": card_step,
}


def main(
    step: Annotated[str, typer.Argument(help=f"one of {', '.join(STEPS)}, or all")] = "all",
    data: Annotated[Path, typer.Option(help="folder with the labelled sets in train/ and test/")] = Path(
        "data/grounding"
    ),
    work: Annotated[Path, typer.Option(help="folder for rows, checkpoints and figures")] = Path("build/entailment"),
    to: Annotated[Path, typer.Option(help="folder of the finished weights")] = DESTINATION,
    begin: Annotated[
        str, typer.Option(help="phase to begin training with; any but the first goes on from the weights that ship")
    ] = recipe.PHASES[0].name,
) -> None:
    """Make the bundled entailment model, or take one step of it."""
    if step != "all" and step not in STEPS:
        raise typer.BadParameter(f"{step!r} is no step; it must be one of {', '.join(STEPS)}, or all")
    if not (data / "train").is_dir():
        raise typer.BadParameter(f"{data} has no folder train/; docs/model.md says where the sets come from")
    if begin not in {phase.name for phase in recipe.PHASES}:
        known = ", ".join(phase.name for phase in recipe.PHASES)
        raise typer.BadParameter(f"--begin {begin!r} is no phase; it must be one of {known}")
    for name in STEPS if step == "all" else [step]:
        STEPS[name](Places(data, work, to, begin))


def _model(folder: Path) -> OnnxEntailment:
    return OnnxEntailment(open_weights(folder, "entailment"), Scheduler())


def _write(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
