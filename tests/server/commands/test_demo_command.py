from datetime import datetime
from pathlib import Path

import pytest

from groundwire.v1 import guard_pb2
from groundwire.v1.guard_pb2 import Claim, ValidateResponse
from server.commands.demo import GROUNDED, HALLUCINATED, SAMPLES, Expected, mistakes_in, read_cases
from server.commands.failure import CommandFailed
from tests.server.commands.runs import Run

EXPECTED = Expected("How long?", "Three. Blue.", "c", datetime(2026, 11, 2), passes=False, flagged=frozenset({"Blue."}))  # noqa: DTZ001  # naive, as options give it
THREE = Claim(text="Three.", label=guard_pb2.LABEL_SUPPORTED)
BLUE = Claim(text="Blue.", label=guard_pb2.LABEL_UNSUPPORTED)


def test_the_demo_ends_with_both_verdicts_right(run: Run) -> None:
    """The whole service, from an empty folder."""
    ran = run("demo")
    assert ran.code == 0, ran.out
    assert "PASS  " in ran.out
    assert "Both verdicts came out right" in ran.out


def test_a_right_verdict_has_no_mistakes() -> None:
    """The decision, and exactly the flagged claims."""
    verdict = ValidateResponse(decision=guard_pb2.DECISION_BLOCK, claims=[THREE, BLUE])
    assert mistakes_in(verdict, EXPECTED) == []


@pytest.mark.parametrize(
    ("verdict", "mistake"),
    [
        (
            ValidateResponse(decision=guard_pb2.DECISION_PASS, claims=[THREE, BLUE]),
            "the decision is PASS, expected anything but PASS",
        ),
        (ValidateResponse(decision=guard_pb2.DECISION_BLOCK, claims=[THREE]), "not flagged: “Blue.”"),
        (
            ValidateResponse(
                decision=guard_pb2.DECISION_BLOCK,
                claims=[Claim(text="Three.", label=guard_pb2.LABEL_NOT_CHECKED), BLUE],
            ),
            "flagged, although it is supported: “Three.”",
        ),
    ],
)
def test_each_way_to_be_wrong_is_named(verdict: ValidateResponse, mistake: str) -> None:
    """The demo fails then, and says why."""
    assert mistakes_in(verdict, EXPECTED) == [mistake]


def test_the_cases_are_those_of_the_golden_set() -> None:
    """One passes, and one must not."""
    cases = read_cases(SAMPLES / "golden.jsonl")
    assert (cases[GROUNDED].passes, cases[HALLUCINATED].passes) == (True, False)
    assert len(cases[HALLUCINATED].flagged) == 2


def test_a_golden_file_without_the_cases_is_refused(tmp_path: Path) -> None:
    """And the missing ones are named."""
    (tmp_path / "golden.jsonl").write_text("{}")
    with pytest.raises(CommandFailed, match="has no case demo-grounded and no case demo-hallucinated"):
        read_cases(tmp_path / "golden.jsonl")


def test_without_samples_the_demo_says_where_they_are(run: Run, tmp_path: Path) -> None:
    """An installed package has none."""
    ran = run("demo", "--samples", tmp_path)
    assert ran.code == 1
    assert "clone of the repository" in ran.err
