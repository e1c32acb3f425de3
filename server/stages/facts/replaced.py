"""Values that a statement names only to say that they no longer hold: "moves from May to June", "30 instead of 14 days"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.domain import Span

_CHANGE = (
    r"mov(?:e[sd]?|ing)|chang(?:e[sd]?|ing)|rais(?:e[sd]?|ing)|ris(?:es?|en|ing)|rose|increas(?:e[sd]?|ing)|grow(?:s|n|ing)?|grew"
    r"|reduc(?:e[sd]?|ing)|cut|lower(?:s|ed|ing)?|fall(?:s|en|ing)?|fell|drop(?:s|ped|ping)?|declin(?:e[sd]?|ing)|postpon(?:e[sd]?|ing)"
    r"|extend(?:s|ed|ing)?|shorten(?:s|ed|ing)?|delay(?:s|ed|ing)?|shift(?:s|ed|ing)?|reschedul(?:e[sd]?|ing)|brought forward"
    r"|updat(?:e[sd]?|ing)|amend(?:s|ed|ing)?|adjust(?:s|ed|ing)?|revis(?:e[sd]?|ing)|correct(?:s|ed|ing)?|went|goes|go|switch(?:es|ed)?"
    r"|replac(?:e[sd]?|ing)|put back|slip(?:s|ped)?"
)
_FROM = re.compile(rf"(?i)\b(?:{_CHANGE})\b[^.;!?]{{0,60}}?\bfrom\s+(?:the\s+)?$")
_TO = re.compile(r"(?i)[^.;!?]{0,40}?\b(?:to|until)\s+(?:the\s+|on\s+)?$")
_INSTEAD = re.compile(
    r"(?i)\b(?:instead of|rather than|and not|but not|previously|formerly|no longer|originally|in place of"
    r"|replac(?:es|ing))\s+(?:the\s+)?$"
)
_LOOKED_BACK = 100
_SPEAKS_OF_THE_PAST = re.compile(
    r"(?i)\b(?:from|previous(?:ly)?|original(?:ly)?|former(?:ly)?|was|were|had|before|until|instead|rather than|old"
    r"|earlier|initial(?:ly)?"
    r"|planned|first|used to|been|no longer|replac\w+|(?:mov|chang|rais|increas|reduc|postpon|extend|delay|lower"
    r"|revis)ed|fell|rose|grew)\b"
)


def replaced_spans(text: str, facts: Sequence[Span]) -> frozenset[Span]:
    """Those of the spans of `facts`, in order, whose values `text` gives up for another."""
    given_up = set()
    for place, span in enumerate(facts):
        lead = text[max(0, span.start - _LOOKED_BACK) : span.start]
        followed = place + 1 < len(facts) and _TO.fullmatch(text, span.end, facts[place + 1].start)
        if _INSTEAD.search(lead) or (followed and _FROM.search(lead)):
            given_up.add(span)
    return frozenset(given_up)


def speaks_of_the_past(claim: str) -> bool:
    """Whether a claim may mean a value that no longer holds."""
    return bool(_SPEAKS_OF_THE_PAST.search(claim))
