"""Which categories are detected, and which are not."""

from __future__ import annotations

import pytest

from server.stages.categories import detect_categories
from server.stages.policy import load_policies, parse_policy


@pytest.mark.parametrize(
    ("answer", "category"),
    [
        ("Adults take 1 tablet a day; do not take it during pregnancy.", "medical"),
        ("Vitamin D does not cure influenza.", "medical"),
        ("Stop taking ibuprofen a week before the operation.", "medical"),
        ("An appendectomy takes about an hour.", "medical"),
        ("Of the patients in the trial, 62 % were free of pain.", "medical"),
        ("The receiving party may keep one copy.", "legal"),
        ("The clause on confidentiality binds the other party too.", "legal"),
        ("Goodwill was written down by EUR 3 million.", "financial_figures"),
        ("The company keeps personal information that third parties gave it.", "regulatory"),
        ("The provider's total liability is limited to EUR 250,000.", "legal"),
        ("Operating profit rose to EUR 217,500 in the third quarter.", "financial_figures"),
        ("Under the GDPR the recordings are erased after 30 days.", "regulatory"),
    ],
)
def test_a_telling_phrase_marks_its_category(answer: str, category: str) -> None:
    """One strong phrase is enough."""
    assert detect_categories(load_policies().get(""), (answer,)) == (category,)


@pytest.mark.parametrize(
    "answer",
    [
        "The filter costs EUR 24.50 and ships within 4 days.",
        "You may return the bag within 30 days of delivery.",
        "On Low the battery lasts 11 hours.",
        "Press the key to move through the three levels.",
        "Delivery is free above EUR 60.",
        "The hall can be hired for a party of eighty.",
        "Our trial period is free, and no card is needed.",
        "Patients like Marta need a chair with a high back.",
        "A case of twelve costs less than two of six.",
    ],
)
def test_everyday_answers_have_no_category(answer: str) -> None:
    """A price is no financial figure, and a return policy no law."""
    assert detect_categories(load_policies().get(""), (answer,)) == ()


def test_a_policy_adds_terms_of_its_own() -> None:
    """Own terms match whole words, case ignored."""
    policy = parse_policy("{name: x, revision: 1, categories: {hr: {route: true, terms: [pay grade]}}}", "x")
    assert detect_categories(policy, ("What is my Pay Grade?",)) == ("hr",)
    assert detect_categories(policy, ("What are repay grades?",)) == ()
