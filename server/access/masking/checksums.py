"""Check digits: they tell a card, an account or a person's number from any other number of the same length."""

from __future__ import annotations

import re

# ISO 13616 lengths, by country.
_IBAN_LENGTHS = {
    code: int(length)
    for code, length in re.findall(
        r"([A-Z]{2})(\d\d)",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 "
        "GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 "
        "ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 TN24 TR26 UA29 XK20",
    )
}
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1: every second digit from the right doubled, the digits of all summed, a multiple of ten."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban_length(country: str) -> int:
    """How many characters an account number of a country has; 0 for a country without any."""
    return _IBAN_LENGTHS.get(country, 0)


def iban(account: str) -> bool:
    """ISO 13616: the first four characters moved to the end, letters as 10 to 35, the number modulo 97 is 1."""
    return int("".join(str(int(character, 36)) for character in account[4:] + account[:4])) % 97 == 1


def dni(number: str) -> bool:
    """Spain, DNI and NIE: the letter is the number modulo 23, X, Y and Z in front standing for 0, 1 and 2."""
    digits = {"X": "0", "Y": "1", "Z": "2"}.get(number[0], number[0]) + number[1:-1]
    return _DNI_LETTERS[int(digits) % 23] == number[-1]


def steuer_id(digits: str) -> bool:
    """Germany, tax id: ISO/IEC 7064 MOD 11,10 over eleven digits."""
    product = 10
    for digit in digits[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def nir(number: str) -> bool:
    """France, social security number: thirteen digits, and 97 minus their remainder by 97 as two more."""
    return 97 - int(number[:13]) % 97 == int(number[13:])


def bsn(digits: str) -> bool:
    """The Netherlands, citizen service number: weights 9 to 2 and -1, the sum a multiple of eleven."""
    return (
        sum(int(digit) * weight for digit, weight in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11 == 0
    )


def pesel(digits: str) -> bool:
    """Poland, PESEL: weights 1, 3, 7, 9 in turn and 1 for the last of eleven digits, the sum a multiple of ten."""
    return (
        sum(int(digit) * weight for digit, weight in zip(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), strict=True)) % 10
        == 0
    )


def social_security(number: str) -> bool:
    """The United States: no check digit, but area 000, 666 and 900 to 999, group 00 and serial 0000 are never given out."""
    area, group, serial = number[:3], number[3:5], number[5:]
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"
