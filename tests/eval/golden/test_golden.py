"""Golden cases are read with what is wrong named, and verdicts held against them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.golden.benchmark import figures_of, outcome
from eval.golden.cases import read_golden
from groundwire.v1.guard_pb2 import (
    DECISION_PASS,
    DECISION_ROUTE_TO_HUMAN,
    LABEL_SUPPORTED,
    LABEL_UNSUPPORTED,
    Claim,
    ValidateResponse,
)
from server.commands.demo import SAMPLES
from server.commands.failure import CommandFailed

ENTRY: dict[str, Any] = {
    "id": "late",
    "kind": "unsupported_addition",
    "question": "When does it open?",
    "answer": "It opens at nine. Dogs are welcome.",
    "collection": "shop",
    "categories": [],
    "as_of": "2026-11-02",
    "claims": [
        {"text": "It opens at nine.", "label": "SUPPORTED"},
        {"text": "Dogs are welcome.", "label": "UNSUPPORTED"},
    ],
    "decision": "ROUTE_TO_HUMAN",
}


def _golden(folder: Path, **changes: object) -> Path:
    file = folder / "golden.jsonl"
    file.write_text(json.dumps({**ENTRY, **changes}), encoding="utf-8")
    return file


def test_the_golden_set_of_the_samples_is_read_whole() -> None:
    """Every line of the repository's own set is a case."""
    assert len(read_golden(SAMPLES / "golden.jsonl")) == len((SAMPLES / "golden.jsonl").read_text("utf-8").splitlines())


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"decision": "MAYBE"}, "MAYBE"), ({"as_of": "soon"}, "soon"), ({"claims": [{"text": "x"}]}, "label")],
)
def test_what_is_no_case_is_named_with_its_line(tmp_path: Path, changes: dict[str, object], named: str) -> None:
    """The message has the file, the line and what was wrong."""
    with pytest.raises(CommandFailed, match=f"golden.jsonl:1.*{named}"):
        read_golden(_golden(tmp_path, **changes))


def test_an_answer_that_passes_and_must_not_is_the_gravest_difference(tmp_path: Path) -> None:
    """The decision comes first among the differences, then the claim that was not flagged."""
    (case,) = read_golden(_golden(tmp_path))
    claims = [Claim(text=claim.text, label=LABEL_SUPPORTED) for claim in case.claims]
    found = outcome(case, ValidateResponse(decision=DECISION_PASS, claims=claims))
    assert found.let_through
    assert [(each.what, each.said) for each in found.differences] == [
        ("decision", "PASS"),
        ("Dogs are welcome.", "SUPPORTED"),
    ]


def test_the_marker_of_a_list_item_is_no_part_of_its_claim(tmp_path: Path) -> None:
    """The service's claims begin with it, those of people do not."""
    (case,) = read_golden(_golden(tmp_path))
    claims = [Claim(text=f"- {claim.text}", label=LABEL_SUPPORTED) for claim in case.claims]
    assert outcome(case, ValidateResponse(decision=DECISION_ROUTE_TO_HUMAN, claims=claims)).claims_right == 1


def test_a_claim_that_was_cut_otherwise_counts_as_wrong(tmp_path: Path) -> None:
    """The decision may be right all the same."""
    (case,) = read_golden(_golden(tmp_path))
    verdict = ValidateResponse(
        decision=DECISION_ROUTE_TO_HUMAN, claims=[Claim(text=case.answer, label=LABEL_UNSUPPORTED)]
    )
    figures = figures_of([outcome(case, verdict)])
    assert (figures.decisions_right, figures.claims_right, figures.claims) == (1, 0, 2)
