"""The card says what was measured, and the curve shows every phase."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from eval.training import card
from eval.training.curve import drawn_from, reliability_drawn
from server.models.weights import BUNDLED

MEASURED = {
    "rows": 450, "auroc": 0.912, "accuracy": 0.85, "balanced_accuracy": 0.84, "macro_f1": 0.83, "three_way": None,
    "calibration_error": 0.07, "brier": 0.12,
}  # fmt: skip
FIGURES = {
    "rows_a_set": 450,
    "threshold": 0.55,
    "calibration": {"rows": 900, "error_before": 0.2, "error_after": 0.1, "brier_after": 0.15},
    "test": {"begin": MEASURED},
    "answers": {
        "answers": 400,
        "hallucinated": 170,
        "f1": 0.66,
        "auroc": 0.71,
        "calibration_error": 0.08,
        "passing": {"2%": 190, "6%": 150},
    },
    "by_generator": {"some-model": 0.8},
    "by_length": {"up to 10": None},
    "by_kind": {"with a number": 0.7},
    "by_passages": {"1": 0.85, "10": 0.8},
    "passage_rows": 60,
    "reliability": {"said": [0.1, 0.9], "supported": [0.2, 0.8], "share": [0.4, 0.6]},
    "int8_rows": 40,
    "int8_loss": {"begin": -0.01},
}
MANIFEST = {
    "recipe": {"general": {"rows": {"fm2": 10}}},
    "sets": {
        "fm2": {"licence": "Apache-2.0", "rows": 12, "kept": 11},
        "tracie": {"licence": "?", "rows": 1, "kept": 1},
    },
}


def _config() -> dict[str, object]:
    config = json.loads((BUNDLED / "entailment/config.json").read_text(encoding="utf-8"))
    return {**config, "calibration": {"a": 1.5, "b": -0.25}}


def test_the_card_names_every_figure_and_only_sets_that_were_used() -> None:
    """Undefined figures are dashes; a set outside the recipe is not listed."""
    text = card.written(_config(), MANIFEST, FIGURES)
    assert "| begin | 450 | 0.912 | 0.850 | 0.840 | 0.830 | – | 0.070 | 0.120 |" in text
    assert "| fm2 | Apache-2.0 | 12 | 11 |" in text
    assert "tracie" not in text
    assert "| 10 | 0.800 |" in text
    assert "| 0.90 | 0.80 | 0.60 |" in text
    assert "sigmoid(1.5 logit(p) -0.25)" in text


def test_the_curve_runs_on_where_a_phase_ends() -> None:
    """The second phase begins at the last step of the first, marked by a line."""
    points = [("a", 0, "loss", 1.0), ("a", 10, "loss", 0.5), ("b", 0, "loss", 0.6), ("b", 10, "validation AUROC", 0.8)]
    picture = ElementTree.fromstring(drawn_from(points))
    lines = picture.findall("{http://www.w3.org/2000/svg}line")
    assert len(lines) == 1


def test_every_bin_of_the_reliability_diagram_has_its_dot() -> None:
    """A bin that is right lies on the dashed diagonal, which goes from corner to corner."""
    picture = ElementTree.fromstring(reliability_drawn([0.25, 0.75], [0.25, 0.5], [0.5, 0.5]))
    space = "{http://www.w3.org/2000/svg}"
    diagonal = picture.find(f"{space}line")
    assert diagonal is not None
    x1, y1, x2, y2 = (float(diagonal.attrib[name]) for name in ("x1", "y1", "x2", "y2"))
    right, wrong = (
        (float(dot.attrib["cx"]) - x1) / (x2 - x1) - (float(dot.attrib["cy"]) - y1) / (y2 - y1)
        for dot in picture.findall(f"{space}circle")
    )
    assert abs(right) < 0.01
    assert abs(wrong - 0.25) < 0.01
