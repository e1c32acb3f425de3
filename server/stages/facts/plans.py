"""What the evidence only plans, expects or announces, and a claim has as done: "plans to close", "is in preparation"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.domain import Span
from server.stages.evidence import terms
from server.stages.facts.subject_matter import is_about

_PLAN = re.compile(
    r"(?i)\b(?:(?:plan|intend|aim|hope|want|propose|expect)(?:s|ed)?|(?:is|are|was|were) (?:planned|expected|scheduled|proposed)"
    r"|(?:is|are) (?:likely|supposed|meant|about|due)) to (?:be )?(?P<verb>\w+)|\bwould (?:be )?(?P<other>\w+)"
)
_ALLOWS_FOR_PLANS = re.compile(
    r"(?i)\b(?:plan\w*|intend\w*|aim\w*|hop(?:e|es|ed|ing)|want\w*|propos\w*|expect\w*|schedul\w*|suppos\w*|likely|will|would|shall"
    r"|to(?!\s+(?:the|an?|its|their|our|his|her|(?-i:[A-Z0-9])))"
    r"|(?-i:may)|might|could|should|can|cannot|if|not|no|never|\w+n['’]t|\w+['’]ll)\b"
)
_FUTURE = re.compile(r"(?i)\b(?:will|shall|(?:is|are) (?:going )?to) (?:be )?(?P<verb>\w+)")
_PUT_FORWARD = re.compile(
    r"(?i)\b(?:proposed|recommended|considered|requested|suggested|discussed|(?:applied|asked) for)"
    r"\s+(?:an?|the)\s+(?P<what>(?:[\w-]+\s+){0,2}?[\w-]+)"
)
_PUTS_FORWARD = re.compile(r"(?i)\b(?:propos|recommend|consider|request|suggest|discuss|appl(?:y|ied)|ask)\w*")
_PAST = re.compile(r"(?i)\b(?:was|were|had|did|has|have)\b")
_HELD_OPEN = re.compile(r"(?i)\b(?:is|are|be|been|being)\s+(?:\w+\s+)?\Z")
_ROOT = 3
"""Letters that forms of one verb share: "build" and "built"."""
_OTHER_FORMS = {
    "become": "became", "begin": "began|begun", "bring": "brought", "buy": "bought", "come": "came", "get": "got",
    "give": "gave|given", "go": "went|gone", "grow": "grew|grown", "hold": "held", "keep": "kept", "leave": "left", "lose": "lost",
    "make": "made", "meet": "met", "pay": "paid", "rise": "rose|risen", "run": "ran", "sell": "sold", "send": "sent",
    "spend": "spent", "take": "took|taken", "win": "won",
}  # fmt: skip
"""The pasts of verbs that share no root with them."""
CLAUSE_END = re.compile(r"[;:.!?]\s|,\s(?:and|but|while|whereas)\s|\s(?:but|while|whereas)\s")
_UNFINISHED = re.compile(
    r"(?i)\b(?:(?:in|under) (?:preparation|development|construction|review|consideration|negotiation|planning)|in the works"
    r"|on the roadmap|(?:is|are|still|being) (?:planned|proposed|envisaged|scheduled)|being considered|coming soon"
    r"|to follow|not yet)\b"
)
_ABOUT_BOTH = 0.6
"""The share of a claim's words that a sentence must have which says of one of them that it is to come."""


def planned(claim: str, clause: str) -> Span | None:
    """Where `clause` speaks of what is only meant to happen, or is to come, if the claim has it happen, or has had it happen."""
    if _ALLOWS_FOR_PLANS.search(claim):
        return None
    for plan in _PLAN.finditer(clause):
        done = _done(claim, (plan["verb"] or plan["other"]).lower())
        if done and is_about(claim[: done.start()] + claim[done.end() :], clause):
            return Span(*plan.span())
    for plan in _FUTURE.finditer(clause):
        done = _done(claim, plan["verb"].lower())
        if done and _is_past(claim, done) and is_about(claim[: done.start()] + claim[done.end() :], clause):
            return Span(*plan.span())
    for plan in _PUT_FORWARD.finditer(clause):
        if terms(plan["what"]) <= terms(claim) and not _PUTS_FORWARD.search(claim) and is_about(claim, clause):
            return Span(*plan.span())
    return None


def _done(claim: str, verb: str) -> re.Match[str] | None:
    """Where the claim has some form of `verb`."""
    forms = [_OTHER_FORMS[verb]] if verb in _OTHER_FORMS else []
    if len(verb) >= _ROOT:
        forms.append(rf"{re.escape(verb[:_ROOT])}\w*")
    return re.search(rf"(?i)\b(?:{'|'.join(forms)})\b", claim) if forms else None


def _is_past(claim: str, verb: re.Match[str]) -> bool:
    """Whether the claim speaks of what is over: "was closed", "has closed", "closed", but not "is closed" or "closes"."""
    if _PAST.search(claim):
        return True
    form = verb.group().lower()
    is_past_form = form.endswith("ed") or any(form in others.split("|") for others in _OTHER_FORMS.values())
    return is_past_form and not _HELD_OPEN.search(claim[: verb.start()])


def unfinished(claim: str, clause: str, evidence: str) -> Span | None:
    """Where `clause` says that something is not there yet which the claim has, and nothing else in `evidence` has it."""
    mark = _UNFINISHED.search(clause)
    if mark is None or _ALLOWS_FOR_PLANS.search(claim) or _UNFINISHED.search(claim):
        return None
    coming = (terms(claim) & terms(clause[: mark.start()])) - terms(evidence.replace(clause, " "))
    return Span(*mark.span()) if coming and is_about(claim, evidence, _ABOUT_BOTH) else None


def only_announced(name: str, claim: str, statements: Sequence[str]) -> bool:
    """Whether all of `statements` that have the `name` say that what has it is to come, and `claim` has it as there."""
    if _ALLOWS_FOR_PLANS.search(claim) or _UNFINISHED.search(claim):
        return False
    pattern = re.compile(rf"\b{re.escape(name)}\b")
    clauses = [clause for text in statements for clause in CLAUSE_END.split(text) if pattern.search(clause)]
    return bool(clauses) and all(_UNFINISHED.search(clause) for clause in clauses)
