"""What a fact of the claim is about, by the words around it."""

from __future__ import annotations

from server.domain import FactOutcome, Span
from server.stages.claims import split_claims
from server.stages.facts.alignment import prepare
from tests.server.stages.facts.test_checks import worst

CLAIM = "The grey heater in the garden needs 40 litres of clean water after a week."


def test_words_are_weighed_in_the_same_order_in_every_process() -> None:
    """Sums of floats depend on their order in the last bit, and a tie that this decides would change a verdict."""
    statement = prepare(split_claims(CLAIM)[0], CLAIM, "")

    weights = statement.weights(Span(0, 0))

    assert len(weights) > 5
    assert list(weights) == sorted(weights)


def test_what_a_claim_is_not_about_does_not_count() -> None:
    """The row of capital cities is not the one of hotels outside of them."""
    table = "| Expense | Limit |\n|---|---|\n| Hotel, capital cities | EUR 180 |\n| Hotel, elsewhere | EUR 140 |\n"
    claim = "Hotels outside capital cities are limited to EUR {}."
    assert worst(claim.format("140"), table) is FactOutcome.MATCH
    assert worst("Hotels in capital cities are limited to EUR 140.", table) is FactOutcome.MISMATCH
