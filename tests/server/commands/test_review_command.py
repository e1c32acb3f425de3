from pathlib import Path

import pytest

from tests.server.commands.runs import Run


@pytest.fixture
def case(connected: Run, tmp_path: Path) -> str:
    """The id of an open case: an answer without any evidence is routed to a person."""
    (tmp_path / "answer.txt").write_text("The lamp costs 20 euros.")
    ran = connected(
        "validate", "--answer", tmp_path / "answer.txt", "--question", "How much?", "-c", "no-such", "--json"
    )
    assert ran.code == 10
    case_id: str = ran.json["review_case_id"]
    return case_id


def test_an_open_case_is_listed_and_shown(connected: Run, case: str) -> None:
    """With what a person needs: the question, the answer and the verdict."""
    assert f"{case}  ROUTE_TO_HUMAN, open, " in connected("review", "list").out
    shown = connected("review", "show", case).out
    assert "How much?" in shown
    assert "The lamp costs 20 euros." in shown
    assert "NO_EVIDENCE" in shown


def test_a_resolved_case_leaves_the_list_of_open_ones(connected: Run, case: str) -> None:
    """It is shown with who decided what, and why."""
    connected("review", "resolve", case, "rejected", "--reviewer", "Ada", "--note", "No price list.")
    assert case not in connected("review", "list").out
    assert f"{case}  ROUTE_TO_HUMAN, rejected" in connected("review", "list", "--state", "resolved").out
    assert "rejected by Ada" in connected("review", "show", case).out


def test_a_ruling_is_final(connected: Run, case: str) -> None:
    """The second one fails with the reason."""
    connected("review", "resolve", case, "approved", "--reviewer", "Ada")
    ran = connected("review", "resolve", case, "rejected", "--reviewer", "Bob")
    assert ran.code == 1
    assert "FAILED_PRECONDITION" in ran.err


def test_a_correction_comes_with_its_text(connected: Run, case: str, tmp_path: Path) -> None:
    """And no other outcome does."""
    (tmp_path / "right.txt").write_text("The lamp costs 21 euros.")
    assert connected("review", "resolve", case, "corrected").code == 2
    assert connected("review", "resolve", case, "approved", "--answer", tmp_path / "right.txt").code == 2
    assert connected("review", "resolve", case, "corrected", "--answer", tmp_path / "right.txt").code == 0
    assert "The lamp costs 21 euros." in connected("review", "show", case).out


def test_a_case_that_is_not_there_is_named(connected: Run) -> None:
    """In a line."""
    ran = connected("review", "show", "nope")
    assert (ran.code, ran.err) == (1, "error: NOT_FOUND CASE_NOT_FOUND: no case 'nope'\n")
