"""What part a fact plays in a sentence, and which other a claim gives it: before or after, whole or difference, then or now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, product
from typing import TypeAlias

from server.domain import Span
from server.stages.evidence import terms
from server.stages.facts.content import Token, has, is_same
from server.stages.facts.dates import Moment
from server.stages.facts.figures import Figure
from server.stages.facts.signs import antonyms

_Role: TypeAlias = tuple[Span, Span]
"""Where the claim and where the sentence has what differs."""
_FROM, _TO = "from", "to"
_BEFORE_THAT = frozenset({"from", "against", "versus", "than", "compared"})
_COMPARATIVE = (
    r"longer|shorter|faster|slower|later|earlier|sooner|older|younger|higher|lower|heavier|lighter|wider|taller|deeper|warmer|colder"
    r"|cheaper|dearer|more|less|fewer"
)
_BY_SO_MUCH = re.compile(rf"(?i)\s+(?:{_COMPARATIVE})\b")
_COMPARES = re.compile(
    rf"(?i)\b(?:{_COMPARATIVE}|extra|additional\w*|further|added|differ\w*|by|up|down|above|below|over|increas\w+|decreas\w+"
    r"|reduc\w+|sav\w+|exceed\w*|after|before)\b"
)
_MOVES_TO = re.compile(
    r"(?i)\b(?:rais|increas|lift|lower|reduc|cut|climb|drop|decreas|rise|rose|risen|fall|fell|grow|grew|grown)\w*\s+to\s+\W?$"
)
_STAYS_AT = re.compile(
    r"(?i)\b(?:remain\w*|stay\w*|keeps?|kept|holds?|held|unchanged|stable|steady|constant)\s+(?:\w+\s+)?at\s+\W?$"
)
_COUNTED_FROM = re.compile(
    r"(?i)\s+(?:(?P<back>before(?:hand)?|earlier|in advance|prior to|ahead of)|(?P<forward>after(?:wards)?|later))\b"
)


def mistaken_role(
    claim: Sequence[Token], text: str, evidence: Sequence[Token], sentence: str
) -> tuple[Span, Span] | None:
    """Where `claim`, the words of `text`, gives a fact of `evidence`, those of `sentence`, another part; both places."""
    return (
        _opposite(claim, text, evidence, sentence)
        or _from_and_to(claim, evidence)
        or _of_another_time(claim, evidence)
        or _amount_for_difference(claim, text, evidence, sentence)
        or _moved_for_kept(claim, text, evidence, sentence)
        or _on_the_other_side(claim, text, evidence, sentence)
    )


def _opposite(claim: Sequence[Token], text: str, evidence: Sequence[Token], sentence: str) -> _Role | None:
    """Where the claim has the opposite of the word that the sentence has before the same fact: "must arrive by 20:00"."""
    if not has(evidence, claim[0]):
        return None
    for (mine, fact), (theirs, same) in product(pairwise(claim), pairwise(evidence)):
        if fact.fact is None or not is_same(fact, same) or fact.before != same.before:
            continue
        if antonyms(mine.span.of(text), theirs.span.of(sentence)) and not has(evidence, mine):
            return mine.span, theirs.span
    return None


def _from_and_to(claim: Sequence[Token], evidence: Sequence[Token]) -> _Role | None:
    """Where the claim comes from the figure that the sentence goes to, and has the one that the sentence comes from."""
    for mine, theirs in product(claim, evidence):
        if mine.fact is None or mine.before != _FROM or theirs.before != _TO or not is_same(mine, theirs):
            continue
        origin = next((each for each in evidence if each.fact is not None and each.before == _FROM), None)
        if origin is not None and has([each for each in claim if each is not mine], origin):
            return mine.span, origin.span
    return None


def _of_another_time(claim: Sequence[Token], evidence: Sequence[Token]) -> _Role | None:
    """Where the claim has a figure at the time of which the sentence says what it was before: "31 %, up from 26 % in 2022"."""
    for earlier, time in pairwise(evidence):
        if not isinstance(earlier.fact, Figure) or not isinstance(time.fact, Moment):
            continue
        if earlier.before not in _BEFORE_THAT or not has(claim, time) or has(claim, earlier):
            continue
        mine = next((each for each in claim if isinstance(each.fact, Figure) and has(evidence, each)), None)
        if mine is not None and isinstance(mine.fact, Figure) and mine.fact.unit == earlier.fact.unit:
            return mine.span, earlier.span
    return None


def _amount_for_difference(claim: Sequence[Token], text: str, evidence: Sequence[Token], sentence: str) -> _Role | None:
    """Where the claim has for the whole what the sentence has for a difference: "takes two days longer"."""
    if _COMPARES.search(text):
        return None
    for theirs in evidence:
        compared = _BY_SO_MUCH.match(sentence, theirs.span.end)
        if isinstance(theirs.fact, Figure) and theirs.fact.unit and compared:
            mine = next((each for each in claim if is_same(each, theirs)), None)
            if mine is not None:
                return mine.span, Span(theirs.span.start, compared.end())
    return None


def _moved_for_kept(claim: Sequence[Token], text: str, evidence: Sequence[Token], sentence: str) -> _Role | None:
    """Where one of the two comes to a figure at which the other says that something stays: "raised to", "remains at"."""
    for mine, theirs in product(claim, evidence):
        if not isinstance(mine.fact, Figure) or not is_same(mine, theirs):
            continue
        here, there = text[: mine.span.start], sentence[: theirs.span.start]
        if (_MOVES_TO.search(here) and _STAYS_AT.search(there)) or (_STAYS_AT.search(here) and _MOVES_TO.search(there)):
            return mine.span, theirs.span
    return None


def _on_the_other_side(claim: Sequence[Token], text: str, evidence: Sequence[Token], sentence: str) -> _Role | None:
    """Where a time that the sentence counts back is counted forward in the claim, from the same point or one unnamed."""
    for mine, theirs in product(claim, evidence):
        if not isinstance(mine.fact, Figure) or not is_same(mine, theirs):
            continue
        here, there = _COUNTED_FROM.match(text, mine.span.end), _COUNTED_FROM.match(sentence, theirs.span.end)
        if not here or not there or (here.lastgroup == there.lastgroup):
            continue
        points = [terms(said[match.end() :]) for said, match in ((text, here), (sentence, there))]
        if not all(points) or points[0] & points[1]:
            return Span(mine.span.start, here.end()), Span(theirs.span.start, there.end())
    return None
