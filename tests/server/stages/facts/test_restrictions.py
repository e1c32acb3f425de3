"""What the evidence keeps for some with "only"."""

from __future__ import annotations

import pytest

from server.stages.facts.restrictions import kept_for_some


@pytest.mark.parametrize(
    ("evidence", "claim", "contradicts"),
    [
        ("Only managers may approve purchases.", "Employees may approve purchases.", False),
        ("Only the kitchen team may order furniture.", "Any employee may order furniture.", True),
        ("Only registered users may post.", "All users may post.", True),
        ("Bills are sent by e-mail only.", "Bills are sent by post.", False),
        ("Cover is available only to owners of a house.", "Cover is available to tenants.", False),
    ],
)
def test_a_claim_that_gives_it_to_others_goes_further(evidence: str, claim: str, *, contradicts: bool) -> None:
    """Against the evidence where it gives it to all."""
    assert [found[1] for found in kept_for_some(claim, evidence)] == [contradicts]


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("Only managers may approve purchases.", "Managers may approve purchases."),
        ("Only managers may approve purchases.", "Employees may not approve purchases."),
        ("Only managers may approve purchases.", "Employees may read the list of purchases."),
        ("Bills are sent by e-mail only.", "Bills are sent by e-mail."),
        ("It is sold not only in shops but online.", "It is sold in garages."),
        ("It is sold only in Norway.", "It is sold in only one country."),
    ],
)
def test_a_claim_that_keeps_to_it_is_left_alone(evidence: str, claim: str) -> None:
    """Nor does it object to what is about something else."""
    assert list(kept_for_some(claim, evidence)) == []
