"""Currencies: symbols, ISO 4217 codes and names, before or after the amount."""

from __future__ import annotations

import re

_NAMES = {
    "USD": ("US$", "U.S. dollars?", "US dollars?", "dollars?", "bucks"),
    "EUR": ("euros?",),
    "GBP": ("pounds sterling", "pounds?", "quid"),
    "JPY": ("yen",),
    "CHF": ("Swiss francs?", "francs?"),
    "CAD": ("Canadian dollars?",),
    "AUD": ("Australian dollars?",),
    "CNY": ("yuan", "renminbi"),
    "INR": ("rupees?",),
    "SEK": ("kronor",),
    "KRW": ("won",),
    "PLN": ("zlotys?", "złoty"),
    "BRL": ("reais",),
    "MXN": ("pesos?",),
    "RUB": ("roubles?", "rubles?"),
}
_CODES = (
    "USD EUR GBP JPY CHF CAD AUD NZD CNY RMB INR SEK NOK DKK PLN CZK HUF RON BGN TRY RUB UAH BRL MXN ARS CLP COP ZAR KRW SGD HKD "
    "TWD THB IDR MYR PHP VND AED SAR ILS EGP NGN KES"
).split()
_SYMBOLS = {
    "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD", "R$": "BRL",
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "zł": "PLN", "₽": "RUB", "₺": "TRY", "₪": "ILS",
    "₫": "VND",
}  # fmt: skip
_SYMBOL = "|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True))
_BEFORE = re.compile(
    rf"(?:(?<![A-Za-z])(?P<symbol>{_SYMBOL})|\b(?P<code>{'|'.join(_CODES)}))[ \u00a0]?(?P<sign>[-−])?$"
)
_AFTER = re.compile(
    rf"[ \u00a0-]?(?:(?P<symbol>{_SYMBOL})(?![A-Za-z\d])|(?P<code>{'|'.join(_CODES)}|(?i:euros?))\b"
    rf"|(?P<name>(?i:{'|'.join(name for names in _NAMES.values() for name in names if name != 'US$')}))\b(?! per square inch))"
)
_CENTS = re.compile(r"(?i)[ \u00a0]?(?:(?:(?P<euro>euro )|US )?cents?\b|¢)|[ \u00a0]?(?P<pence>pence|p)\b(?!\.?\s?\d)")
_SCALE_LETTERS = {"m": 6, "b": 9, "t": 12}
_SCALE_LETTER = re.compile(r"[ \u00a0]?(?P<letter>[mbt])(?![A-Za-z²³/’'])")
_BY_NAME = [(re.compile(f"(?i){name}$"), code) for code, names in _NAMES.items() for name in names]
CURRENCY_WORD = re.compile(
    rf"(?P<code>\b(?:{'|'.join(_CODES)})\b)|(?P<symbol>[€£¥₹])|(?i:[_\s](?P<key>{'|'.join(_CODES)})\b)"
)


def currency_before(text: str, start: int) -> tuple[int, str] | None:
    """Where the currency right before `start` begins, and its ISO 4217 code; None when there is none."""
    match = _BEFORE.search(text, max(0, start - 5), start)
    if match is None:
        return None
    return match.start(), _SYMBOLS[match.group("symbol")] if match.group("symbol") else match.group("code")


def currency_after(text: str, end: int) -> tuple[int, str, int] | None:
    """Where the currency right after `end` ends, its code, and the exponent of its unit (-2 for cents)."""
    match = _AFTER.match(text, end)
    if match:
        return match.end(), _code(match), 0
    cents = _CENTS.match(text, end)
    if cents:
        return cents.end(), "EUR" if cents.group("euro") else "GBP" if cents.group("pence") else "USD", -2
    return None


def scale_letter(text: str, end: int) -> tuple[int, int] | None:
    """Where the letter right after `end` ends that counts money in millions or billions ("$10m"), and its power of ten.

    Only beside a currency: elsewhere it is a unit, as in "10 m".
    """
    match = _SCALE_LETTER.match(text, end)
    return None if match is None else (match.end(), _SCALE_LETTERS[match.group("letter")])


def currency_of(context: str) -> str:
    """The one currency that `context` (a column name, a heading) speaks of; empty when there is none, or more than one."""
    found = set()
    for match in CURRENCY_WORD.finditer(context):
        found.add(
            _SYMBOLS[match.group("symbol")]
            if match.group("symbol")
            else (match.group("code") or match.group("key")).upper()
        )
    return found.pop() if len(found) == 1 else ""


def _code(match: re.Match[str]) -> str:
    if match.group("symbol"):
        return _SYMBOLS[match.group("symbol")]
    written = match.group("code") or match.group("name")
    if written.upper() in _CODES:
        return str(written.upper())
    return next(code for pattern, code in _BY_NAME if pattern.match(written))
