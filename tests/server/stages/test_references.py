"""Claims that lean on the question or on the claims before them."""

from __future__ import annotations

import pytest

from server.stages.claims import split_claims
from server.stages.references import resolve_references

CASES = [
    ("", "With its filter the Brisel 2 weighs 2.4 kg. It draws 0.8 W.", "The Brisel 2 draws 0.8 W."),
    ("", "The Nimbra costs EUR 84. Its tank holds 3.2 litres.", "The Nimbra’s tank holds 3.2 litres."),
    ("", "John Smith founded Acme. He was born in Vienna.", "John Smith was born in Vienna."),
    ("", "Customers may return goods. They pay the parcel.", "Customers pay the parcel."),
    ("Where is order ORD-70418?", "It was shipped on Monday.", "Order ORD-70418 was shipped on Monday."),
    ("How long does it last?", "11 hours.", "How long does it last? 11 hours."),
    ("When does the office open?", "It opens at 9.", "The office opens at 9."),
]
UNRESOLVED = [
    ("", "There is no fee. It applies to all."),
    ("", "Laptops lock their screen. It is encrypted."),
    ("", "The Brisel 2 weighs 2 kg. She likes it."),
    ("What does it cost?", "The Nimbra costs EUR 84."),
]


@pytest.mark.parametrize(("question", "answer", "expected"), CASES)
def test_a_leaning_claim_is_put_in_words(question: str, answer: str, expected: str) -> None:
    """The pronoun becomes the subject before it, or what the question asks about; a fragment follows its question."""
    assert resolve_references(split_claims(answer), question)[-1].resolved == expected


@pytest.mark.parametrize(("question", "answer"), UNRESOLVED)
def test_a_claim_without_a_fitting_subject_stays_as_it_stands(question: str, answer: str) -> None:
    """No name is better than a wrong one."""
    last = resolve_references(split_claims(answer), question)[-1]
    assert last.resolved == ""
    assert last.statement == split_claims(answer)[-1].statement


def test_what_follows_a_claim_does_not_change_how_it_is_read() -> None:
    """So that a stream may judge a claim before the next one is written."""
    parts = split_claims("The Nimbra costs EUR 84. It holds 3 litres. The Brisel is louder.")
    whole = resolve_references(parts, "")
    assert all(resolve_references(parts[:size], "") == whole[:size] for size in range(len(parts) + 1))
