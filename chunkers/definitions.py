"""Defined terms of a contract, and the clauses it refers to by number."""

import re
from collections.abc import Mapping

_DEFINITION = re.compile(
    r"[“\"]\*{0,3}(?P<term>[A-Z][\w’' -]{1,60}?)\*{0,3}[”\"]"
    r"(?:\s{1,5}(?:or|and)\s{1,5}[“\"][^”\"]{1,60}[”\"])?\s{0,5}\*{0,3}\s{0,5}"
    r"(?:means?|shall\s+mean|has\s+the\s+meaning|refers?\s+to|is\s+defined\s+as)\b[^\n]{1,400}"
)
_SENTENCE_END = re.compile(r"(?<=[a-z\d)”\"][.;])\s")
_REFERENCE = re.compile(r"\b(?:clause|section|article|paragraph)s?\s+(\d{1,3}(?:\.\d{1,3})*)", re.IGNORECASE)
_LONGEST = 140


def definitions(text: str) -> dict[str, str]:
    """Return each defined term with its definition, of at most 140 characters, the first one winning."""
    found: dict[str, str] = {}
    for match in _DEFINITION.finditer(text):
        sentence = " ".join(_SENTENCE_END.split(match[0], maxsplit=1)[0].replace("*", "").split())
        if len(sentence) > _LONGEST:
            sentence = sentence[:_LONGEST].rsplit(maxsplit=1)[0] + " …"
        found.setdefault(match["term"].strip(), sentence)
    return found


def term_pattern(terms: Mapping[str, str]) -> re.Pattern[str]:
    """Return a pattern that finds the terms where they are used, the longest first; it never matches without terms."""
    names = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    return re.compile(rf"\b(?:{names})\b" if names else r"(?!)")


def references(clause: str) -> list[str]:
    """Return the numbers of the clauses that a clause refers to, in order, each once."""
    return list(dict.fromkeys(match[1] for match in _REFERENCE.finditer(clause)))
