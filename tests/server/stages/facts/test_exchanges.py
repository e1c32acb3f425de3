"""What a claim takes from one clause and gives to the subject of another."""

from __future__ import annotations

import pytest

from server.domain import FactOutcome, Passage
from server.stages.claims import split_claims
from server.stages.facts.alignment import prepare
from server.stages.facts.checks import check_facts
from server.stages.facts.comparison import FactResult, candidates
from server.stages.facts.exchanges import exchanges
from server.stages.facts.segments import cut_segments
from server.stages.facts.surroundings import Surroundings


def found(claim: str, *evidence: str) -> list[FactResult]:
    """What the claim exchanges of the evidence."""
    part = next(each for each in split_claims(claim) if each.is_checkable)
    statement = prepare(part, claim, "")
    passages = [Passage(f"p{index}", text) for index, text in enumerate(evidence)]
    return list(exchanges(statement, candidates(statement, cut_segments(passages))))


EXCHANGED = [
    ("The Frankfurt site opened in 2019 and the Dublin site in 2021.", "The Dublin site opened in 2019."),
    ("The employee pays 40 % and the employer pays 60 %.", "The employee pays 60 %."),
    ("The Lyon platform opens at 4 and the Paris platform at 6.", "The Paris platform opens at 4."),
    ("The London and Madrid offices employ 120 and 85 people respectively.", "The Madrid office employs 120 people."),
    ("The basic, plus and premium plans cost 5, 9 and 14 euros respectively.", "The plus plan costs 14 euros."),
    ("Dental cover starts after three months, hospital cover after six.", "Hospital cover starts after three months."),
    ("The gym is free for members, but guests pay 8 euros.", "The gym is free for guests."),
    ("Visitors sign in at reception; contractors sign in at the gate.", "Contractors sign in at reception."),
    ("The fee is 25 euros for letters and 60 euros for parcels.", "The fee for parcels is 25 euros."),
    ("Staff record the heat every four hours and the rain every two hours.", "Staff record the rain every four hours."),
    ("Lunch is included in the rate, and parking costs 15 euros.", "Parking is included in the rate."),
    ("The blue bin is for paper, the yellow bin for plastic.", "The yellow bin is for paper."),
    ("In Berlin the rent is 18 euros a month, in Leipzig 9.", "In Leipzig the rent is 18 euros a month."),
    ("While interns get 15 days of leave, clerks get 28.", "Interns get 28 days of leave."),
    ("The hall in block A is closed; the hall in block B is open.", "The hall in block A is open."),
    ("The fee is 5 euros for members and 8 euros for guests.", "Guests pay 5 euros."),
    ("Acme bought Beta in 2019 and Gamma in 2021.", "Acme acquired Gamma in 2019."),
    ("Basic costs 10 euros a month and Pro costs 25 euros a month.", "The Pro plan is 10 euros monthly."),
    ("Leave: 28 days for full-time staff, 20 days for part-time staff.", "Part-time staff get 28 days of leave."),
    ("The north gate closes at 18:00 and the south gate at 20:00.", "The south gate shuts at 6 pm."),
    ("It keeps daily copies for 30 days and monthly copies for a year.", "Monthly copies are kept for 30 days."),
    (
        "Eva Brandt wrote the novel; Paul Adler translated it into German.",
        "Eva Brandt translated the novel into German.",
    ),
]


@pytest.mark.parametrize(("evidence", "claim"), EXCHANGED)
def test_what_is_said_of_the_other_is_a_mismatch(evidence: str, claim: str) -> None:
    """However the verb of the second clause is left out."""
    assert [each.check.outcome for each in found(claim, evidence)] == [FactOutcome.MISMATCH]


