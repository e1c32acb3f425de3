"""What is only planned, and claims that have it as done."""

from __future__ import annotations

import pytest

from server.domain import Span
from server.stages.facts.plans import only_announced, planned, unfinished


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("The bank plans to close its Leeds branch.", "The bank has closed its Leeds branch."),
        ("The system is expected to go live in October.", "The system went live in October."),
        ("The branch will close in May.", "The branch closed in May."),
        ("The branch will be moved to Elm Street.", "The branch was moved to Elm Street."),
        ("A second lift is to be installed in 2027.", "A second lift was installed."),
        ("The shop would close in May.", "The shop has closed in May."),
        ("The board proposed a dividend of 20 cents.", "The board paid a dividend of 20 cents."),
    ],
)
def test_what_is_to_come_is_not_done(evidence: str, claim: str) -> None:
    """Whatever form its verb takes."""
    assert planned(claim, evidence) is not None


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("The branch will close in May.", "The branch closes in May."),
        ("Rooms are to be vacated by noon.", "Rooms must be vacated by noon."),
        ("The fee will be refunded within a week.", "The fee is refunded within a week."),
        ("The bank plans to close its Leeds branch.", "The bank intends to close its Leeds branch."),
        ("The board proposed a dividend of 20 cents.", "The board recommended a dividend of 20 cents."),
    ],
)
def test_what_a_claim_leaves_to_come_is_no_objection(evidence: str, claim: str) -> None:
    """The present tells of what is to come as well."""
    assert planned(claim, evidence) is None


def test_something_announced_is_not_there() -> None:
    """Unless the evidence has it elsewhere, or the claim says so."""
    clause = "a Windows build is in preparation"
    evidence = f"The client runs on Linux; {clause}."
    assert isinstance(unfinished("The client runs on Windows.", clause, evidence), Span)
    assert unfinished("A Windows build of the client is planned.", clause, evidence) is None
    assert unfinished("The client runs on Windows.", clause, f"{evidence} It runs on Windows 10.") is None


def test_a_name_that_is_only_announced() -> None:
    """Everything that has it says that it is to come."""
    assert only_announced("Windows", "The program runs on Windows.", ["A Windows version is planned."])
    assert not only_announced(
        "Windows", "The program runs on Windows.", ["A Windows version is planned.", "Windows 10 works."]
    )
    assert not only_announced("Windows", "A Windows version will come.", ["A Windows version is planned."])
