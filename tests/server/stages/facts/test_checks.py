"""What the deterministic checks say of a claim, given a few sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain import FactCheck, FactOutcome, Passage
from server.stages.claims import split_claims
from server.stages.facts.alignment import prepare
from server.stages.facts.checks import check_facts
from server.stages.facts.comparison import candidates
from server.stages.facts.segments import cut_segments
from server.stages.facts.surroundings import Surroundings


def check(claim: str, evidence: str) -> tuple[FactCheck, ...]:
    """The checks of the first claim of `claim` against one passage."""
    part = next(each for each in split_claims(claim) if each.is_checkable)
    statement = prepare(part, claim, "")
    near = candidates(statement, cut_segments([Passage("p", evidence)]))
    return tuple(result.check for result in check_facts(statement, near, Surroundings([evidence])))


def worst(claim: str, evidence: str) -> FactOutcome:
    """MISMATCH before NOT_FOUND before DERIVED before MATCH."""
    order = [FactOutcome.MISMATCH, FactOutcome.NOT_FOUND, FactOutcome.DERIVED, FactOutcome.MATCH]
    return min((each.outcome for each in check(claim, evidence)), key=order.index, default=FactOutcome.MATCH)


EQUAL = [
    ("The share is 10 %.", "The share is 0.10."),
    ("Revenue was EUR 1.234,56.", "Revenue was €1,234.56."),
    ("The deposit is CHF 1'500.", "The deposit is 1,500 Swiss francs."),
    ("The fee is EUR 5k.", "The fee is EUR 5,000."),
    ("The fee is half a million euros.", "The fee is EUR 500,000."),
    ("Revenue was 3.2 million euros.", "Revenue was EUR 3.2m, up a little."),
    ("Revenue was 3.2m euros.", "Revenue was €3,200,000."),
    ("The advance was $10 million.", "The advance was $10m."),
    ("The album came out in the early 1970's.", "The album came out in July 1973."),
    ("Wi-Fi is free in rooms.", "WiFi is free in rooms."),
    ("We use a KeyVault for it.", "We use a Key Vault for it."),
    ("The director met Dr Mueller.", "The director met Dr Müller."),
    ("The director met Dr Müller.", "The director met Dr Muller."),
    ("The office is in Goethestraße.", "The office is in Goethestrasse."),
    ("The mill was built after World War II.", "The mill was built after World War Two."),
    ("The mill was built after the Second World War.", "The mill was built after World War II."),
    ("Trains leave from Terminal Two.", "Trains leave from Terminal 2."),
    ("Elizabeth II visited the mill.", "Elizabeth II of England visited the mill."),
    ("The pack has two dozen screws.", "The pack has 24 screws."),
    ("The pump runs twice a day.", "The pump runs two times a day."),
    ("Half of the staff cycles to work.", "50 % of the staff cycles to work."),
    ("Two in five parcels are late.", "40 % of the parcels are late."),
    ("The notice period is a fortnight.", "The notice period is 14 days."),
    ("Support answers within 24 hours.", "Support answers within one day."),
    ("It takes half an hour.", "It takes 30 minutes."),
    ("The warranty lasts a year and a half.", "The warranty lasts 18 months."),
    ("The office closes at noon.", "The office closes at 12:00."),
    ("The plant opened in Q3 2025.", "The plant opened in August 2025."),
    ("The plant opened in mid-2024.", "The plant opened in June 2024."),
    ("The offer ends at the end of 2025.", "The offer ends on 31 December 2025."),
    ("The share is 10 %.", "The share is one tenth."),
    ("The share is 10 per cent.", "The share is 0.10."),
    ("Revenue was $4.1bn.", "Revenue was 4,100 million dollars."),
    ("Goods go back within 30 days.", "Goods go back within thirty days."),
    ("It starts on 2026-03-01.", "It starts on March 1st, 2026."),
    ("It starts on 1 March 2026.", "It starts on 01.03.2026."),
    ("The archive holds about 70,000 files.", "The archive holds 70,412 files."),
    ("Profit was 1.13 million euros.", "Profit was EUR 1,128,800."),
    ("The warranty lasts two years.", "The warranty lasts 24 months."),
    ("The tank holds 3,200 ml.", "The tank holds 3.2 litres."),
    ("It takes 90 minutes.", "It takes 1 hour 30 minutes."),
    ("The desk opens at 3 pm.", "The desk opens at 15:00."),
    ("The results are for Q3 2026.", "The results are for the third quarter of 2026."),
    ("Write to care@a.example about order ORD-70412.", "Order ORD-70412: write to CARE@a.example."),
    ("The filter cannot be washed.", "The filter is not washable."),
    ("Smoking is prohibited in the office.", "Smoking is not allowed in the office."),
    ("Acme was acquired by Beta in 2020.", "Beta acquired Acme in 2020."),
    ("Damage by water is not covered by the warranty.", "The warranty does not cover filters or damage by water."),
    ("Take it twice a day.", "Take it 2 times per day."),
    ("Take it every second day.", "Take it every other day."),
    ("The shop opens at 09:00.", "The shop opens at nine in the morning."),
    ("The shop closes at 4:30 pm.", "The shop closes at half past four."),
    ("The desk is open Monday to Friday.", "The desk is open on weekdays."),
    ("The desk is open on Mondays.", "The desk is open on weekdays."),
    ("The desk is open Monday to Friday.", "The desk is open Mon-Fri 9:00-17:00."),
    ("The desk is open on Saturdays.", "Desk opening hours: Mon–Fri 9:00–17:00, Sat 10:00–14:00."),
    ("The desk is open on Wednesday.", "The desk is open Mon, Wed and Fri."),
    ("The desk is open on Fridays.", "The desk is open on Mondays and on Fridays."),
    ("The fair took place in 2021.", "The fair took place in 2019, 2020 and 2021."),
    ("Staff have 2.5 days of vacation a month.", "Staff have 2.5 vacation days per month."),
    ("Staff have five more days.", "Staff have 5 additional paid days."),
    ("Net income was $46m.", "Net income fell 8 % to $46m from $50m a year earlier."),
    ("Net income was $50m last year.", "Net income fell 8 % to $46m from $50m a year earlier."),
    ("Net income was $50m in 2023.", "Net income fell to $46m from $50m in 2023."),
    ("The deadline was 4 May.", "The deadline moves from 4 May to 9 June."),
    ("The boots come in size 44.", "The boots come in sizes 40, 42 and 44."),
    ("The desk is open on Friday.", "The desk is open Mon, Wed and Fri."),
    ("Logs are rotated once a week.", "Logs are rotated weekly."),
    ("Do not drive for a day after it.", "Do not drive for 24 hours after it."),
    ("The UN met in Vienna.", "The United Nations met in Vienna."),
    ('The manual says "keep it dry at all times".', "Keep it dry at all times."),
]


UNEQUAL_IN_WORDS = [
    ("It takes half an hour.", "It takes 45 minutes."),
    ("The warranty lasts a year and a half.", "The warranty lasts 20 months."),
    ("The fee is half a million euros.", "The fee is EUR 50,000."),
    ("The office closes at noon.", "The office closes at 13:00."),
    ("The shop opens at 9 pm.", "The shop opens at nine in the morning."),
    ("The shop closes at half past four.", "The shop closes at 16:00."),
    ("The desk is open Monday to Friday.", "The desk is open from Tuesday to Friday."),
    ("The desk is open Monday to Saturday.", "The desk is open Mon-Fri 9:00-17:00."),
    ("The desk is open on Sunday.", "The desk is open Mon-Fri 9:00-17:00."),
    ("The desk is open on Tuesday.", "The desk is open Mon, Wed and Fri."),
    ("The desk is open on Friday.", "The desk is open on Mondays, and the shop on Fridays."),
    ("Net income was $50m.", "Net income fell 8 % to $46m from $50m a year earlier."),
    ("Net income was $50m.", "Net income fell from $50m to $46m."),
    ("Net income was $50m.", "Net income was $46m, down from $50m."),
    ("Staff have 2.5 days of vacation a month.", "Staff have 3.5 vacation days per month."),
    ("Staff have 2.5 days of vacation a week.", "Staff have 2.5 vacation days per month."),
    ("The pump runs 8 hours per week.", "The pump runs 8 hours per day."),
    ("The fair took place in 2018.", "The fair took place in 2019, 2020 and 2021."),
    ("The pump is oiled daily.", "The pump is oiled weekly."),
    ("The plant opened in mid-2024.", "The plant opened in December 2024."),
    ("The offer ends at the end of 2025.", "The offer ends on 30 November 2025."),
    ("Half of the staff cycles to work.", "40 % of the staff cycles to work."),
]


@pytest.mark.parametrize(("claim", "evidence"), UNEQUAL_IN_WORDS)
def test_figures_in_words_are_told_apart(claim: str, evidence: str) -> None:
    """As figures in digits are."""
    assert worst(claim, evidence) in {FactOutcome.MISMATCH, FactOutcome.NOT_FOUND}


@pytest.mark.parametrize(("claim", "evidence"), EQUAL)
def test_the_same_in_other_words_is_a_match(claim: str, evidence: str) -> None:
    """Equivalents are not flagged."""
    assert worst(claim, evidence) is FactOutcome.MATCH


DIFFERENT = [
    ("The share is 12 %.", "The share is 10 %."),
    ("Revenue was $4.1 million.", "Revenue was $4.1bn."),
    ("Revenue was EUR 3.2 billion.", "Revenue was EUR 3.2m."),
    ("Revenue was EUR 3.2.", "Revenue was EUR 3.2m."),
    ("The rope costs $10 million.", "The rope costs $10 for 3 m."),
    ("The album came out in the early 1970's.", "The album came out in July 1983."),
    ("The mill was built after World War II.", "The mill was built after World War One."),
    ("The mill was built after World War II.", "The mill was built after World War I."),
    ("Elizabeth I visited the mill.", "Elizabeth II visited the mill."),
    ("Trains leave from Terminal Two.", "Trains leave from Terminal 3."),
    ("The director met Dr Mueller.", "The director met Dr Möller."),
    ("Goods go back within 14 days.", "Goods go back within 30 days."),
    ("Refunds take 10 days.", "Refunds take 10 working days."),
    ("It starts on 1 March 2027.", "It starts on 1 March 2026."),
    ("The carry bag costs USD 34.00.", "The carry bag costs EUR 34.00."),
    ("The cable is 1.8 cm long.", "The cable is 1.8 m long."),
    ("The limit is EUR 45 per week.", "The limit is EUR 45 per day."),
    ("Leave at least 20 cm free.", "Leave at most 20 cm free."),
    ("It fell to -5 °C outside.", "It fell to 5 °C outside."),
    ("Adults take 1 tablet once a day.", "Adults take 1 tablet every second day."),
    ("Order ORD-70418 was sent.", "Order ORD-70412 was sent."),
    ("Firmware 2.3.0 was installed.", "Firmware 2.3.1 was installed."),
    ("The filter is washable.", "The filter is not washable, because water destroys the carbon."),
    ("The device produces ozone.", "The device has no ioniser and produces no ozone."),
    ("Acme acquired Beta in 2020.", "Beta acquired Acme in 2020."),
    ("Employees may lock their screens.", "Employees must lock their screens."),
    ("All invoices are paid by card.", "Some invoices are paid by card."),
    ("Revenue rose in Vienna.", "Revenue fell in Vienna."),
    ("We deliver to Ireland and Denmark.", "We deliver to Ireland and Luxembourg."),
    ("Merrow has its office in Vienna.", "Skelder has its office in Vienna. The invoices of Merrow are paid by card."),
    ('The manual says "keep it wet at all times".', "Keep it dry at all times."),
    ("On High the battery lasts 11 hours.", "| Level | Battery |\n|---|---|\n| Low | 11 hours |\n| High | 2 hours |\n"),
    ("Sales in Q3 2026 were 148,000.", "| Line | Q2 2026 | Q3 2026 |\n|---|---|---|\n| Sales | 148,000 | 133,200 |\n"),
]


@pytest.mark.parametrize(("claim", "evidence"), DIFFERENT)
def test_a_changed_fact_is_flagged(claim: str, evidence: str) -> None:
    """Another digit, unit, date, name, sign, row or column is no match."""
    assert worst(claim, evidence) in {FactOutcome.MISMATCH, FactOutcome.NOT_FOUND}


@pytest.mark.parametrize(
    ("claim", "evidence", "formula"),
    [
        ("Costs were EUR 30 in total.", "Rail costs were EUR 10. Hotel costs were EUR 20.", "20 + EUR 10"),
        ("Cases rose by 10 %.", "Cases rose to 418 from 380.", "(418 − 380) / 380"),
        ("It lasts 5 hours longer on Low than on Medium.", "It lasts 11 hours on Low and 6 hours on Medium.", "11 hours − 6 hours"),
        ("The two brackets cost EUR 39 together.", "Brackets cost EUR 19.50.", "two × EUR 19.50"),
        ("It came 4 days after it was placed.", "It was placed on 2026-09-08 and came on 2026-09-12.", "2026-09-12 − 2026-09-08"),
    ],
)  # fmt: skip
def test_a_computed_figure_is_derived_with_its_formula(claim: str, evidence: str, formula: str) -> None:
    """Sums, differences, changes and multiples that the claim asks for are shown."""
    derived = [each for each in check(claim, evidence) if each.outcome is FactOutcome.DERIVED]
    assert len(derived) == 1
    assert formula in derived[0].formula


def test_a_wrong_sum_is_not_derived() -> None:
    """A figure that no asked-for operation gives is not found."""
    assert (
        worst("Costs were EUR 31 in total.", "Rail costs were EUR 10. Hotel costs were EUR 20.")
        is not FactOutcome.DERIVED
    )


@pytest.mark.parametrize(("claim", "evidence"), EQUAL + DIFFERENT)
def test_every_fact_is_where_it_says(claim: str, evidence: str) -> None:
    """Spans slice to their texts on both sides."""
    for each in check(claim, evidence):
        assert each.in_claim.span.of(claim) == each.in_claim.text
        assert all(place.span.of(evidence) == place.text for place in each.in_evidence)


@given(st.text(max_size=60), st.text(max_size=120))
def test_no_text_breaks_a_check(claim: str, evidence: str) -> None:
    """Any text at all is checked without an error, and spans stay exact."""
    answer = f"The claim {claim} stands."
    for each in check(answer, evidence):
        assert each.in_claim.span.of(answer) == each.in_claim.text
