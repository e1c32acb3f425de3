"""How an answer is cut into claims."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.stages.claims import closed_claims, split_claims


def texts(answer: str) -> list[str]:
    """The parts of `answer`, as they stand there."""
    return [part.text for part in split_claims(answer)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The measured value is 0.002 in every run.",
        "Dr. J. R. Smith of Acme Inc. signed on Jan. 5 at 3 p.m. sharp.",
        "See https://docs.example/a.html?q=1.5&b=x. or write to care@a.example for help.",
        "Version 2.4.0 repaired it, e.g. the counter of Fig. 3 in Sec. 2.",
        'He said "Go. Now." and left (twice. At least).',
        "The U.S. market grew, approx. 4 % vs. last year.",
        "It was fine... mostly.",
    ],
)
def test_full_stops_inside_a_sentence_do_not_end_it(sentence: str) -> None:
    """Decimals, abbreviations, initials, addresses, versions, quotes and ellipses stay whole."""
    assert texts(f"{sentence} The end is near.") == [sentence, "The end is near."]


def test_sentences_end_without_latin_marks() -> None:
    """CJK full stops end a sentence without a blank; emoji do not disturb."""
    assert texts("東京は日本の首都です。人口は多い！ Good 😀 day it was.") == [
        "東京は日本の首都です。",
        "人口は多い！",
        "Good 😀 day it was.",
    ]


def test_line_breaks_of_windows_are_handled() -> None:
    """CRLF ends lines as LF does, and is part of no claim's edges."""
    assert texts("The fee is 5 euros.\r\nThe term is a year.\r\n") == ["The fee is 5 euros.", "The term is a year."]


def test_a_point_is_read_with_the_sentence_that_introduces_it() -> None:
    """The statement of a list item completes its introduction; the introduction is no claim of its own."""
    introduction, first, second = split_claims("The box contains:\n- a charger\n* **Cable:** 1.8 m\n")
    assert introduction.set_aside.startswith("introduces")
    assert first.statement == "The box contains: a charger"
    assert second.statement == "The box contains: Cable: 1.8 m"


def test_a_table_row_is_a_claim_with_its_column_names() -> None:
    """Header and rule are set aside; each row states its cells under their names."""
    parts = split_claims("| Level | Noise |\n|---|---|\n| Low | 24 dB |\n| High | 52 dB |\n")
    assert [part.statement for part in parts if part.is_checkable] == [
        "Level: Low; Noise: 24 dB",
        "Level: High; Noise: 52 dB",
    ]


def test_numbered_points_do_not_end_at_their_number() -> None:
    """The number of a list item is part of its span and not of what is checked."""
    (part,) = split_claims("1. Press the key.")
    assert (part.text, part.statement) == ("1. Press the key.", "Press the key.")


def test_yes_is_read_with_the_sentence_that_follows() -> None:
    """A polar answer is no claim that slips by: it belongs to the next sentence."""
    (part,) = split_claims("No. The filter is not washable.")
    assert part.text == "No. The filter is not washable."
    assert part.statement == "The filter is not washable."


def test_a_lone_yes_stays_a_claim() -> None:
    """What cannot be checked on its own is not set aside either."""
    (part,) = split_claims("Yes.")
    assert part.is_checkable


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Is there anything else I can help with?", "a question"),
        ("Hi Robin, thank you for your question!", "a courtesy"),
        ("Let me know if you need more.", "an offer"),
        ("Here is a summary of the policy:", "presents what follows"),
        ("## Battery life", "a heading"),
        ("```python\nx = 1\n```", "a code block"),
        ("I could not find the price in the documents.", "declines to answer"),
        ("I'm sorry, I do not have that information.", "declines to answer"),
        ("---", "layout, no words"),
    ],
)
def test_what_states_nothing_is_set_aside(sentence: str, why: str) -> None:
    """Questions, courtesies, offers, headings, code and abstentions say why they are no claim."""
    (part,) = split_claims(sentence)
    assert part.set_aside == why


@pytest.mark.parametrize(
    "sentence",
    [
        "Did you know that the battery lasts 12 hours?",
        "The battery lasts 12 hours, right?",
        "I could not find the price, but the battery lasts 12 hours.",
        "Thank you for your order of 3 units.",
        "We do not have a limit on returns.",
        "# Returns are accepted within 30 days",
        "If you have any questions, call +44 1632 960144.",
        "Sure, the filter is washable.",
        "I think it costs more.",
        "```\nThe company was founded in Paris by two brothers.\n```",
    ],
)
def test_a_statement_is_never_set_aside(sentence: str) -> None:
    """Whatever its dress, what states something is checked."""
    assert any(part.is_checkable for part in split_claims(sentence))


_LAYOUT = ["- point ", "\n", "\r\n", "| a | b |", "\n|---|---|\n", "```", "> said ", "# Head\n", "1. ", "  "]
_MARKS = ["The fee is 1.5 %. ", "Why? ", "Yes. ", "e.g. ", "😀", "e\u0301", "。", '"', "(", ")"]
_PIECES = st.sampled_from([*_LAYOUT, *_MARKS])


@given(st.lists(_PIECES | st.text(max_size=8), max_size=30).map("".join))
def test_parts_are_ordered_disjoint_and_complete(answer: str) -> None:
    """Spans slice to their texts, never overlap, and hold every non-blank character."""
    parts = split_claims(answer)
    held = "".join("".join(part.span.of(answer).split()) for part in parts)
    assert held == "".join(answer.split())
    assert all(part.text == part.span.of(answer) for part in parts)
    assert all(one.span.end <= other.span.start for one, other in pairwise(parts))
    assert all(part.span.start <= part.body.start and part.body.end <= part.span.end for part in parts)


@pytest.mark.parametrize(
    ("written", "closed"),
    [
        ("It lasts 3.", 0),
        ("It lasts 3. ", 1),
        ("It lasts 3.5 hours. And", 1),
        ("It costs 3 €。", 1),
        ("- one thing", 0),
        ("- one thing\n\n", 1),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", 3),
        ("", 0),
    ],
)
def test_a_part_is_closed_when_it_ends_like_one(written: str, closed: int) -> None:
    """A blank after a full stop, a blank line, the end of a row, or a next part."""
    assert len(closed_claims(written)) == closed


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        ("It covers damage by water. However, not if the seal is broken.", 1),
        ("It is open daily. Except on Sundays.", 1),
        ("It is open daily. Except on Sundays, the office closes at 5.", 2),
        ("- It is open daily.\n- Except on Sundays.", 2),
        ("It is open daily.\n\nExcept on Sundays.", 2),
        ("Thanks! Not on Sundays.", 2),
    ],
)
def test_a_reservation_is_read_with_what_it_limits(answer: str, parts: int) -> None:
    """Only without a main clause of its own, and in the same paragraph as a claim."""
    assert len(split_claims(answer)) == parts
