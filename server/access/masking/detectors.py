"""Sensitive values in text, found by closed patterns and check digits: what has no such form is not found.

| kind | what is found |
|---|---|
| email | addresses |
| phone | international numbers, North American ones, and others after a word such as "phone" |
| payment_card | 13 to 19 digits of a card's form with a right check digit (Luhn) |
| iban | account numbers with a right check number (mod 97) |
| national_id | Spanish DNI and NIE, British NI and US social security numbers, and after their names German tax ids, French NIR, \
Dutch BSN and Polish PESEL; with right check digits where there are any |
| birth_date | a date after a word such as "born" or "date of birth" |
| salary | an amount of money after a word such as "salary" or "earns" |
| diagnosis | what follows "diagnosis" or "diagnosed with", to the end of the phrase; ICD-10 codes after "ICD" |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from server.access.masking import checksums
from server.caseless import CaselessPattern, lowered
from server.domain import Span


class Kind(StrEnum):
    """What can be found in text."""

    EMAIL = "email"
    PHONE = "phone"
    PAYMENT_CARD = "payment_card"
    IBAN = "iban"
    NATIONAL_ID = "national_id"
    BIRTH_DATE = "birth_date"
    SALARY = "salary"
    DIAGNOSIS = "diagnosis"


_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = (
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH},?\s\d{{4}}|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}"
)
_CURRENCY = r"(?:[$€£¥]|\b(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN)\b)"
_AMOUNT = r"\d{1,3}(?:[,.'\s]\d{3})*(?:[.,]\d{1,2})?(?:\s?k\b)?|\d{4,9}(?:[.,]\d{1,2})?"
_MONEY = rf"{_CURRENCY}\s?(?:{_AMOUNT})|(?:{_AMOUNT})\s?(?:{_CURRENCY}|euros?\b|dollars?\b|pounds?\b)"

_EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
_PHONES = (
    re.compile(r"(?<![\w+])(\+[1-9]\d{0,2}(?:[ .\-/()]{0,2}\d){6,13})(?!\d)"),
    re.compile(r"(?<![\w-])((?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4})(?![\w-])"),
    re.compile(
        r"\b(?:phone|telephone|tel|mobile|cell|fax)\b[^\w+]{0,3}(?:number|no)?\W{0,5}(\(?\d(?:[ .\-/()]{0,2}\d){5,14})",
        re.IGNORECASE,
    ),
)
_CARD = re.compile(r"(?<![\w.-])[2-6]\d(?:[ -]?\d){11,17}(?![\w-])")
_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Z]{2})\d{2}(?= ?[A-Z0-9])")
_DNI = re.compile(r"\b(?:\d{8}|[XYZ]\d{7})-?[A-Z]\b")
_NINO = re.compile(r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")
_SSN = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_ID_NAMES: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    (r"steuer-?id(?:entifikationsnummer|nr)?|tax id|tin|idnr", r"\d(?: ?\d){10}", checksums.steuer_id),
    (r"nir|num[ée]ro de s[ée]curit[ée] sociale|insee", r"[12](?: ?\d){14}", checksums.nir),
    (r"bsn|burgerservicenummer", r"\d(?:[ .]?\d){8}", checksums.bsn),
    (r"pesel", r"\d{11}", checksums.pesel),
    (r"ssn|social security(?: number| no\.?)?", r"\d{3}[- ]?\d{2}[- ]?\d{4}", checksums.social_security),
)
_NAMED_IDS = tuple(
    (re.compile(rf"\b(?:{names})\b\D{{0,20}}?({digits})(?!\d)", re.IGNORECASE), check)
    for names, digits, check in _ID_NAMES
)
_NAMES_AN_ID = CaselessPattern(rf"\b(?:{'|'.join(names for names, _, _ in _ID_NAMES)})\b")
_BIRTH = re.compile(
    r"\b(?:born(?: on)?|date[ _]of[ _]birth|birth[ _]?date|birthday|d\.?o\.?b\.?)\b"
    rf"[\W_]{{0,12}}(?:is |was )?({_DATE})",
    re.IGNORECASE,
)
_SALARY = re.compile(
    r"\b(?:salary|salaries|wages?|remuneration|compensation|(?:base|gross|annual|monthly) pay|earns?|earned)\b"
    rf"[^.;\n\d$€£¥]{{0,40}}?({_MONEY})",
    re.IGNORECASE,
)
_DIAGNOSES = (
    re.compile(
        r"\bdiagnos(?:is|es|ed)\b(?: (?:of|with|as|is|was))?[:\s]{1,3}([^\s.;,:\n\"][^.;,\n\"]{1,80})", re.IGNORECASE
    ),
    re.compile(r"\bICD(?:-?10)?(?:-[A-Z]{2})?\b[\s:code]{0,8}\b([A-TV-Z]\d[0-9A-Z](?:\.\w{1,4})?)\b"),
)


@dataclass(frozen=True, slots=True)
class _Need:
    """What every text has that has a value of a kind: so many digits, so many in one number, and one of some words in it."""

    digits: int = 0
    in_a_number: int = 0
    words: tuple[str, ...] = ()


_NEEDS = {
    Kind.PHONE: _Need(digits=6, in_a_number=6),
    Kind.PAYMENT_CARD: _Need(digits=13, in_a_number=13),
    Kind.IBAN: _Need(digits=2),
    Kind.NATIONAL_ID: _Need(digits=6, in_a_number=6),
    Kind.BIRTH_DATE: _Need(digits=5, words=("born", "birth", "ob", "o.b")),
    Kind.SALARY: _Need(digits=1, words=("salar", "wage", "remuneration", "compensation", "pay", "earn")),
    Kind.DIAGNOSIS: _Need(words=("diagnos", "icd")),
}
"""Most passages lack what a kind needs, and are not searched for it."""
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"\d(?:[ .\-/()]{0,2}\d)*+")
"""Digits with what may stand between those of one number, as any of the patterns allows."""


class Searchable:
    """A text that values are looked for in; what it has of digits and words is looked at once, however many rules ask."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lower = lowered(text)
        self._digits = len(_DIGIT.findall(text))

    def find(self, kinds: Iterable[Kind]) -> Iterator[tuple[Kind, Span]]:
        """Where the text has values of some kinds, kind after kind, otherwise in no order, perhaps overlapping."""
        for kind in kinds:
            if self._may_have(kind):
                yield from ((kind, span) for span in _FINDERS[kind](self._text))

    def _may_have(self, kind: Kind) -> bool:
        need = _NEEDS.get(kind, _Need())
        return (
            self._digits >= need.digits
            and self._in_a_number >= need.in_a_number
            and (not need.words or any(word in self._lower for word in need.words))
        )

    @cached_property
    def _in_a_number(self) -> int:
        """The digits of the number that has the most."""
        if not self._digits:
            return 0
        return max(len(_DIGIT.findall(match[0])) for match in _NUMBER.finditer(self._text))