KEPT = [
    ("The Frankfurt site opened in 2019 and the Dublin site in 2021.", "The Dublin site opened in 2021."),
    ("The Frankfurt site opened in 2019 and the Dublin site in 2021.", "Frankfurt opened in 2019, Dublin in 2021."),
    ("The London and Madrid offices employ 120 and 85 people respectively.", "The Madrid office employs 85 people."),
    ("The gym is free for members, but guests pay 8 euros.", "Guests pay 8 euros for the gym."),
    ("The fee is 25 euros for letters and 60 euros for parcels.", "The fee for parcels is higher than for letters."),
    ("Visitors sign in at reception; contractors sign in at the gate.", "Contractors do not sign in at reception."),
    ("The museum opens at nine and closes at five.", "The museum closes at five."),
    ("The museum opens at nine, and visitors can buy tickets online.", "The museum sells tickets online."),
    ("The fee is 3 euros in Spain and rises to 5 euros in winter.", "In winter the fee rises to 5 euros."),
    ("The hotel has a pool, and guests can use the gym for nothing.", "The hotel's gym costs guests nothing."),
    ("The desk is open between 9 and 12 on Monday.", "On Monday the desk is open between 9 and 12."),
    ("Rooms have a desk and a chair.", "Rooms have a chair."),
    ("The fee is 5 euros for members and 8 euros for guests.", "Guests pay 8 euros."),
    ("Leave: 28 days for full-time staff, 20 days for part-time staff.", "Part-time staff get 20 days of leave."),
    (
        "The clerk joined in May 2021 and became a manager in June 2023.",
        "The clerk has been a manager since June 2023.",
    ),
    ("The flight leaves at 9:10 and lands at 11:45.", "The flight arrives at 11:45."),
    ("The house was built in 1920 and renovated in 2005.", "The house was modernised in 2005."),
    ("Sales rose 5 % in May and fell 3 % in June.", "June sales dropped by 3 %."),
    ("It keeps daily copies for 30 days and monthly copies for a year.", "Monthly copies are kept for a year."),
    (
        "He ran in the cups of 2010, 2011 and 2013, and in the 2014 games in Sochi.",
        "He ran in the cups of 2011 and 2013.",
    ),
]


@pytest.mark.parametrize(("evidence", "claim"), KEPT)
def test_what_is_said_of_one_thing_is_no_exchange(evidence: str, claim: str) -> None:
    """Nor what a claim says of both, or denies."""
    assert found(claim, evidence) == []


def test_the_value_is_no_match_besides() -> None:
    """The figure has one result, which names whose it is and whom the claim gives it to."""
    claim, evidence = (
        "The Dublin site opened in 2019.",
        "The Frankfurt site opened in 2019 and the Dublin site in 2021.",
    )
    part = next(iter(split_claims(claim)))
    statement = prepare(part, claim, "")
    near = candidates(statement, cut_segments([Passage("p", evidence)]))
    results = [each for each in check_facts(statement, near, Surroundings([evidence])) if each.owners]
    assert [(each.check.in_claim.text, each.owners) for each in results] == [("2019", ("Frankfurt", "Dublin"))]
    said = [
        each for each in check_facts(statement, near, Surroundings([evidence])) if each.check.in_claim.text == "2019"
    ]
    assert len(said) == 1


def test_another_statement_that_says_so_bears_the_claim_out() -> None:
    """What the sentence beside it says of two things does not speak against it."""
    both = "The Frankfurt site opened in 2019 and the Dublin site in 2021."
    assert found("The Dublin site opened in 2019.", both, "The Dublin site opened in 2019 after a delay.") == []


def test_lines_of_a_list_keep_what_introduces_them() -> None:
    """What one line says of its subject is not said of the next line's."""
    evidence = "Opening hours:\n- Lyon: from 4 am\n- Paris: from 6 am"
    segments = cut_segments([Passage("p", evidence)])
    assert {segment.before for segment in segments[1:]} == {"Opening hours:"}
    claim = "The Paris platform opens at 4 am."
    statement = prepare(next(iter(split_claims(claim))), claim, "")
    results = check_facts(statement, candidates(statement, segments), Surroundings([evidence]))
    assert FactOutcome.MISMATCH in {each.check.outcome for each in results}


def test_a_figure_stays_with_the_clause_that_leaves_words_out() -> None:
    """That "year" stands beside the other figure is no matter: it is meant of both."""
    claim, evidence = "In the second year it earns 3 %.", "It earns 1 % in the first year and 3 % in the second."
    statement = prepare(next(iter(split_claims(claim))), claim, "")
    near = candidates(statement, cut_segments([Passage("p", evidence)]))
    results = check_facts(statement, near, Surroundings([evidence]))
    assert {each.check.outcome for each in results} == {FactOutcome.MATCH}
    wrong = "In the second year it earns 1 %."
    statement = prepare(next(iter(split_claims(wrong))), wrong, "")
    results = check_facts(statement, near, Surroundings([evidence]))
    assert FactOutcome.MISMATCH in {each.check.outcome for each in results}
