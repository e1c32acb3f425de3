"""What a statement holds back and a claim leaves out: a condition, a plan, a time that is over, a part, on which side of a date.

"Refunds are paid" says more than "refunds are paid only if the item is unopened", "the council built a bridge" more than "plans to
build" one; "is in Elm Street" is not what "was in Elm Street until 2019" says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from server.domain import FactKind, Span
from server.stages.evidence import terms
from server.stages.facts.plans import CLAUSE_END, planned, unfinished
from server.stages.facts.reading import read_facts
from server.stages.facts.restrictions import DENIES, kept_for_some
from server.stages.facts.subject_matter import is_about

_CONDITION = re.compile(
    r"(?i)\b(?:only (?:if|when|after|with|for)|unless|provided(?: that)?|as long as|on condition that)\s"
)
_FIRST_CONDITION = re.compile(r"(?i)^(?:only if|unless|provided(?: that)?|as long as)\s[^,]+,")
_ALLOWS_FOR_CONDITIONS = re.compile(
    r"(?i)\b(?:if|when|unless|provided|as long as|condition\w*|only|except|until|once|after|before|with(?:out)?|subject to"
    r"|depend\w*|(?-i:may)|might|could|some\w*|certain|eligible|qualif\w+|not|no|cannot|never|\w+n['’]t)\b"
)
_OVER = re.compile(
    r"(?i)\b(?:was|were|had)\b[^,;()]{0,80}\b(?:until|till) [^,;()]{0,20}\b\d{4}\b"
    r"|^(?:until|till) [^,;()]{0,20}\b\d{4},? [^,;()]{0,60}\b(?:was|were|had)\b"
)
_USED_TO = re.compile(r"(?i)^(?:(?!\b(?:is|are|be|was|were|been|being)\b).)*?(?P<habit>\bused to\b)(?= \w)")
"""What was once so. Behind a form of "be" it tells what something serves for: "factors used to argue"."""
_PRESENT = re.compile(r"(?i)\b(?:is|are|has|have|does|do)\b")
_NOT_PRESENT = re.compile(
    r"(?i)\b(?:was|were|had|did|been|until|till|former(?:ly)?|previous\w*|used to|once|since|no longer|not|never|now|today"
    r"|\w+n['’]t)\b"
)
_COUNT = r"\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|fifty|(?:one )?hundred"
_PART = re.compile(
    rf"(?i)\b(?P<part>{_COUNT}|one|half|most|some|none) (?:out )?of (?:the |its |our |their |these |all )?"
    rf"(?P<whole>{_COUNT}) (?P<what>\w+)"
)
_SIDE = re.compile(
    r"\b(?P<side>[Uu]ntil|[Tt]ill|[Ff]rom|[Ss]ince|[Ss]tarting(?: on)?|[Aa]s of) (?:the )?"
    r"(?P<date>\d[\w:.]*(?:\s(?:[A-Z][a-z]+|[ap]\.?m\b))?|[A-Z][a-z]+day\b)"
)
_OF_ONE_DATE = 0.5
"""The share of its words that a claim with one date has to have in common with a sentence that has the same."""
_ANY_TIME = re.compile(
    r"(?i)\b(?:at any (?:time|point|moment)|any ?time|at all times|around the clock|for any reason|indefinitely|forever"
    r"|without (?:any )?(?:limit(?:ation)?s?|restrictions?|notice|conditions?))\b"
)
_LIMIT = re.compile(
    r"(?i)\b(?:within|until|till|by|before|after|from|between|up to|at most|at least|no (?:more|later|earlier) than|notice|only"
    r"|maximum|minimum|deadline|during)\b"
)
_ORDINAL = r"(?:first|second|third|fourth|last|1st|2nd|3rd|4th)"
_DAY = r"(?P<day>(?:mon|tues|wednes|thurs|fri|satur|sun)day)s?"
_NTH_DAY = re.compile(rf"(?i)\b{_ORDINAL} {_DAY} (?:of|in) (?:each|every|the|a) (?:month|quarter|year)\b")
_ANY_DAY = re.compile(
    rf"(?i)(?<!first )(?<!second )(?<!third )(?<!fourth )(?<!last )(?<!1st )(?<!2nd )(?<!3rd )(?<!4th )\b{_DAY}\b"
)
_REQUIRES = re.compile(r"(?i)\b(?:must|shall|needs?|requir\w+|(?:has|have) to|mandatory|necessary)\b")
_EITHER = re.compile(r"(?P<one>[\w'’-]+),?\s+or\s+(?P<other>[\w'’-]+(?:\s+[\w'’-]+){0,5})")
_BOTH = re.compile(r"(?P<one>[\w'’-]+),?\s+and\s+(?P<other>[\w'’-]+(?:\s+[\w'’-]+){0,5})")
_ENDS = frozenset({"until", "till"})


def overlooked(claim: str, evidence: str) -> Iterator[tuple[Span, Span, bool, FactKind]]:
    """What `evidence`, a sentence, holds back and `claim` does not: both places, whether they contradict each other, and the kind.

    A condition, a plan and "only" leave the claim open; a time that is over, a part, the other side of a date, and "only" beside a
    claim about all contradict it.
    """
    whole = Span(0, len(claim))
    for only, contradicts in kept_for_some(claim, evidence):
        yield whole, only, contradicts, FactKind.QUANTIFIER
    for start, end in _clauses(evidence):
        clause = evidence[start:end]
        if condition := _left_out(claim, clause):
            yield whole, condition.shifted(start), False, FactKind.QUANTIFIER
        if plan := planned(claim, clause) or unfinished(claim, clause, evidence):
            yield whole, plan.shifted(start), False, FactKind.MODALITY
        if limit := _limited(claim, clause):
            yield whole, limit.shifted(start), False, FactKind.QUANTIFIER
        for mine, theirs in _both_for_either(claim, clause):
            yield mine, theirs.shifted(start), False, FactKind.QUANTIFIER
        if not is_about(claim, clause):
            continue
        for mine, theirs in _every_for_nth(claim, clause):
            yield mine, theirs.shifted(start), False, FactKind.QUANTIFIER
        if (over := _no_longer_so(clause)) and _PRESENT.search(claim) and not _NOT_PRESENT.search(claim):
            yield whole, over.shifted(start), True, FactKind.MODALITY
        for part in _PART.finditer(clause):
            if said := _whole_for_part(claim, part):
                yield said, Span(*part.span()).shifted(start), True, FactKind.QUANTIFIER
    if is_about(claim, evidence, _OF_ONE_DATE):
        yield from ((mine, theirs, True, FactKind.COMPARISON) for mine, theirs in _other_side(claim, evidence))


def _clauses(evidence: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in CLAUSE_END.finditer(evidence):
        yield start, mark.start()
        start = mark.end()
    yield start, len(evidence)


def _no_longer_so(clause: str) -> Span | None:
    """Where `clause` says that what it tells is over."""
    if over := _OVER.search(clause):
        return Span(*over.span())
    habit = _USED_TO.search(clause)
    return Span(*habit.span("habit")) if habit else None


def _left_out(claim: str, clause: str) -> Span | None:
    """Where the condition of `clause` stands, if what it holds for is the claim, and the claim has none, in whatever words."""
    first = _FIRST_CONDITION.search(clause)
    last = None if first else _CONDITION.search(clause)
    if first:
        condition, held = Span(*first.span()), clause[first.end() :]
    elif last:
        condition, held = Span(last.start(), len(clause)), clause[: last.start()]
    else:
        return None
    if _ALLOWS_FOR_CONDITIONS.search(claim) or not is_about(claim, held):
        return None
    return None if terms(condition.of(clause)) & (terms(claim) - terms(held)) else condition


def _limited(claim: str, clause: str) -> Span | None:
    """Where `clause` sets a limit to what `claim` has without any: "at any time"."""
    free, limit = _ANY_TIME.search(claim), _LIMIT.search(clause)
    if not free or not limit or _ANY_TIME.search(clause) or not read_facts(clause).all:
        return None
    return Span(*limit.span()) if is_about(claim[: free.start()] + claim[free.end() :], clause) else None


def _both_for_either(claim: str, clause: str) -> Iterator[tuple[Span, Span]]:
    """Where `claim` requires two things of which `clause` leaves the choice."""
    if not _REQUIRES.search(claim):
        return
    for either, both in product(_EITHER.finditer(clause), _BOTH.finditer(claim)):
        one, other = terms(either["one"]), terms(either["other"])
        if one and one == terms(both["one"]) and other & terms(both["other"]):
            yield Span(*both.span()), Span(*either.span())


def _every_for_nth(claim: str, clause: str) -> Iterator[tuple[Span, Span]]:
    """Where `claim` says of a day of every week what `clause` says of one in a month."""
    days = {match["day"].lower(): match for match in _ANY_DAY.finditer(claim)}
    for nth in _NTH_DAY.finditer(clause):
        if nth["day"].lower() in days:
            yield Span(*days[nth["day"].lower()].span()), Span(*nth.span())


def _whole_for_part(claim: str, part: re.Match[str]) -> Span | None:
    """Where `claim` says of all what is so of a part of them."""
    said = re.search(rf"(?i)(?<!\bof )(?<!\bof the )\b{re.escape(part['whole'])} {re.escape(part['what'])}\b", claim)
    return Span(*said.span()) if said and not _PART.search(claim) else None


def _other_side(claim: str, evidence: str) -> Iterator[tuple[Span, Span]]:
    """A date that ends something in one of the two and begins it in the other; where one denies, both may be so."""
    if DENIES.search(claim) or DENIES.search(evidence):
        return
    there = {match["date"]: match for match in _SIDE.finditer(evidence)}
    for mine in _SIDE.finditer(claim):
        theirs = there.get(mine["date"])
        if theirs and (mine["side"].lower() in _ENDS) != (theirs["side"].lower() in _ENDS):
            yield Span(*mine.span()), Span(*theirs.span())
