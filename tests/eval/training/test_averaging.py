"""The mean of two models' weights; run where the extra `models` is installed."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from eval.training.averaging import average


def test_each_weight_is_the_mean_by_the_share(tmp_path: Path) -> None:
    """Three parts of ten of the other."""
    torch.save({"decide": torch.tensor([1.0, 2.0])}, tmp_path / "own.pt")
    torch.save({"decide": torch.tensor([2.0, 2.0], dtype=torch.float16)}, tmp_path / "other.pt")
    average(tmp_path / "own.pt", tmp_path / "other.pt", 0.3, tmp_path / "mean.pt")
    assert torch.load(tmp_path / "mean.pt", weights_only=True)["decide"].tolist() == pytest.approx([1.3, 2.0])


def test_other_networks_are_refused(tmp_path: Path) -> None:
    """A part of another shape is named an error before anything is written."""
    torch.save({"decide": torch.zeros(2)}, tmp_path / "own.pt")
    torch.save({"decide": torch.zeros(3)}, tmp_path / "other.pt")
    with pytest.raises(ValueError, match="different networks"):
        average(tmp_path / "own.pt", tmp_path / "other.pt", 0.3, tmp_path / "mean.pt")
    assert not (tmp_path / "mean.pt").exists()
