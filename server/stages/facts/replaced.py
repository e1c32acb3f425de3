"""Values that a statement names only to say that they no longer hold: "moves from May to June", "30 instead of 14 days".

"Fell to 46 from 50 a year earlier" does so too, unless the earlier value has a year of its own.
"""

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
_BACK_FROM = re.compile(
    rf"(?i)\b(?:{_CHANGE})\b[^.;!?]{{0,60}}?\bto\b[^.;!?]{{0,40}}?\bfrom\s+(?:the\s+)?$|\b(?:up|down)\s+from\s+(?:the\s+)?$"
)
_OF_ITS_OWN_YEAR = re.compile(r"(?i)\s*(?:in|at|during|for|by)\b[^.;!?,]{0,20}\d")
_CHANGED = re.compile(
    r"(?i)\b(?:rose|grew|fell|went|slipped|dropped|declined|moved|changed|raised|increased|reduced|lowered|cut|extended|shortened"
    r"|shifted|updated|amended|adjusted|revised|corrected|(?:up|down) from)\b"
)
_TO = re.compile(r"(?i)[^.;!?]{0,40}?\b(?:to|until)\s+(?:the\s+|on\s+)?$")
_INSTEAD = re.compile(
    r"(?i)\b(?:instead of|rather than|and not|but not|previously|formerly|no longer|originally|in place of"
    r"|replac(?:es|ing))\s+(?:the\s+)?$"
)
_LOOKED_BACK = 100
_WAS = re.compile(r"(?i)\b(?:was|were|had|been)\b")
_SPEAKS_OF_THE_PAST = re.compile(
    r"(?i)\b(?:from|previous(?:ly)?|original(?:ly)?|former(?:ly)?|before|until|instead|rather than|old"
    r"|earlier|initial(?:ly)?|last year|prior"
    r"|planned|first|used to|no longer|replac\w+|(?:mov|chang|rais|increas|reduc|postpon|extend|delay|lower"
    r"|revis)ed|fell|rose|grew)\b"
)


def replaced_spans(text: str, facts: Sequence[Span]) -> frozenset[Span]:
    """Those of the spans of `facts`, in order, whose values `text` gives up for another."""
    given_up = set()
    for place, span in enumerate(facts):
        lead = text[max(0, span.start - _LOOKED_BACK) : span.start]
        followed = place + 1 < len(facts) and _TO.fullmatch(text, span.end, facts[place + 1].start)
        is_earlier = _BACK_FROM.search(lead) and not _OF_ITS_OWN_YEAR.match(text, span.end)
        if _INSTEAD.search(lead) or (followed and _FROM.search(lead)) or is_earlier:
            given_up.add(span)
    return frozenset(given_up)


def speaks_of_the_past(claim: str, evidence: str) -> bool:
    """Whether a claim may mean a value that no longer holds.

    "Was" says so beside evidence in the present; where that tells the change itself in the past ("fell from 50 to 46"), what was is
    what came of it.
    """
    return bool(_SPEAKS_OF_THE_PAST.search(claim) or (_WAS.search(claim) and not _CHANGED.search(evidence)))
