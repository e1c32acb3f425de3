"""Where a check has no ground to object: what real texts leave out, and ways of writing that only look like facts."""

from __future__ import annotations

import pytest

from server.domain import FactOutcome
from tests.server.stages.facts.test_checks import worst

OBJECTIONS = {FactOutcome.MISMATCH, FactOutcome.NOT_FOUND}


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Magic Johnson played for the Lakers.", "He played point guard for the Lakers for 13 seasons."),
        ("Headache was a symptom in some COVID-19 patients.", "Symptoms included fever, cough and headache."),
        ("GATA3 regulates the cycle.", "We show that GATA-3 regulates the cycle."),
        ("The film premiered in the 1960s.", "The film premiered in 1963."),
        ("Green Tea May Reduce Stress", "Green tea may reduce stress."),
        ("The change takes place in the 2018–19 school year.", "The change takes place in the 2018–19 school year."),
        (
            'Critics called it "mature, tasteful, and [...] bold".',
            "It is mature, tasteful, and quite bold, they wrote.",
        ),
        ('They covered "Ride the Lightning" for a record.', "For the record they covered Ride, the Lightning song."),
        ("Yale University has many alumni.", "Yale has many alumni in politics."),
        ("Henry IV of France was a patron of the arts.", "King Henry IV was a patron of the arts."),
        (
            "Will Stargell played for Pittsburgh.",
            "Wilver Dornell Stargell was a baseball player. Stargell played for Pittsburgh.",
        ),
        ("The family has roots in Scotland.", "The family is of Scottish descent."),
        ("The drugs are ARB inhibitors.", "The drugs are ARBs and inhibitors."),
        ("It is NOT safe to drive.", "It is not safe to drive."),
        ("The Centers for Disease Control and Prevention advise it.", "The CDC advises it."),
        ("Ada Reyes was the third child.", "She was the third child of Duke Henry and Eleanor."),
        ("Robin Ashdown's Brisel is white.", "Robin Ashdown has a Brisel, and it is white."),
        ("The carrying amount of PPE is EUR 5 million.", "Property, plant and equipment amount to EUR 5 million."),
        ("An order of 75 euros ships free.", "Orders over 60 euros ship free."),
        ("A parcel weighing 4 kg costs 9 euros.", "Parcels up to 5 kg cost 9 euros."),
        ("Leave is kept until the end of March.", "Leave is kept until 31 March."),
        ("The card may be renewed two times.", "The card is valid for one year and can be renewed twice."),
        ("Children pay half the fare.", "Children pay half fare."),
        ("You cannot export to Word yet.", "Exporting to Word is not yet supported."),
        ("After turning off the gas, remove the cover.", "Turn off the gas before removing the cover."),
        ("Medora bought the patent in 2015.", "The patent was sold to Medora in 2015."),
        ("Photographs are allowed.", "Photographs are allowed without flash."),
        (
            "When the red lamp is on, there is a paper jam.",
            "A red lamp means that paper is jammed. The paper is white.",
        ),
        ("Bicycles are covered even if unlocked.", "Bicycles are covered whether or not they are locked, unless lent."),
        ("Ada Lind and Ben Roth founded it in 2011.", "Dr. Ada Lind founded it in 2011. Ben Roth founded it with her."),
        ("The dividend remains at 2 euros.", "The dividend, raised last year, will remain at 2 euros."),
        ("Keys can be renewed 7 days before they expire.", "Keys expire soon and can be renewed 7 days before."),
    ],
)
def test_nothing_is_objected_to(claim: str, evidence: str) -> None:
    """The model judges what is left."""
    assert worst(claim, evidence) not in OBJECTIONS


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Jane Doe played for the Lakers.", "Mary Smith was a guard. She played for the Lakers for 13 seasons."),
        ("Boston University has many alumni.", "Boston College has many alumni in politics."),
        ("Ada Reyes rents a flat.", "Robin Ashdown lives in Fernbridge. He rents a flat."),
        ("Ada Reyes was the third child.", "Robin Ashdown was the third child of the duke."),
        ("The Brisel weighs 3 kg.", "The Nimbra is a radio. It has two speakers. It weighs 3 kg."),
        ("The order ORD-70412 was sent.", "The order was sent."),
        ("An order of 50 euros ships free.", "Orders over 60 euros ship free."),
        ("A parcel weighing 6 kg costs 9 euros.", "Parcels up to 5 kg cost 9 euros."),
        ("The card may be renewed three times.", "The card is valid for one year and can be renewed twice."),
        ("Guests may use the sauna.", "The sauna is reserved for members."),
        ("The film premiered in the 1970s.", "The film premiered in 1963."),
        (
            'Critics called it "mature, tasteful, and [...] dull".',
            "It is mature, tasteful, and quite bold, they wrote.",
        ),
        ('The guide says "never open the back cover".', "The guide says to open the back cover."),
        ("Remove the cover before turning off the gas.", "Turn off the gas before removing the cover."),
        ("After removing the cover, turn off the gas.", "Turn off the gas before removing the cover."),
        ("Do not turn off the gas before removing the cover.", "Turn off the gas before removing the cover."),
        ("Medora sold the patent to the clinic.", "Medora bought the patent from the clinic."),
        ("Photographs are not allowed.", "Photographs are allowed without flash."),
        ("Bicycles are covered even if unlocked.", "Bicycles are covered only if they are locked."),
        ("A transfer can be recalled at any time.", "A transfer can be recalled only as long as it was not booked."),
        ("Instant transfers are free.", "Instant transfers arrive within ten seconds and cost 50 cents."),
        ("Ada Lind founded the clinic alone.", "Ada Lind founded the clinic together with Ben Roth."),
        ("The dividend was raised to 2 euros.", "The dividend remains at 2 euros."),
        ("Keys can be renewed 7 days after that.", "Keys expire soon and can be renewed 7 days before."),
        ("A restart takes at least six hours.", "It keeps copies for a year. A restart takes up to six hours."),
    ],
)
def test_what_is_missing_or_otherwise_is_objected_to(claim: str, evidence: str) -> None:
    """Softening the checks has not opened them."""
    assert worst(claim, evidence) in OBJECTIONS
