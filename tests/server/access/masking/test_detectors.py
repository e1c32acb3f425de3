"""What is found in text, and what only looks like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.access.masking import checksums
from server.access.masking.detectors import _FINDERS, Kind, Searchable


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (Kind.EMAIL, "Write to ann.lee+x@mail.example.co.uk.", ["ann.lee+x@mail.example.co.uk"]),
        (Kind.EMAIL, "3 @ 5 euros, see @home and a@b", []),
        (Kind.PHONE, "Call +44 20 7946 0958 or (415) 555-2671", ["+44 20 7946 0958", "(415) 555-2671"]),
        (Kind.PHONE, "phone: 020 7946 0958; order 1234567890, 2026-11-22", ["020 7946 0958"]),
        (
            Kind.PAYMENT_CARD,
            "4111 1111 1111 1111 or 5500-0000-0000-0004",
            ["4111 1111 1111 1111", "5500-0000-0000-0004"],
        ),
        (Kind.PAYMENT_CARD, "4111 1111 1111 1112, order 9012345678901, 3333333333333333", []),
        (
            Kind.IBAN,
            "DE89 3704 0044 0532 0130 00 AND GB82WEST12345698765432",
            ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"],
        ),
        (Kind.IBAN, "DE89 3704 0044 0532 0130 01, ZZ89370400440532013000", []),
        (Kind.NATIONAL_ID, "DNI 12345678Z, NIE X1234567L", ["12345678Z", "X1234567L"]),
        (Kind.NATIONAL_ID, "12345678A is no DNI, 000-12-3456 no SSN", []),
        (Kind.NATIONAL_ID, "AB 12 34 56 C and 078-05-1120", ["AB 12 34 56 C", "078-05-1120"]),
        (Kind.NATIONAL_ID, "Steuer-ID: 86095742719, BSN 111222333", ["86095742719", "111222333"]),
        (Kind.NATIONAL_ID, "PESEL 44051401359, NIR 2 55 08 14 168 025 38", ["44051401359", "2 55 08 14 168 025 38"]),
        (Kind.NATIONAL_ID, "Steuer-ID: 86095742710, the number 111222333", []),
        (Kind.BIRTH_DATE, "Born on 12 March 1984. DOB: 03/12/1984", ["12 March 1984", "03/12/1984"]),
        (Kind.BIRTH_DATE, '"date_of_birth": "1984-03-12"', ["1984-03-12"]),
        (Kind.BIRTH_DATE, "Delivered on 12 March 1984", []),
        (Kind.SALARY, "Her salary is $85,000 a year; he earns EUR 4.200", ["$85,000", "EUR 4.200"]),
        (Kind.SALARY, "The kettle costs $30.", []),
        (Kind.DIAGNOSIS, "diagnosed with type 2 diabetes. ICD-10 code E11.9", ["type 2 diabetes", "E11.9"]),
        (Kind.DIAGNOSIS, "The engine was inspected. Section E11.9", []),
    ],
)
def test_values_are_found_by_form_and_check_digit(kind: Kind, text: str, found: list[str]) -> None:
    """And nothing else is."""
    assert sorted(span.of(text) for _, span in Searchable(text).find([kind])) == sorted(found)


@given(st.integers(0, 10**14), st.integers(0, 14), st.integers(1, 9))
def test_a_card_with_one_wrong_digit_is_no_card(number: int, place: int, by: int) -> None:
    """Luhn's check digit notices every change of a single one."""
    digits = f"4{number:014d}"
    whole = next(digits + str(check) for check in range(10) if checksums.luhn(digits + str(check)))
    wrong = whole[:place] + str((int(whole[place]) + by) % 10) + whole[place + 1 :]
    assert not checksums.luhn(wrong)


@given(st.text(max_size=200))
def test_no_text_breaks_a_detector(text: str) -> None:
    """And what is found is never empty."""
    assert all(span.of(text) for _, span in Searchable(text).find(Kind))


_PARTS = st.sampled_from([
    *"0123456789", *"0123456789", " ", "-", ".", "+44 20 7946 095", "tel ", "phone: 02", "born on ", "DOB: 1 jan 199",
    "salary of $",     "earns EUR ", "DE89 3704", "AB 12 34 56 C", "DNI ", "12345678Z", "PESEL ", "ssn ", "ann@mail.example.com",
    "D.O.B. ", "D.OB ", "gross pay 9 dollars", "remuneration: €", "Diagnoſed with a cold", "ICD-10 E11.9", "Bırth date ",
    "/", "(", ")", "), ", "((415)", "١", "５",
])  # fmt: skip


@given(st.lists(_PARTS, max_size=24).map("".join))
def test_no_text_has_a_value_without_what_its_kind_needs(text: str) -> None:
    """What is not searched for in a text would not be found in it either."""
    assert set(Searchable(text).find(Kind)) == {(kind, span) for kind in Kind for span in _FINDERS[kind](text)}
