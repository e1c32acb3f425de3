"""From the model's entailment probability to the probability that a claim is supported."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from server.errors import InvalidConfiguration

_EDGE = 1e-6
"""Probabilities are kept this far from 0 and 1, where the logit has no value."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling: `sigmoid(a * logit(p) + b)`; `a` must be positive, so that order is kept. The default changes nothing.

    `others` in [0, 1] says how much the claims of an answer beside its least supported one count for the answer (see
    `server.stages.confidence`). Source: J. Platt, Probabilistic outputs for support vector machines, 1999. The parameters are
    fitted on validation rows when the model is made, and stored with its weights.
    """

    a: float = 1.0
    b: float = 0.0
    others: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.a) and math.isfinite(self.b) and self.a > 0):
            raise InvalidConfiguration(f"a calibration needs finite a > 0 and b, not a={self.a}, b={self.b}")
        if not 0.0 <= self.others <= 1.0:
            raise InvalidConfiguration(f"a calibration needs others in [0, 1], not {self.others}")

    def __call__(self, probability: float) -> float:
        """The calibrated probability in (0, 1) for a model's `probability` in [0, 1]."""
        clipped = min(1.0 - _EDGE, max(_EDGE, probability))
        return 1.0 / (1.0 + math.exp(-(self.a * math.log(clipped / (1.0 - clipped)) + self.b)))


def load_calibration(weights: Path) -> Calibration:
    """The calibration in `weights`/config.json, the identity when it holds none; raises `InvalidConfiguration`."""
    path = weights / "config.json"
    try:
        config = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Calibration()
    except (OSError, ValueError) as error:
        raise InvalidConfiguration(f"{path}: cannot be read as JSON: {error}") from error
    parameters = config.get("calibration") if isinstance(config, dict) else None
    if parameters is None:
        return Calibration()
    try:
        return Calibration(float(parameters["a"]), float(parameters["b"]), float(parameters.get("others", 1.0)))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidConfiguration(
            f'{path}: "calibration" must be an object with the numbers "a" and "b", not {parameters!r}'
        ) from error
