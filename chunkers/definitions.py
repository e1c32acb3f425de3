"""Defined terms of a contract, and the clauses it refers to by number."""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

_DEFINITION = re.compile(
    r"[“\"]\*{0,3}(?P<term>[A-Z][\w’' -]{1,60}?)\*{0,3}[”\"]"
    r"(?:\s{1,5}(?:or|and)\s{1,5}[“\"][^”\"]{1,60}[”\"])?\s{0,5}\*{0,3}\s{0,5}"
    r"(?:means?|shall\s+mean|has\s+the\s+meaning|refers?\s+to|is\s+defined\s+as)\b[^\n]{1,400}"
)
_SENTENCE_END = re.compile(r"(?<=[a-z\d)”\"][.;])\s")
_REFERENCE = re.compile(r"\b(?:clause|section|article|paragraph)s?\s+(\d{1,3}(?:\.\d{1,3})*)", re.IGNORECASE)
_LETTER = re.compile(r"\w")
_LONGEST = 140


class Definition(NamedTuple):
    """Where a text defines a term, and in which words, at most 140 characters of them."""

    start: int
    term: str
    wording: str


def definitions(text: str) -> list[Definition]:
    """Return the definitions that a text holds, in order."""
    return [
        Definition(match.start(), match["term"].strip(), _wording(match[0])) for match in _DEFINITION.finditer(text)
    ]


def _wording(found: str) -> str:
    sentence = " ".join(_SENTENCE_END.split(found, maxsplit=1)[0].replace("*", "").split())
    return sentence if len(sentence) <= _LONGEST else sentence[:_LONGEST].rsplit(maxsplit=1)[0] + " …"


def uses(text: str, terms: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield where the text uses which of the terms, in order; of terms that begin alike, the longest."""
    if not terms:
        return
    names = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    # Without a word border in front, the search skips to letters that a term begins with: several times faster.
    for match in re.finditer(rf"(?:{names})\b", text):
        start = match.start()
        if not start or not _LETTER.match(text, start - 1):
            yield start, match[0]


def references(clause: str) -> list[str]:
    """Return the numbers of the clauses that a clause refers to, in order, each once."""
    return list(dict.fromkeys(match[1] for match in _REFERENCE.finditer(clause)))
