"""The model card, written from the manifest and the measured figures alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HEAD = """\
# {version}

Says whether a premise entails a hypothesis: three logits in the order entailment, neutral, contradiction. Groundwire asks
it whether a passage supports a claim.

| | |
|---|---|
| made by | `make model` (eval/training), from the encoder all-MiniLM-L6-v2 (Apache-2.0) and the sets below |
| architecture | BERT, 6 layers, width 384, premise and hypothesis in one sequence; see eval/training/network.py |
| language | English |
| longest pair | {max_tokens} tokens; the service cuts longer premises into windows and never cuts silently |
| file | model.onnx, SHA-256 `{model_sha256}` |
| inputs, output | input_ids, attention_mask, token_type_ids: int64 [rows, tokens]; logits: float32 [rows, 3] |
| quantisation | dynamic int8, weights 7 of 8 bits by output channel, tables int8 by row; see eval/training/quantise.py |
| calibration | P(supported) = sigmoid({a} logit(p) {b:+}), p the highest entailment over a claim's premises |
| manifest | SHA-256 `{manifest_sha256}` |
"""

_LIMITS = """\
## What it is good and bad at

Good: claims that repeat or contradict a statement of the passage, words of one kind changed for each other, bounds on numbers,
dialogue that adds things to its source, claims about health and facts against a sentence or two. Bad: negation inside the premise,
arithmetic, inference over several steps, claims that name a thing which the passage only calls "it", expert answers with long
evidence, and short edits in long conversations. The service therefore checks numbers, dates, units, names and polarity by rule
beside the model.

It reads English. It was trained on public sets whose licences differ; some state none. Whoever ships it should read the table.
"""


def written(config: Mapping[str, Any], manifest: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """The card in Markdown, from config.json, the manifest of `prepare` and the figures of `evaluate`."""
    parts = [
        _HEAD.format(**config, **config["calibration"]),
        _LIMITS,
        _test_sets(figures),
        _answers(figures),
        _breakdown(
            "RAGTruth sentences of the sources set aside, by generator (AUROC)", "generator", figures["by_generator"]
        ),
        _breakdown("The same, by words of the claim (AUROC)", "words", figures["by_length"]),
        _breakdown("The same, by what the claim has (AUROC)", "claims", figures["by_kind"]),
        _breakdown(
            f"By number of passages, its own among them (mean AUROC over sets, {figures['passage_rows']} rows each)",
            "passages",
            figures["by_passages"],
        ),
        _calibration(figures),
        _breakdown(
            f"AUROC lost to int8, in points of .01, over {figures['int8_rows']} rows a set", "set", figures["int8_loss"]
        ),
        _data(manifest),
    ]
    return "\n".join(parts)


def _test_sets(figures: Mapping[str, Any]) -> str:
    lines = [
        "## Public test splits",
        "",
        f"Never trained, tuned or calibrated on; {figures['rows_a_set']} rows a set drawn by a fixed seed, int8, premises cut",
        f"as in serving, threshold {figures['threshold']:.2f} on the calibrated probability, fixed on validation rows.",
        "",
        "| set | rows | AUROC | accuracy | balanced accuracy | macro-F1 | 3-way accuracy | ECE | Brier |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, found in figures["test"].items():
        shown = [
            _figure(found[key])
            for key in ("auroc", "accuracy", "balanced_accuracy", "macro_f1", "three_way", "calibration_error", "brier")
        ]
        lines.append(f"| {name} | {found['rows']} | {' | '.join(shown)} |")
    return "\n".join([*lines, ""])


def _answers(figures: Mapping[str, Any]) -> str:
    found = figures["answers"]
    shares = " | ".join(found["passing"])
    return "\n".join([
        "## Whole answers",
        "",
        f"{found['answers']} RAGTruth answers of sources that training never saw, {found['hallucinated']} of them with a",
        f"hallucination, judged by their least supported sentence: F1 {found['f1']:.3f} (each half of the sources at the",
        f"threshold that is best on the other half), AUROC {found['auroc']:.3f}, calibration error of the answer's confidence",
        f"{found['calibration_error']:.3f}. Of 10,000 answers with 200 wrong ones, so many pass when people look at a share:",
        "",
        f"| looked at | {shares} |",
        "|---|" + "---|" * len(found["passing"]),
        f"| wrong ones that pass | {' | '.join(str(count) for count in found['passing'].values())} |",
        "",
    ])  # fmt: skip


def _breakdown(title: str, part: str, values: Mapping[str, float | None]) -> str:
    rows = [f"| {name} | {_figure(value, 2 if part == 'set' else 3)} |" for name, value in values.items()]
    return "\n".join([f"## {title}", "", f"| {part} | |", "|---|---|", *rows, ""])


def _calibration(figures: Mapping[str, Any]) -> str:
    found = figures["calibration"]
    return "\n".join([
        "## Calibration",
        "",
        f"Fitted on {found['rows']} validation rows of the grounded sets, every set weighing the same. Mean over sets, on rows",
        f"that the fit had not seen: expected calibration error {found['error_after']:.3f} ({found['error_before']:.3f} before),",
        f"Brier score {found['brier_after']:.3f}. On the public test splits, by what is said:",
        "",
        *_reliability(figures["reliability"]),
        "",
    ])  # fmt: skip


def _reliability(found: Mapping[str, Any]) -> list[str]:
    rows = zip(found["said"], found["supported"], found["share"], strict=True)
    return [
        "| said | supported | share of rows |",
        "|---|---|---|",
        *(f"| {said:.2f} | {supported:.2f} | {share:.2f} |" for said, supported, share in rows),
    ]


def _data(manifest: Mapping[str, Any]) -> str:
    lines = ["## Training data", "", "| set | licence | rows | rows kept |", "|---|---|---|---|"]
    used = {name for phase in manifest["recipe"].values() for name in phase["rows"]}
    lines += [
        f"| {name} | {about['licence']} | {about['rows']} | {about['kept']} |"
        for name, about in manifest["sets"].items()
        if name in used
    ]
    return "\n".join([*lines, ""])


def _figure(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"
