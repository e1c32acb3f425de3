"""The evidence's wording of facts, put into claims."""

from __future__ import annotations

from server.domain import FactCheck, FactKind, FactOutcome, FactSpan, Span
from server.stages.overlap import is_verbatim
from server.stages.restating import restate, reworded


def matched(said: str, written: str, kind: FactKind = FactKind.QUANTITY) -> FactCheck:
    """A figure of the claim that the evidence writes otherwise."""
    place = FactSpan(Span(0, len(written)), written, 0)
    return FactCheck(kind, FactOutcome.MATCH, FactSpan(Span(0, len(said)), said), (place,))


def test_a_converted_figure_is_put_in_the_evidences_words() -> None:
    """The model need not know that 3,200 ml are 3.2 litres."""
    assert restate("The tank holds 3,200 ml.", [matched("3,200 ml", "3.2 litres")]) == "The tank holds 3.2 litres."


def test_a_bare_number_of_a_table_does_not_take_the_unit_away() -> None:
    """What the evidence writes with less stays as it was."""
    assert restate("It costs EUR 24.50.", [matched("EUR 24.50", "24.5")]) == "It costs EUR 24.50."


def test_a_date_or_time_is_put_in_the_evidences_digits() -> None:
    """Unless that leaves a part of it out."""
    time = matched("9:30 am.", "09:30", FactKind.DATE)
    assert restate("The day starts at 9:30 am.", [time]) == "The day starts at 09:30"
    day = matched("12 September 2026", "2026-09-12", FactKind.DATE)
    assert restate("It came on 12 September 2026.", [day]) == "It came on 2026-09-12."
    vaguer = matched("12 September 2026", "12 September", FactKind.DATE)
    assert restate("It came on 12 September 2026.", [vaguer]) == "It came on 12 September 2026."


def test_a_figure_said_twice_stays() -> None:
    """Which of the two was checked cannot be told in the statement."""
    assert restate("2 days or 2 days", [matched("2 days", "48 hours")]) == "2 days or 2 days"


def test_only_a_whole_sentence_is_verbatim() -> None:
    """A part may have lost its "not" or its "if"."""
    assert is_verbatim("The filter is washable.", ["the filter is washable", "x"]) == 0
    assert is_verbatim("The filter is washable.", ["It is not true that the filter is washable."]) is None


def test_a_time_in_words_is_put_in_for_its_digits() -> None:
    """A time has no year that words could leave out."""
    time = matched("09:00", "nine in the morning", FactKind.DATE)
    assert restate("The shop opens at 09:00.", [time]) == "The shop opens at nine in the morning."


def test_what_only_rules_out_is_left_to_it() -> None:
    """Unless the evidence speaks of it."""
    claim = "Bills are sent by e-mail, not by post."
    assert reworded(claim, ["Bills are sent by e-mail only."]) == "Bills are sent by e-mail."
    assert reworded(claim, ["Bills are sent by e-mail."]) == claim
    assert reworded(claim, ["Bills are sent by e-mail only, or by post."]) == claim


def test_those_whom_only_names_are_meant() -> None:
    """Where only managers may, managers may."""
    assert reworded("Managers may sign.", ["Only managers may sign."]) == "Only managers may sign."
    assert reworded("Clerks may sign.", ["Only managers may sign."]) == "Clerks may sign."
