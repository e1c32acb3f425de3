"""What the model reads for a claim: exact spans, bounded cost, and nothing that irrelevant passages could change."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.stages.evidence import (
    COMPOSITE_COST,
    WINDOW_COST,
    Evidence,
    EvidenceSpan,
    claim_weights,
    cost,
    select,
    sentence_spans,
    terms,
)

REFUND = "Refunds are paid within 14 days. The customer sends the goods back first. Shipping costs are not refunded."
WEATHER = "Rain is expected over the northern coast on Tuesday. Winds will be light."
CLAIM = "A refund is paid within 14 days."
TEXTS = st.text(alphabet="ab C1.,;!?\n\t|-'\"é。", max_size=300)
LONG = " ".join(f"Article {number} of the agreement concerns matter {number}." for number in range(80))


@settings(deadline=None)
@given(TEXTS)
def test_sentences_are_disjoint_and_hold_every_visible_character(text: str) -> None:
    """Spans are in order and lose nothing but blanks."""
    spans = sentence_spans(text)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert "".join("".join(text[start:end] for start, end in spans).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It costs 0.002 EUR. Dr. Lee agreed.", ["It costs 0.002 EUR.", "Dr. Lee agreed."]),
        ("- one item\n- two items", ["- one item", "- two items"]),
        ("a | b\n1 | 2", ["a | b", "1 | 2"]),
        ("Heading\n\nBody text.", ["Heading", "Body text."]),
        (
            "A line that an editor wrapped at a column of about sixty\ncharacters goes on.",
            ["A line that an editor wrapped at a column of about sixty\ncharacters goes on."],
        ),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    """Decimals and titles do not end sentences; rows, items and headings do; wrapped lines go on."""
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


@settings(deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_premises_are_made_of_exact_slices(claim: str, passages: list[str]) -> None:
    """A premise's text is its spans joined by one blank."""
    for premise in select(claim, passages).premises:
        slices = [passages[span.passage][span.start : span.end] for span in premise.spans]
        assert " ".join(slices) == premise.text


@settings(deadline=None)
@given(st.permutations([REFUND, WEATHER, LONG, "Days pass."]))
def test_the_order_of_passages_changes_nothing(passages: list[str]) -> None:
    """The same texts are read, in the same order."""
    expected = [premise.text for premise in select(CLAIM, [REFUND, WEATHER, LONG, "Days pass."]).premises]
    assert [premise.text for premise in select(CLAIM, passages).premises] == expected


def test_a_passage_about_something_else_is_not_read() -> None:
    """Padding adds no premise once the claim's words are found elsewhere."""
    assert select(CLAIM, [REFUND, WEATHER]).premises == select(CLAIM, [REFUND]).premises


def test_two_sentences_that_lie_far_apart_meet_in_one_premise() -> None:
    """The composite holds both, with a span for each."""
    passage = f"Marta Lind founded Nordlys. {LONG} Nordlys moved to Bergen in 1998."
    spans = [premise.spans for premise in select("Marta Lind's Nordlys moved to Bergen in 1998.", [passage]).premises]
    end = len(passage)
    assert (EvidenceSpan(0, 0, 27), EvidenceSpan(0, end - 32, end)) in spans


def test_no_premise_costs_more_than_a_window() -> None:
    """A sentence without an end is read in pieces, not cut off."""
    endless = "word " * 2_000
    evidence = Evidence([endless, LONG])
    premises = [
        premise for claim in ("A word.", "Article 7 concerns matter 7.") for premise in evidence.select(claim).premises
    ]
    assert premises
    assert max(cost(premise.text) for premise in premises) <= max(WINDOW_COST, COMPOSITE_COST)


def test_a_long_claim_leaves_less_room_for_its_premises() -> None:
    """Claim and premise share the model's tokens."""
    claim = "Article 7 of the agreement concerns matter 7 " + "and so on " * 40
    assert all(cost(premise.text) + cost(claim) <= 236 for premise in select(claim, [LONG]).premises)


@pytest.mark.parametrize("limit", [1, 2, 6])
def test_a_claim_gets_no_more_premises_than_asked_for(limit: int) -> None:
    """The limit bounds the cost of a claim."""
    assert len(select("Article 7 and article 70 concern matters.", [LONG, REFUND], limit).premises) <= limit


def test_a_limit_below_one_is_refused() -> None:
    """The message says what was sent and what would be right."""
    with pytest.raises(ValueError, match="limit is 0; a claim needs at least 1"):
        select(CLAIM, [REFUND], 0)


def test_the_share_read_tells_how_much_the_model_saw() -> None:
    """All of a short passage, part of a long one, nothing of none."""
    assert select(CLAIM, [REFUND]).read_share == 1.0
    assert 0.0 < select("Article 7 concerns matter 7.", [LONG]).read_share < 0.5
    assert select(CLAIM, []).read_share == select(CLAIM, ["", " \n"]).read_share == 0.0


def test_the_share_read_of_several_claims_counts_no_character_twice() -> None:
    """It is the share of the union."""
    evidence = Evidence([REFUND])
    spans = [EvidenceSpan(0, 0, 32), EvidenceSpan(0, 10, 32)]
    assert evidence.share_read(spans) == evidence.share_read(spans[:1])


def test_terms_compare_numbers_by_value_and_words_by_stem() -> None:
    """Thousands separators, trailing zeros and endings do not matter."""
    assert terms("refunds of 1,200.50") == terms("Refunding 1200.5")


def test_numbers_weigh_more_than_names_and_names_more_than_words() -> None:
    """The weights of a claim sum to one."""
    weights = claim_weights("we paid Lind 14 times")
    assert weights["14"] > weights["lind"] > weights["paid"]
    assert sum(weights.values()) == pytest.approx(1.0)


def test_equal_texts_are_read_once_and_cited_from_the_first() -> None:
    """A passage that was retrieved twice costs nothing more."""
    assert select(CLAIM, [REFUND, REFUND]).premises == select(CLAIM, [REFUND]).premises


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 30), st.integers(0, 30))))
def test_each_character_counts_once_however_often_it_is_read(places: list[tuple[int, int, int]]) -> None:
    """The share is that of the characters which are no blanks and lie in some span."""
    texts = ["The shop  opens\tat nine.", "It\u00a0closes\nat five, on Sundays."]
    spans = [EvidenceSpan(passage, start, start + length) for passage, start, length in places]
    read = {(span.passage, at) for span in spans for at in range(span.start, span.end)}
    held = [
        (passage, at) for passage, text in enumerate(texts) for at, letter in enumerate(text) if not letter.isspace()
    ]

    assert Evidence(texts).share_read(spans) == sum(place in read for place in held) / len(held)
