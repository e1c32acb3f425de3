"""What a claim says of one thing that the evidence says of another, and what only looks like it."""

from __future__ import annotations

import pytest

from server.domain import FactOutcome, Passage
from server.stages.claims import split_claims
from server.stages.facts.alignment import prepare
from server.stages.facts.comparison import candidates
from server.stages.facts.segments import cut_segments
from server.stages.facts.substitutions import substitutions
from tests.server.stages.facts.test_checks import worst

OBJECTIONS = {FactOutcome.MISMATCH, FactOutcome.NOT_FOUND}


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Members pay 8 euros each.", "Members may bring guests. Guests pay 8 euros each and leave by 20:00."),
        ("Members leave by 20:00.", "Members may bring guests. Guests pay 8 euros each and leave by 20:00."),
        ("Ben Roth was named director in May.", "Ada Lind was named director in May, succeeding Ben Roth."),
        ("Ada Lind led the firm since 2012.", "Ada Lind succeeded Ben Roth, who had led the firm since 2012."),
        ("Ben Roth succeeded Ada Lind.", "Ada Lind became director, succeeding Ben Roth."),
        ("Nordwind made a loss of 4 million euros.", "Nordwind bought Havla. Havla, an airline, made a loss of 4 million euros."),
        ("The ferry replaced the bridge.", "The bridge is long. It replaced a ferry."),
        (
            "Home days are agreed with the personnel department.",
            "Home days are agreed with the team lead by Friday. The personnel department keeps the list.",
        ),
        ("Half of the patients on placebo slept well.", "Half of the patients on zorin slept well. Others had placebo."),
        ("Visitors must arrive by 20:00.", "Visitors pay 8 euros each and must leave by 20:00."),
        ("Profit was 4 million euros, down from 3 million euros.", "Profit fell to 3 million euros from 4 million euros."),
        ("Visitors use the lift at the north gate.", "The lift is broken. Visitors use the stairs at the north gate."),
        ("Parcels to the kerb cost 35 euros.", "Most go to the kerb. Parcels to the flat cost 35 euros."),
        ("Web sales were 31 % in 2022.", "Web sales were 31 %, up from 26 % in 2022."),
        ("The original won the prize.", "The translation, not the original, won the prize."),
        ("The railway stays closed.", "The road to Ferndale stays closed; the railway has reopened."),
        ("Weekly backups are kept for 30 days.", "Backups are kept for 30 days. Weekly backups are kept for a year."),
        ("Trips to islands take two days.", "Trips to islands take two days longer."),
        ("Owners may terminate at once if rents rise.", "Tenants may terminate at once if owners raise rents."),
    ],
)  # fmt: skip
def test_one_thing_in_the_place_of_another_is_a_mismatch(claim: str, evidence: str) -> None:
    """Before what is said, after a preposition, and on both sides of a verb."""
    assert worst(claim, evidence) is FactOutcome.MISMATCH


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Guests pay 8 euros each.", "Members may bring guests. Guests pay 8 euros each and leave by 20:00."),
        ("The Brisel weighs 2 kg.", "| Brisel | weight |\n|---|---|\n| Brisel | 2 kg |\n\nThe Nimbra weighs 2 kg. It is new."),
        ("Faulty fans are repaired or replaced for two years.", "The maker repairs or replaces faulty fans for two years."),
        ("The company made a loss in May.", "Havla made a loss in May. The company is an airline."),
        ("The bridge replaced a ferry.", "The bridge is long. It replaced a ferry."),
        ("The ferry was replaced by the bridge.", "The bridge is long. It replaced a ferry."),
        ("A woman poses with a girl.", "A woman in red poses with a small girl. The girl smiles."),
        ("Increasingly, pumps run at night.", "Pumps run at night. Increasingly, they are quiet."),
        ("Profit was 3 million euros, down from 4 million euros.", "Profit fell to 3 million euros from 4 million euros."),
        ("Web sales were 26 % in 2022.", "Web sales were 31 %, up from 26 % in 2022."),
        ("Trips to islands take two additional days.", "Trips to islands take two days longer."),
        ("Members pay 8 euros each.", "Guests pay 8 euros each. Members pay 8 euros each as well."),
        ("Ada Lind led the firm since 2012.", "Ada Lind, who succeeded Ben Roth, had led the firm since 2012."),
    ],
)  # fmt: skip
def test_what_is_said_of_the_thing_itself_is_none(claim: str, evidence: str) -> None:
    """By another name, in another order, or in another sentence."""
    assert worst(claim, evidence) not in OBJECTIONS


def test_passages_about_other_things_say_nothing_against_it() -> None:
    """Whoever asks for one product gets passages on others that are like it."""
    texts = ["The Nimbra weighs 2 kg with its filter.", "Brisel data sheet. Weight with filter: 2 kg."]
    claim = "The Brisel weighs 2 kg with its filter."
    statement = prepare(next(iter(split_claims(claim))), claim, "")
    near = candidates(statement, cut_segments([Passage(text, text) for text in texts]))
    assert list(substitutions(statement, near)) == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Express delivery is free.", "Express delivery costs 12.95 euros."),
        ("Guests travel free of charge.", "Guests pay 3 euros. Members pay nothing."),
        ("Extra bags are free for members.", "Extra bags cost 40 euros each."),
    ],
)
def test_what_has_a_price_is_not_free(claim: str, evidence: str) -> None:
    """Whoever it is free for."""
    assert worst(claim, evidence) is FactOutcome.MISMATCH


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Express delivery is free.", "Standard delivery costs 12.95 euros. Express delivery is fast."),
        ("The jam is free of sugar.", "The jam costs 3 euros."),
        ("Entry is free for children.", "Entry costs 3 euros and is free for children."),
    ],
)
def test_what_something_else_costs_makes_nothing_dear(claim: str, evidence: str) -> None:
    """Nor what is free of something."""
    assert worst(claim, evidence) not in OBJECTIONS
