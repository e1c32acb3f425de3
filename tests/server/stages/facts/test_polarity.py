"""Which words of a claim and of the evidence are of one family, and how prefixes turn the sense."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.stages.facts.counterparts import overlap, same_root
from server.stages.facts.polarity import oppositions

STEMS = st.frozensets(
    st.builds(
        lambda prefix, stem, suffix: prefix + stem + suffix,
        st.sampled_from(["", "un", "in", "dis", "non"]),
        st.sampled_from(["wash", "washab", "product", "inter", "in", "act", "und", "nonsens", "ünder"]),
        st.sampled_from(["", "l", "able", "ation"]),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(STEMS, STEMS)
def test_stems_that_begin_alike_are_all_that_can_be_of_one_family(some: frozenset[str], others: frozenset[str]) -> None:
    """Looking only among those finds what looking among all finds."""
    related = sum(1 for term in some if term in others or any(same_root(term, other) for other in others))

    assert overlap(some, others) == related


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("Economy tickets are non-refundable.", "Economy tickets can be refunded."),
        ("Economy tickets are nonrefundable.", "Economy tickets are refundable."),
        ("The plan is non-cancellable in the first year.", "You can cancel the plan in the first year."),
        ("The adhesive is nontoxic.", "The adhesive is toxic."),
        ("The adhesive is toxic.", "The adhesive is non-toxic."),
        ("The device is unlocked.", "The device is locked."),
        ("The link is invalid after 24 hours.", "The link is valid after 24 hours."),
        ("Trainees are ineligible for the bonus.", "Trainees are eligible for the bonus."),
        ("It is impossible to repair the lamp.", "It is possible to repair the lamp."),
        ("The service is unavailable on Sundays.", "The service is available on Sundays."),
        ("Opened software cannot be returned.", "Opened software can be returned within 30 days."),
        ("Revenue rose to $48m, while net profit fell to $3m.", "Net profit rose to $3m."),
        ("Appointments can be cancelled free of charge up to a day ahead.", "Appointments cannot be cancelled."),
        ("Dogs need a ticket unless they travel in a carrier.", "Dogs that travel in a carrier need a ticket."),
        ("Heating is included in the rent.", "Heating is excluded from the rent."),
        ("The tool imports PDF files.", "The tool exports PDF files."),
        ("Motorcycles may never use it.", "Motorcycles may use the bus lane."),
    ],
)
def test_a_prefix_turns_the_sense_once(evidence: str, claim: str) -> None:
    """Whatever else the word is by itself: a negative word, or the opposite of another."""
    assert [each.contradicts for each in oppositions(claim, evidence)] == [True]


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("Economy tickets are non-refundable.", "Economy tickets cannot be refunded."),
        ("Economy tickets are non-refundable.", "Economy tickets are nonrefundable."),
        ("The link is not valid after 24 hours.", "The link is invalid after 24 hours."),
        ("It is impossible to repair the lamp.", "The lamp cannot be repaired."),
        ("The sheet is inflammable.", "The sheet is flammable."),
        ("The device is not locked.", "The device is unlocked."),
        ("Smoking is prohibited in the hall.", "Smoking is not permitted in the hall."),
        ("Dogs need a ticket unless they travel in a carrier.", "Dogs that travel in a carrier do not need a ticket."),
        ("Net profit fell to $3m.", "Net profit declined to $3m."),
        ("The translation, not the original, won the prize.", "The translation won the prize."),
        ("Paul Adler translated it into English in 2004.", "The English translation by Paul Adler came out in 2004."),
    ],
)
def test_a_prefix_and_a_negation_say_the_same(evidence: str, claim: str) -> None:
    """Each turns the sense once."""
    assert list(oppositions(claim, evidence)) == []
