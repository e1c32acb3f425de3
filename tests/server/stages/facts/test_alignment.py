"""What a fact of the claim is about, by the words around it."""

from __future__ import annotations

from server.domain import Span
from server.stages.claims import split_claims
from server.stages.facts.alignment import prepare

CLAIM = "The grey heater in the garden needs 40 litres of clean water after a week."


def test_words_are_weighed_in_the_same_order_in_every_process() -> None:
    """Sums of floats depend on their order in the last bit, and a tie that this decides would change a verdict."""
    statement = prepare(split_claims(CLAIM)[0], CLAIM, "")

    weights = statement.weights(Span(0, 0))

    assert len(weights) > 5
    assert list(weights) == sorted(weights)
