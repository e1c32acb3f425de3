"""The clause of a text that says the same as another clause, with either sign: the one that shares most of its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from server.domain import Span
from server.stages.evidence import terms
from server.stages.facts.prefixes import SHORTEST, without_prefix
from server.stages.facts.signs import ANTONYMS, NEGATED_WORD, NEGATIVE_WORD, NEGATOR, negators

_UNIT_END = re.compile(
    r"(?i)[;:()]|,(?!\d)|[.!?](?:\s|$)|\s[–—-]\s|\s(?=(?:but|while|although|though|whereas|because|since"
    r"|if|when|until|unless|except)\s)"
)
_SUB_END = re.compile(r"(?i)\s(?=(?:and|or)\s)")

SAME_CLAIM_SHARE = 0.75
"""The share of the claim's words that a clause of the evidence must have to be compared with it."""
_PART_SHARE = 0.5
_SHORTEST_OPENING = 2
_WORD = re.compile(r"[^\W\d_]+")
_OBJECT = re.compile(r"(?i)\w\s+(?:it|them)\b")
SAME_EVIDENCE_SHARE = 0.6
"""The share of the clause's words that the claim must have in turn."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and where it stands in its text."""

    span: Span
    text: str


@lru_cache(maxsize=8192)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of `text`, and those parts of them that "and" or "or" joins, which may be sentences of their own."""
    units = [Clause(span, span.of(text)) for span in _cut(text, Span(0, len(text)), _UNIT_END)]
    return tuple(unit for unit in units if _content(unit.text)) or (Clause(Span(0, len(text)), text),)


def _subunits(unit: Clause) -> list[Clause]:
    return [
        Clause(span.shifted(unit.span.start), span.of(unit.text))
        for span in _cut(unit.text, Span(0, len(unit.text)), _SUB_END)
    ]


def _cut(text: str, within: Span, pattern: re.Pattern[str]) -> list[Span]:
    spans, start = [], within.start
    for mark in pattern.finditer(text, within.start, within.end):
        if text[start : mark.start()].strip():
            spans.append(Span(start, mark.start()))
        start = mark.end()
    if text[start : within.end].strip():
        spans.append(Span(start, within.end))
    return spans


def counterpart(unit: Clause, evidence: str) -> Clause | None:
    """The clause of the evidence that says the same, with either sign; the shortest of those that share most words."""
    wanted = _content(unit.text)
    whole = Clause(Span(0, len(evidence)), evidence)
    chosen = (
        _closest(wanted, [*clauses(evidence), whole], SAME_CLAIM_SHARE)
        or _opening_alike(unit, evidence)
        or _with_pronoun(unit, evidence)
    )
    if chosen is None or len(negators(chosen.text)) < 2:
        return chosen
    # "has no ioniser and produces no ozone" negates twice: only the part about the same thing counts.
    return _closest(wanted, _subunits(chosen), _PART_SHARE) or chosen


def _closest(wanted: frozenset[str], choices: Sequence[Clause], least: float) -> Clause | None:
    best: tuple[float, float, int] | None = None
    closest = None
    for choice in choices:
        mine, theirs = _compared(wanted, _content(choice.text))
        if not mine or not theirs:
            continue
        share, back = overlap(mine, theirs) / len(mine), overlap(theirs, mine) / len(theirs)
        rank = (round(share, 2), round(back, 2), -len(choice.text))
        if (
            share >= (least if len(mine) > 1 else 1.0)
            and back >= (SAME_EVIDENCE_SHARE if len(mine) > 1 else 1.0)
            and (best is None or rank > best)
        ):
            best, closest = rank, choice
    return closest


def _opening_alike(unit: Clause, evidence: str) -> Clause | None:
    """A clause that begins with all that `unit` says, and goes on: "pets are allowed only with the owner's consent"."""
    mine = _in_order(unit.text)
    if len(mine) < _SHORTEST_OPENING:
        return None
    return next((each for each in clauses(evidence) if _in_order(each.text)[: len(mine)] == mine), None)


def _with_pronoun(unit: Clause, evidence: str) -> Clause | None:
    """A clause of another sign that has "it" or "them" in place of what `unit` names: "motorcycles may never use it"."""
    wanted, denials = _content(unit.text), len(negators(unit.text))
    for clause in clauses(evidence):
        if len(negators(clause.text)) == denials:
            continue
        found = _content(clause.text) - _ANTONYM_STEMS
        if _OBJECT.search(clause.text) and len(found) >= _SHORTEST_OPENING and found <= wanted:
            return clause
    return None


def _in_order(text: str) -> list[str]:
    kept = _content(text)
    return [stem for word in _WORD.findall(text) for stem in terms(word) if stem in kept]


def _compared(one: frozenset[str], other: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The words of both without those that have opposites, which are compared on their own, unless both have the same."""
    kept = one & other & _ANTONYM_STEMS
    return (one - _ANTONYM_STEMS) | kept, (other - _ANTONYM_STEMS) | kept


@lru_cache(maxsize=16384)
def _content(text: str) -> frozenset[str]:
    """Stems of the words that carry the sense; negations are compared on their own."""
    plain = NEGATIVE_WORD.sub(" ", NEGATED_WORD.sub("", NEGATOR.sub(" ", text)))
    return frozenset(term for term in terms(plain) if not term[0].isdigit() and term not in _LIGHT_STEMS)


_ANTONYM_STEMS = frozenset(term for pair in ANTONYMS for word in pair for term in terms(word))
_LIGHT_STEMS = terms("only just all every each some many most possible able")


def overlap(some: frozenset[str], others: frozenset[str]) -> int:
    """How many of `some` stems are among `others`, or of one family with one of them."""
    by_opening = _by_opening(others)
    return sum(
        1
        for term in some
        if term in others
        or any(same_root(term, other) for opening in _openings(term) for other in by_opening.get(opening, ()))
    )


@lru_cache(maxsize=16384)
def _by_opening(words: frozenset[str]) -> dict[str, list[str]]:
    """Stems by the letters that they share with all that may be of their family."""
    found: dict[str, list[str]] = {}
    for word in words:
        for opening in _openings(word):
            found.setdefault(opening, []).append(word)
    return found


@lru_cache(maxsize=16384)
def _openings(word: str) -> frozenset[str]:
    """The first letters of a stem, and of what is left of it without a prefix: no family shares fewer."""
    return frozenset(form[:SHORTEST] for form in (word, without_prefix(word)) if len(form) >= SHORTEST)


def same_root(one: str, other: str) -> bool:
    """Whether two stems are of one family: "wash" and "washabl", "produc" and "product", "washabl" and "unwash"."""
    bare, other_bare = without_prefix(one), without_prefix(other)
    if (bare and _same_root_plain(bare, other)) or (other_bare and _same_root_plain(one, other_bare)):
        return True
    return _same_root_plain(one, other)


def _same_root_plain(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= SHORTEST and longer.startswith(shorter) and len(longer) - len(shorter) <= 4
