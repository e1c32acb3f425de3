"""`groundwire eval risk` on scored answers: a policy that the server reads, a curve, or a refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from eval.__main__ import app
from server.commands.failure import CommandFailed
from server.stages.policy import load_policies


def run(*arguments: str) -> Result:
    """What the command does."""
    return CliRunner().invoke(app, ["risk", *arguments])


def labelled(file: Path, rows: int, wrong_below: float = 0.6) -> Path:
    """Answers of every confidence, those below `wrong_below` unsupported; every other one is medical."""
    entries = [
        {
            "confidence": at / rows,
            "label": "supported" if at / rows >= wrong_below else "unsupported",
            "categories": ["medical"] if at % 2 else [],
        }
        for at in range(rows)
    ]
    file.write_text("\n".join(map(json.dumps, entries)))
    return file


def test_a_policy_with_the_derived_threshold_is_written(tmp_path: Path) -> None:
    """The server loads it beside the default one; it names its target, and a category has its own threshold."""
    out, curve = tmp_path / "policies" / "risk.yaml", tmp_path / "curve.svg"
    out.parent.mkdir()
    labels = labelled(tmp_path / "labels.jsonl", 4000)
    result = run("--labels", str(labels), "--target", "0.02", "--out", str(out), "--curve", str(curve), "--splits", "5")
    assert result.exit_code == 0, result.output
    policy = load_policies(out.parent).get("risk-controlled")
    assert 0.55 < policy.thresholds.pass_confidence < 0.7
    medical = policy.categories["medical"].pass_confidence
    assert medical is not None
    assert medical >= policy.thresholds.pass_confidence
    assert "at most 2 % of passed answers" in policy.description
    assert policy.revision == load_policies().get("default").revision + 1
    assert curve.read_text().startswith("<svg")


def test_too_few_labels_write_nothing_and_say_how_many_are_missing(tmp_path: Path) -> None:
    """The command fails, which a pipeline notices."""
    out = tmp_path / "risk.yaml"
    result = run("--labels", str(labelled(tmp_path / "l.jsonl", 200)), "--target", "0.005", "--out", str(out))
    assert isinstance(result.exception, CommandFailed)
    assert "more labels like these would do" in str(result.exception)
    assert not out.exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"confidence": 0.5}', "label is one of"),
        ('{"confidence": 1.5, "label": "supported"}', "confidence is in [0, 1], got 1.5"),
        ('{"confidence": "high", "label": "supported"}', "confidence is a number in [0, 1] or null, got 'high'"),
        ('{"confidence": 0.5, "label": "supported", "categories": "medical"}', "categories is a list of names"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    """With its number, and what would be right."""
    file = tmp_path / "labels.jsonl"
    file.write_text(f'{{"confidence": 0.5, "label": "supported"}}\n{line}\n')
    result = run("--labels", str(file))
    assert isinstance(result.exception, CommandFailed)
    assert f"{file}:2: {message}" in str(result.exception)
