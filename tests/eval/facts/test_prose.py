"""How often checks object to labelled statements, counted by kind and outcome."""

from __future__ import annotations

from eval.facts.prose import checks_of, lines, rates
from eval.grounding.rows import Row
from server.domain import FactKind, FactOutcome

RIGHT = Row("The battery lasts 11 hours.", "The battery lasts 11 hours.", "supported")
WRONG = Row("The battery lasts 11 hours.", "The battery lasts 16 hours.", "unsupported")


def test_every_claim_of_a_statement_is_checked() -> None:
    """Against its premise alone."""
    row = Row("It lasts 11 hours.", "It lasts 11 hours. It lasts 16 hours.", "unsupported")
    assert {result.check.outcome for result in checks_of(row)} == {FactOutcome.MATCH, FactOutcome.MISMATCH}


def test_objections_are_counted_by_label() -> None:
    """One line for each kind and objection, with both shares."""
    found = rates([RIGHT, WRONG])
    rate = found[FactKind.QUANTITY, FactOutcome.MISMATCH]
    assert (rate.supported, rate.unsupported) == (0, 1)
    assert any(line.startswith("QUANTITY MISMATCH") and "100.00%" in line for line in lines([RIGHT, WRONG], found, 0))