def _emails(text: str) -> Iterator[Span]:
    if "@" in text:
        yield from (Span(*match.span()) for match in _EMAIL.finditer(text))


def _phones(text: str) -> Iterator[Span]:
    return (Span(*match.span(1)) for pattern in _PHONES for match in pattern.finditer(text))


def _cards(text: str) -> Iterator[Span]:
    for match in _CARD.finditer(text):
        digits = _bare(match[0])
        if 13 <= len(digits) <= 19 and len(set(digits)) > 1 and checksums.luhn(digits):
            yield Span(*match.span())


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        length = checksums.iban_length(match[1])
        rest = (
            re.compile(rf"(?: ?[A-Z0-9]){{{length - 4}}}(?![A-Za-z0-9])").match(text, match.end()) if length else None
        )
        if rest is not None and checksums.iban(_bare(match[0] + rest[0])):
            yield Span(match.start(), rest.end())


def _national_ids(text: str) -> Iterator[Span]:
    yield from (Span(*m.span()) for m in _DNI.finditer(text) if checksums.dni(_bare(m[0])))
    yield from (Span(*m.span()) for m in _NINO.finditer(text))
    yield from (Span(*m.span()) for m in _SSN.finditer(text) if checksums.social_security(_bare(m[0])))
    for pattern, check in _NAMED_IDS if _NAMES_AN_ID.occurs_in(text) else ():
        yield from (Span(*m.span(1)) for m in pattern.finditer(text) if check(_bare(m[1])))


def _birth_dates(text: str) -> Iterator[Span]:
    return (Span(*match.span(1)) for match in _BIRTH.finditer(text))


def _salaries(text: str) -> Iterator[Span]:
    return (Span(*match.span(1)) for match in _SALARY.finditer(text))


def _diagnoses(text: str) -> Iterator[Span]:
    for pattern in _DIAGNOSES:
        for match in pattern.finditer(text):
            yield Span(match.start(1), match.start(1) + len(match[1].rstrip()))


def _bare(text: str) -> str:
    return re.sub(r"[ .\-]", "", text)


_FINDERS: dict[Kind, Callable[[str], Iterator[Span]]] = {
    Kind.EMAIL: _emails,
    Kind.PHONE: _phones,
    Kind.PAYMENT_CARD: _cards,
    Kind.IBAN: _ibans,
    Kind.NATIONAL_ID: _national_ids,
    Kind.BIRTH_DATE: _birth_dates,
    Kind.SALARY: _salaries,
    Kind.DIAGNOSIS: _diagnoses,
}
