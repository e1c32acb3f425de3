"""What a statement holds back and a claim leaves out: a condition, a plan, a time that is over, a part, on which side of a date.

"Refunds are paid" says more than "refunds are paid only if the item is unopened", "the council built a bridge" more than "plans to
build" one; "is in Elm Street" is not what "was in Elm Street until 2019" says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.domain import FactKind, Span
from server.stages.evidence import terms
from server.stages.facts.plans import planned, unfinished
from server.stages.facts.restrictions import kept_for_some
from server.stages.facts.subject_matter import is_about

_CLAUSE_END = re.compile(r"[;:.!?]\s|,\s(?:and|but|while|whereas)\s|\s(?:but|while|whereas)\s")
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
_DENIES = re.compile(r"(?i)\b(?:not|no|never|none|nothing|nobody|neither|nor|cannot|\w+n['’]t)\b")
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
        if not is_about(claim, clause):
            continue
        if (over := _no_longer_so(clause)) and _PRESENT.search(claim) and not _NOT_PRESENT.search(claim):
            yield whole, over.shifted(start), True, FactKind.MODALITY
        for part in _PART.finditer(clause):
            if said := _whole_for_part(claim, part):
                yield said, Span(*part.span()).shifted(start), True, FactKind.QUANTIFIER
    if is_about(claim, evidence):
        yield from ((mine, theirs, True, FactKind.COMPARISON) for mine, theirs in _other_side(claim, evidence))


def _clauses(evidence: str) -> Iterator[tuple[int, int]]:
    start = 0
    for mark in _CLAUSE_END.finditer(evidence):
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


def _whole_for_part(claim: str, part: re.Match[str]) -> Span | None:
    """Where `claim` says of all what is so of a part of them."""
    said = re.search(rf"(?i)(?<!\bof )(?<!\bof the )\b{re.escape(part['whole'])} {re.escape(part['what'])}\b", claim)
    return Span(*said.span()) if said and not _PART.search(claim) else None


def _other_side(claim: str, evidence: str) -> Iterator[tuple[Span, Span]]:
    """A date that ends something in one of the two and begins it in the other; where one denies, both may be so."""
    if _DENIES.search(claim) or _DENIES.search(evidence):
        return
    there = {match["date"]: match for match in _SIDE.finditer(evidence)}
    for mine in _SIDE.finditer(claim):
        theirs = there.get(mine["date"])
        if theirs and (mine["side"].lower() in _ENDS) != (theirs["side"].lower() in _ENDS):
            yield Span(*mine.span()), Span(*theirs.span())
