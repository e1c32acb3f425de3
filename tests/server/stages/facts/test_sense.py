"""Checks of what a whole statement says: comparisons, modality, quantifiers, direction, values of rows, empty fields."""

from __future__ import annotations

import pytest

from server.domain import FactKind, FactOutcome
from tests.server.stages.facts.test_checks import check

LEVELS = """| Level | Air flow | Noise | Battery |
|---|---|---|---|
| Low | 48 m³/h | 24 dB(A) | 11 hours |
| High | 160 m³/h | 52 dB(A) | 2.5 hours |
"""
PAYERS = """| Reason for the return | Who pays for the parcel |
|---|---|
| Wrong item delivered | The shop |
| Change of mind | The customer, a flat EUR 5.90 |
"""
ORDER = '{\n"order": "ORD-70418",\n"status": "shipped",\n"delivered_at": null,\n"newsletter": false\n}'
ACCOUNTS = "Authentication is mandatory for every account, administrators and contractors included."
CASES = [
    (
        "Employees may lock their screens.",
        "Employees must lock their screens.",
        FactKind.MODALITY,
        FactOutcome.MISMATCH,
    ),
    ("All invoices are paid in May.", "Some invoices are paid in May.", FactKind.QUANTIFIER, FactOutcome.MISMATCH),
    ("Acme acquired Beta in spring.", "Beta acquired Acme in spring.", FactKind.DIRECTION, FactOutcome.MISMATCH),
    ("The adhesive is toxic.", "The adhesive is nontoxic.", FactKind.NEGATION, FactOutcome.MISMATCH),
    ("The link is valid.", "The link is invalid.", FactKind.NEGATION, FactOutcome.MISMATCH),
    ("The device is locked.", "The device is unlocked.", FactKind.COMPARISON, FactOutcome.MISMATCH),
    ("The device is unlocked.", "The device is locked.", FactKind.COMPARISON, FactOutcome.MISMATCH),
    (
        "The office opens after the school.",
        "The office opens before the school.",
        FactKind.COMPARISON,
        FactOutcome.MISMATCH,
    ),
    ("Employees must lock their screens.", "Employees must lock their screens.", FactKind.MODALITY, FactOutcome.MATCH),
    (
        "Authentication is mandatory for every account except those of contractors.",
        ACCOUNTS,
        FactKind.QUANTIFIER,
        FactOutcome.MISMATCH,
    ),
    (
        "The discount applies to all customers.",
        "The discount applies to all customers except resellers.",
        FactKind.QUANTIFIER,
        FactOutcome.MISMATCH,
    ),
    ("When the wrong item was delivered, the customer pays.", PAYERS, FactKind.ENTITY, FactOutcome.MISMATCH),
    ("Order ORD-70418 has been delivered.", ORDER, FactKind.NEGATION, FactOutcome.MISMATCH),
    ("High is the loudest level.", LEVELS, FactKind.COMPARISON, FactOutcome.DERIVED),
    ("Low is the loudest level.", LEVELS, FactKind.COMPARISON, FactOutcome.MISMATCH),
    ("High is louder than Low.", LEVELS, FactKind.COMPARISON, FactOutcome.DERIVED),
    ("Low is louder than High.", LEVELS, FactKind.COMPARISON, FactOutcome.MISMATCH),
]


@pytest.mark.parametrize(("claim", "evidence", "kind", "outcome"), CASES)
def test_the_sense_of_a_claim_is_checked_by_kind(
    claim: str, evidence: str, kind: FactKind, outcome: FactOutcome
) -> None:
    """Each kind of turn is found as that kind, with what it found on both sides."""
    found = next(each for each in check(claim, evidence) if each.kind is kind and each.outcome is outcome)
    assert found.in_claim.text in claim
    assert all(place.text in evidence for place in found.in_evidence)


SILENT = [
    ("Order ORD-70418 has not been delivered.", ORDER),
    ("When the wrong item was delivered, the shop pays.", PAYERS),
    ("With a change of mind, the customer pays.", PAYERS),
    ("Authentication is mandatory for every account.", ACCOUNTS),
]


@pytest.mark.parametrize(("claim", "evidence"), SILENT)
def test_what_the_evidence_bears_out_is_not_objected_to(claim: str, evidence: str) -> None:
    """No mismatch of the sense."""
    assert all(each.outcome is not FactOutcome.MISMATCH for each in check(claim, evidence))
