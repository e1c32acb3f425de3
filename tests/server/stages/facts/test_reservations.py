"""What a statement holds back, and claims that leave it out or do not."""

from __future__ import annotations

import pytest

from server.domain import FactKind
from server.stages.facts.reservations import overlooked


@pytest.mark.parametrize(
    ("evidence", "claim", "kind", "contradicts"),
    [
        ("Refunds are paid only if the item is unopened.", "Refunds are paid.", FactKind.QUANTIFIER, False),
        ("Unless a sign forbids it, bicycles are allowed.", "Bicycles are allowed.", FactKind.QUANTIFIER, False),
        ("The council plans to build a bridge.", "The council built a bridge.", FactKind.MODALITY, False),
        ("The lake is expected to be drained in May.", "The lake was drained in May.", FactKind.MODALITY, False),
        ("Until 2019 the library was in Elm Street.", "The library is in Elm Street.", FactKind.MODALITY, True),
        ("The library was in Elm Street until May 2019.", "The library is in Elm Street.", FactKind.MODALITY, True),
        ("The club used to have a pool.", "The club has a pool.", FactKind.MODALITY, True),
        ("Two of the five samples were red.", "Five samples were red.", FactKind.QUANTIFIER, True),
        ("Returns are accepted until 1 May.", "Returns are accepted from 1 May.", FactKind.COMPARISON, True),
        ("The pool is open from Monday.", "The pool is open until Monday.", FactKind.COMPARISON, True),
        ("It had been a ferry since 1924.", "The ferry ran until 1924.", FactKind.COMPARISON, True),
        ("Leases end with a month's notice, after 90 days.", "Leases end at any time.", FactKind.QUANTIFIER, False),
        (
            "Guards must hold a degree or a permit.",
            "Guards must hold a degree and a permit.",
            FactKind.QUANTIFIER,
            False,
        ),
        ("Entry is free on the first Sunday of each month.", "Entry is free every Sunday.", FactKind.QUANTIFIER, False),
    ],
)
def test_a_claim_that_leaves_out_what_is_held_back_says_more(
    evidence: str, claim: str, kind: FactKind, *, contradicts: bool
) -> None:
    """Of the kind, and a contradiction or not."""
    assert [(found[3], found[2]) for found in overlooked(claim, evidence)] == [(kind, contradicts)]


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("Refunds are paid only if the item is unopened.", "Refunds are paid for unopened items."),
        ("Entry is free on the first Sunday of each month.", "Entry is free on the first Sunday of a month."),
        ("Cards or cash are accepted.", "Cards and cash are accepted."),
        ("The desk is open at any time from May.", "The desk is open at any time."),
        ("Refunds are paid only if the item is unopened.", "Refunds are paid if nobody opened the item."),
        ("Refunds are paid only if the item is unopened; shipping is free.", "Shipping is free."),
        ("The council plans to build a bridge.", "The council wants to build a bridge."),
        ("The council plans to build a bridge beside its old mill.", "The council has an old mill."),
        ("Until 2019 the library was in Elm Street.", "The library was in Elm Street until 2019."),
        ("The tape is used to insulate cables.", "The tape is insulating cables."),
        ("These are factors used to argue for the older scheme.", "The scheme is older."),
        ("Two of the five samples were red.", "Two of five samples were red."),
        ("Returns are accepted until 1 May.", "Returns are accepted until 1 May."),
        ("It has not rained since 2007.", "It has rained until 2007."),
    ],
)
def test_a_claim_with_the_same_reservation_or_about_something_else_does_not(evidence: str, claim: str) -> None:
    """In other words too."""
    assert list(overlooked(claim, evidence)) == []


def test_places_are_those_of_the_words() -> None:
    """In a later clause as in the first."""
    evidence = "The old mill is for sale; the council plans to build a bridge."
    ((_, place, _, _),) = overlooked("The council built a bridge.", evidence)
    assert place.of(evidence) == "plans to build"
