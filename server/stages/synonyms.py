"""Everyday words that say the same, so that a claim can be put in the words of the evidence before the model reads it.

General vocabulary, written for this service. Only words that may stand for each other wherever one of them is used of offices,
shops, hospitals or software: a word that is as often used in another sense ("store", "flat", "firm") is not here.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SAME = (
    "kid/child kids/children photo/photograph photos/photographs phone/telephone phones/telephones email/e-mail emails/e-mails"
    " purchase/buy purchases/buys purchased/bought purchasing/buying commence/begin/start commences/begins/starts"
    " commenced/began/started obtain/get obtains/gets obtained/got permit/allow permits/allows permitted/allowed"
    " forbidden/prohibited/banned require/need requires/needs physician/doctor physicians/doctors attorney/lawyer attorneys/lawyers"
    " vendor/seller vendors/sellers automobile/car automobiles/cars holiday/vacation holidays/vacations luggage/baggage"
    " lorry/truck lorries/trucks"
    " annually/yearly roughly/approximately rapidly/quickly frequently/often seldom/rarely additionally/also"
    " assist/help assists/helps assisted/helped assistance/help bicycle/bike bicycles/bikes cinema/movies"
    " complimentary/free staff/employees/personnel deductible/excess"
    " mandatory/compulsory/obligatory optional/voluntary"
    " cease/stop ceases/stops ceased/stopped terminate/end terminates/ends terminated/ended"
)
_GROUPS = tuple(frozenset(group.split("/")) for group in _SAME.split())
_SAME_AS: dict[str, frozenset[str]] = {}
for _group in _GROUPS:
    for _word in _group:
        _SAME_AS[_word] = _SAME_AS.get(_word, frozenset()) | (_group - {_word})
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def in_words_of(statement: str, evidence: str) -> str:
    """`statement` with each word that `evidence` does not have, but one of the same meaning, put in the word of the evidence."""
    if not any(word in _SAME_AS for word in words(statement)):
        return statement
    there = words(evidence)

    def of_evidence(match: re.Match[str]) -> str:
        word = match.group().lower()
        others = sorted(_SAME_AS.get(word, frozenset()) & there)
        if word in there or not others:
            return match.group()
        return others[0].capitalize() if match.group()[0].isupper() else others[0]

    return _WORD.sub(of_evidence, statement)


@lru_cache(maxsize=2048)
def words(text: str) -> frozenset[str]:
    """The words of `text` in lower case."""
    return frozenset(match.group().lower() for match in _WORD.finditer(text))
