"""Calibration of the model's probabilities."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import InvalidConfiguration
from server.stages.calibration import Calibration, load_calibration

PROBABILITIES = st.floats(0.0, 1.0)


@given(PROBABILITIES, PROBABILITIES)
def test_calibration_keeps_the_order(one: float, other: float) -> None:
    """A higher score never becomes a lower probability."""
    calibrated = Calibration(1.7, -0.4)
    assert (calibrated(one) <= calibrated(other)) or one > other
    assert 0.0 < calibrated(one) < 1.0


def test_without_parameters_nothing_changes(tmp_path: Path) -> None:
    """A model that states no calibration is taken at its word."""
    (tmp_path / "config.json").write_text("{}")
    assert load_calibration(tmp_path)(0.3) == pytest.approx(0.3)


@pytest.mark.parametrize(
    "config", ["{", '{"calibration": {"a": 1}}', '{"calibration": {"a": -1, "b": 0}}', '{"calibration": 3}']
)
def test_wrong_parameters_are_refused(tmp_path: Path, config: str) -> None:
    """A calibration that would turn the order around, or cannot be read, stops the start."""
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(InvalidConfiguration):
        load_calibration(tmp_path)
