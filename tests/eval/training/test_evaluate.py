"""Figures of the card: what is said against what is so, evidence of several passages, answers that people look at."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.training.evaluate import by_passages, claim_kind, passing, reliability
from server.stages.calibration import Calibration


class Literal:
    """Believes a claim that the premise repeats word for word, and nine in ten of it."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Entailment .9 or .1 by row, the rest neutral."""
        said = np.array([0.9 if claim in premise else 0.1 for premise, claim in pairs])
        return np.stack([said, 1.0 - said, np.zeros_like(said)], axis=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One set of twenty rows, every second claim as in its premise, and one of the others borne out by another's premise."""
    rows = [
        {
            "premise": f"Hall {number} has {number + 3} doors.",
            "hypothesis": f"Hall {number} has {number + 3 + number % 2} doors.",
            "label": "unsupported" if number % 2 else "supported",
        }
        for number in range(20)
    ]
    rows[1]["hypothesis"] = "Hall 2 has 5 doors."
    lines = "\n".join(json.dumps(row) for row in rows)
    (tmp_path / "halls.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    return tmp_path


def test_reliability_sets_what_is_said_against_what_is_so(folder: Path) -> None:
    """Of rows said to be supported with .9, all are; of those with .1, none; each half of the weight."""
    found = reliability(Literal(), Calibration(), folder)
    assert found.said == pytest.approx([0.1, 0.9])
    assert found.supported == [0.0, 1.0]
    assert found.share == pytest.approx([0.5, 0.5])


def test_more_passages_bear_out_what_one_does_not(folder: Path) -> None:
    """The row whose claim is another row's premise counts as a miss as soon as that premise is among the evidence."""
    found = by_passages(Literal(), folder, 20)
    assert list(found) == ["1", "3", "5", "10"]
    assert found["1"] == 1.0
    assert found["10"] < 1.0


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        ("Hall 2 has 5 doors.", "with a number"),
        ("The hall isn't open to Marta Lind.", "with a negation"),
        ("The hall is open to Marta Lind.", "with a name"),
        ("The hall is open.", "none of these"),
    ],
)
def test_claims_are_told_apart_by_what_they_have(claim: str, kind: str) -> None:
    """A number comes before a negation, and that before a name."""
    assert claim_kind(claim) == kind


def test_people_see_the_least_supported_answers_first() -> None:
    """With every wrong answer at the bottom, a look at 2 % of all leaves hardly one of the 200."""
    wrong = np.array([True] * 2 + [False] * 98)
    support = np.linspace(0.0, 1.0, 100)
    assert passing(wrong, support)["2%"] == 0
    assert passing(wrong, 1.0 - support)["30%"] == 200
