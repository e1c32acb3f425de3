"""Answers that decline, and answers to another question."""

from __future__ import annotations

import pytest

from server.domain import Attributes, Citation, ClaimVerdict, Label, Passage, ReasonCode, Relation, Span
from server.stages.claims import split_claims
from server.stages.facts.segments import cut_segments
from server.stages.relevance import answer_findings

FEES = Passage(
    "p1", "Standard delivery costs EUR 4.90. Parcels arrive within 4 days.", attributes=Attributes(title="Delivery")
)


def found(question: str, answer: str, quote: str = "", passage: Passage = FEES) -> list[ReasonCode]:
    """The findings on an answer whose claims are all supported by `quote` of the passage."""
    span = Span(passage.text.index(quote), passage.text.index(quote) + len(quote))
    citations = (Citation(0, span, quote, Relation.SUPPORTS, 0.9),) if quote else ()
    parts = split_claims(answer)
    claims = [
        ClaimVerdict(part.span, part.text, Label.SUPPORTED, 0.9, "", citations=citations)
        for part in parts
        if part.is_checkable
    ]
    return [reason.code for reason in answer_findings(question, parts, claims, [passage], cut_segments([passage]))]


def test_an_answer_that_declines_is_an_abstention() -> None:
    """The documents do not say, and neither does the answer."""
    assert found("Who owns the shop?", "I could not find this in the documents.") == [ReasonCode.ABSTENTION]


def test_declining_what_a_passage_answers_is_over_refusal() -> None:
    """The fee stands in the passage."""
    codes = found("How much does standard delivery cost?", "I could not find this in the documents.")
    assert codes == [ReasonCode.ABSTENTION, ReasonCode.OVER_REFUSAL]


def test_a_supported_answer_to_another_question_is_off_topic() -> None:
    """It shares no word with the question and has no figure of the kind that it asks for."""
    quote = "Parcels arrive within 4 days."
    assert found("How much is a gift card?", quote, quote) == [ReasonCode.OFF_TOPIC]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much does standard delivery cost?", "EUR 4.90."),
        ("When will my order be here?", "Parcels arrive within 4 days."),
        ("What does delivery cost?", "Standard delivery costs EUR 4.90."),
        ("", "Standard delivery costs EUR 4.90."),
    ],
)
def test_an_answer_in_few_or_other_words_is_on_topic(question: str, answer: str) -> None:
    """A figure of the kind asked for, or a word of the question, is enough."""
    assert ReasonCode.OFF_TOPIC not in found(question, answer, "Standard delivery costs EUR 4.90.")


@pytest.mark.parametrize(("key", "codes"), [("order/ORD-70418", []), ("order/ORD-70419", [ReasonCode.OFF_TOPIC])])
def test_evidence_about_the_order_that_is_asked_about_makes_an_answer_one_to_the_question(
    key: str, codes: list[ReasonCode]
) -> None:
    """In other words than the question's; that about another order does not."""
    mail = Passage("p1", "The express fee was refunded.", attributes=Attributes(entity_keys=(key,)))
    question = "Why did Robin Ashdown receive money back for order ORD-70418?"
    assert found(question, mail.text, mail.text, mail) == codes
