"""What a receipt holds a server to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.access.receipts import IssueReceipt, check_receipt, statement
from server.access.signing import SigningKey, trust
from server.domain import (
    Citation,
    ClaimVerdict,
    Decision,
    Label,
    Passage,
    PromptRef,
    Receipt,
    Relation,
    Span,
    ValidationRequest,
    Verdict,
    Versions,
)
from tests.fakes import ACME

KEY = SigningKey.of(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
REQUEST = ValidationRequest(ACME, "It lasts 11 hours.", "How long?", prompt=PromptRef("faq", "3"), model="m")
PASSAGE = Passage("p1", "The battery lasts 11 hours.", "manual", "docs", 2, "abc")
CITATION = Citation(0, Span(0, 27), "The battery lasts 11 hours.", Relation.SUPPORTS, 0.9)
CLAIM = ClaimVerdict(Span(0, 18), "It lasts 11 hours.", Label.SUPPORTED, 0.9, "", citations=(CITATION,))
VERDICT = Verdict(Decision.PASS, 0.9, 1.0, 1.0, (CLAIM,), (PASSAGE,), versions=Versions(policy="default@1:abc"))


def issued(verdict: Verdict = VERDICT, at: datetime = NOON) -> Receipt:
    """The receipt of a verdict."""
    receipt = IssueReceipt(KEY, now=lambda: at)(REQUEST, verdict).receipt
    assert receipt is not None
    return receipt


def test_a_receipt_is_checked_with_the_public_key_alone() -> None:
    """And says nothing of the content."""
    receipt = issued()
    assert check_receipt(receipt, trust(KEY)) == ""
    assert "11 hours" not in receipt.statement
    assert json.loads(receipt.statement)["decision"] == "PASS"


def test_the_same_input_gives_the_same_statement_at_any_time() -> None:
    """And at one time the same signature; case and timings are not in it."""
    assert issued() == issued(replace(VERDICT, review_case_id="other"))
    later = issued(at=NOON + timedelta(days=1))
    assert (later.statement == issued().statement, later.signature == issued().signature) == (True, False)


@pytest.mark.parametrize(
    "forged",
    [
        replace(issued(), statement=issued().statement.replace("PASS", "BLOCK")),
        replace(issued(), issued_at=NOON + timedelta(microseconds=1)),
        replace(issued(), signature=issued().signature[:-2]),
        replace(issued(), signature="no"),
        replace(issued(), key_id="0123456789abcdef"),
    ],
)
def test_a_changed_receipt_is_not_good(forged: Receipt) -> None:
    """Whatever part of it was changed."""
    assert check_receipt(forged, trust(KEY))


@pytest.mark.parametrize(
    ("request_", "verdict"),
    [
        (replace(REQUEST, answer="It lasts 12 hours."), VERDICT),
        (replace(REQUEST, question="?"), VERDICT),
        (replace(REQUEST, as_of=NOON), VERDICT),
        (replace(REQUEST, prompt=PromptRef("faq", "4")), VERDICT),
        (replace(REQUEST, model="n"), VERDICT),
        (replace(REQUEST, caller=replace(ACME, tenant="other")), VERDICT),
        (REQUEST, replace(VERDICT, decision=Decision.BLOCK)),
        (REQUEST, replace(VERDICT, confidence=0.8)),
        (REQUEST, replace(VERDICT, passages=(replace(PASSAGE, text="It lasts."),))),
        (REQUEST, replace(VERDICT, passages=(replace(PASSAGE, version=3),))),
        (REQUEST, replace(VERDICT, claims=(replace(CLAIM, label=Label.UNSUPPORTED),))),
        (REQUEST, replace(VERDICT, claims=(replace(CLAIM, citations=()),))),
        (REQUEST, replace(VERDICT, versions=Versions(policy="default@2:def"))),
    ],
)
def test_every_input_and_every_result_is_in_the_statement(request_: ValidationRequest, verdict: Verdict) -> None:
    """So that none can be exchanged afterwards."""
    assert statement(request_, verdict) != statement(REQUEST, VERDICT)
