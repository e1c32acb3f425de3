"""What the evidence keeps for some with "only", and a claim gives to others: "only managers may approve", "by e-mail only"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from server.domain import Span
from server.stages.evidence import terms
from server.stages.facts.subject_matter import is_about

_VERBS = (
    r"may|can|could|must|shall|should|will|is|are|was|were|has|have|had|do|does|did|gets?|receives?|pays?|qualif(?:y|ies)"
    r"|needs?"
)
_ONLY_WHO = re.compile(rf"(?i)(?:^|[;,]\s)\W*only\s+(?P<who>[^,;:()]+?)\s+(?P<what>(?:{_VERBS})\b[^;:]*)")
_SAID_OF = re.compile(rf"(?i)^(?P<who>[^,;:()]+?)\s+(?P<what>(?:{_VERBS})\b[^;:]*)")
_WAYS = "to|for|by|with|on|in|at|through|via|from|during"
_ONLY_HOW = re.compile(
    rf"(?i)(?<!not )\b(?:only|exclusively|solely)\s+(?P<how>{_WAYS})\s+(?P<what>[^,;:.()]+)"
    rf"|\b(?P<before>{_WAYS})\s+(?P<thing>(?:[\w-]+\s+){{1,4}})only\b(?=\s*(?:[.,;:)]|$))"
)
_RESERVED = re.compile(
    r"(?i)(?:^|[;,.]\s)\W*(?:the\s+)?(?P<what>[^,;:()]+?)\s+(?:is|are)\s+(?:exclusively\s+|strictly\s+)?(?:reserved|only|restricted"
    r"|limited)\s+(?:for|to)\s+(?:the\s+)?(?P<who>[^,;:.()]+)"
)
_ALLOWED = re.compile(
    r"(?i)^(?P<who>[^,;:()]+?)\s+(?:may|can|could|(?:is|are) (?:allowed|permitted|free|able) to"
    r"|(?:has|have) (?:the right|access) to)\b"
    r"(?P<what>[^;:]*)"
)
ONLY = re.compile(r"(?i)\b(?:only|exclusively|solely|alone)\b")
_TURNED = 0.6
"""The share of what the evidence says so of that a claim has in turn."""
_WHATEVER = re.compile(
    r"(?i)\b(?:at any (?:time|point|moment)|any ?time|even (?:if|when|without)|whether or not|no matter|regardless of"
    r"|irrespective of|in any case|in all cases|unconditionally|without (?:any )?(?:restrictions?|conditions?))\b"
)
_CONDITION = re.compile(
    r"(?i)\b(?:only (?:if|when|after|once|with|as long as)|unless|provided(?: that)?|as long as|on condition that)\s"
)
_UNIVERSAL = re.compile(r"(?i)\b(?:all|any|every|everyone|everybody|anyone|anybody|each)\b")
DENIES = re.compile(r"(?i)\b(?:not|no|never|none|nothing|nobody|neither|nor|cannot|\w+n['’]t)\b")


def kept_for_some(claim: str, evidence: str) -> Iterator[tuple[Span, bool]]:
    """Where `evidence` keeps for some, or for one way, what `claim` gives to others, and whether the claim gives it to all."""
    if DENIES.search(claim):
        return
    is_universal = bool(_UNIVERSAL.search(claim))
    mine = _SAID_OF.match(claim)
    for only in _ONLY_WHO.finditer(evidence):
        if mine and is_about(mine["what"], only["what"]):
            kept, wanted = terms(only["who"]), terms(_UNIVERSAL.sub(" ", mine["who"]))
            if not kept & terms(claim) or (_UNIVERSAL.search(mine["who"]) and wanted < kept):
                yield Span(*only.span("who")), is_universal
    if ONLY.search(claim):
        return
    for only in _ONLY_HOW.finditer(evidence):
        kept = terms(only["what"] or only["thing"])
        for other in re.finditer(rf"(?i)\b{only['how'] or only['before']}\s", claim):
            rest = claim[: other.start()]
            same = is_about(rest, evidence) and is_about(evidence[: only.start()], claim, _TURNED)
            if same and not kept & terms(claim):
                yield Span(*only.span()), is_universal


def reserved(claim: str, evidence: str) -> Iterator[Span]:
    """Where `evidence` reserves for some what `claim` lets others have."""
    allowed = _ALLOWED.match(claim)
    for reserved in _RESERVED.finditer(evidence) if allowed else ():
        what, who = terms(reserved["what"]), terms(reserved["who"])
        if allowed and what <= terms(allowed["what"]) and not who & terms(claim):
            yield Span(*reserved.span("who"))


def unconditional(claim: str, evidence: str) -> Iterator[tuple[Span, Span]]:
    """Where `claim` says of every case what `evidence` ties to a condition: "at any time", "even if unlocked"."""
    whatever, condition = _WHATEVER.search(claim), _CONDITION.search(evidence)
    if not whatever or not condition or _WHATEVER.search(evidence):
        return
    if is_about(claim[: whatever.start()], evidence[: condition.start()]):
        yield Span(*whatever.span()), Span(condition.start(), len(evidence.rstrip()))
