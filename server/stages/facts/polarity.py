"""Whether claim and evidence say the same thing with opposite sign: a dropped "not", an antonym, a changed "may", "all" or "only".

Two clauses are compared when they share most of their words. Each negation, each negative word ("prohibited"), each antonym
("before" for "after") and each exchange of two names around a verb turns the sense once; an odd number of turns between claim and
evidence is a contradiction. So "is not allowed" agrees with "is prohibited", and "A bought B" with "B was bought by A".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from server.domain import FactKind, Span
from server.stages.evidence import terms
from server.stages.facts.exceptions import excepted
from server.stages.facts.prefixes import NEGATING
from server.stages.facts.reservations import overlooked

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NEGATOR = re.compile(
    r"(?i)\b(?:not(?! only\b)|never|no(?! longer than\b| more than\b| less than\b| fewer than\b| later "
    r"than\b|\. ?\d)|none|neither|nor|nobody|nothing|nowhere|without|cannot|[a-z]+n['’]t"
    r"|hardly|scarcely|unless|except(?:ing)?(?! that\b)|excluding|other than|non(?=-))\b"
)
_NEGATIVE_WORD = re.compile(
    r"(?i)\b(?:prohibit(?:s|ed)?|forbid(?:s|den)?|bann?(?:ed|s)|refus(?:e|es|ed)|den(?:y|ies|ied)"
    r"|exclud(?:e|es|ed)|lack(?:s|ed|ing)?|fail(?:s|ed)?"
    r"|impossible|unable|absent|reject(?:s|ed)?|ineligible|invalid|void|exempt(?:ed)?|disallow(?:s|ed)?|declin(?:e|es|ed) to|barred"
    r"|[a-z]{3,}[ -]free|[a-z]{4,}less(?<!\bunless)(?<!\bless)(?<!\bregardless)(?<!\bwireless)(?<!\bstainless))\b"
)
_NEGATED_WORD = re.compile(r"(?i)\b(?:non(?=[a-z]{4})|in(?=(?:valid|eligible)\b))")
"""The prefix of a word that counts among the words of the sense without it."""
_NO_NEGATIVE = frozenset({"inflammable", "invaluable"})
_UNIT_END = re.compile(
    r"(?i)[;:()]|,(?!\d)|[.!?](?:\s|$)|\s[–—-]\s|\s(?=(?:but|while|although|though|whereas|because|since"
    r"|if|when|until|unless|except)\s)"
)
_SUB_END = re.compile(r"(?i)\s(?=(?:and|or)\s)")

_ANTONYMS = [
    frozenset(pair.split("/"))
    for pair in (
        "before/after above/below over/under more/less more/fewer higher/lower larger/smaller bigger/smaller longer/shorter "
        "earlier/later faster/slower older/younger highest/lowest largest/smallest longest/shortest "
        "fastest/slowest loudest/quietest "
        "earliest/latest oldest/youngest most/least most/fewest maximum/minimum increase/decrease "
        "increases/decreases increased/decreased increasing/decreasing "
        "rose/fell rise/fall rises/falls rising/falling risen/fallen grew/fell grew/shrank grew/declined "
        "rose/declined rose/dropped up/down gain/loss gained/lost "
        "profit/loss profits/losses won/lost win/lose wins/loses buy/sell buys/sells bought/sold open/closed "
        "opens/closes opened/closed start/end starts/ends started/ended begin/end begins/ends began/ended "
        "include/exclude includes/excludes included/excluded including/excluding allow/forbid "
        "allowed/forbidden allows/forbids permitted/prohibited accept/reject "
        "accepts/rejects accepted/rejected approve/reject approved/rejected enable/disable enabled/disabled "
        "enables/disables on/off true/false with/without inside/outside indoors/outdoors internal/external "
        "first/last hot/cold warm/cold full/empty left/right north/south east/west northern/southern "
        "eastern/western public/private free/paid required/optional mandatory/optional mandatory/voluntary "
        "safe/dangerous safe/unsafe import/export imports/exports imported/exported lend/borrow "
        "lends/borrows lender/borrower buyer/seller employer/employee landlord/tenant client/provider "
        "parent/child teacher/student male/female men/women man/woman positive/negative strong/weak "
        "stronger/weaker better/worse best/worst "
        "heavy/light heavier/lighter wide/narrow deep/shallow early/late clockwise/anticlockwise "
        "clockwise/counterclockwise temporary/permanent "
        "daily/weekly weekly/monthly monthly/yearly monthly/annually daily/monthly quarterly/monthly "
        "weekdays/weekends morning/evening day/night summer/winter "
        "common/rare common/uncommon frequent/rare direct/indirect voluntary/compulsory senior/junior adult/child adults/children "
        "domestic/foreign domestic/international retail/wholesale gross/net debit/credit add/remove "
        "adds/removes added/removed attach/detach lock/unlock locked/unlocked "
        "connect/disconnect visible/hidden upper/lower top/bottom front/back front/rear vertical/horizontal "
        "minor/major majority/minority agree/disagree succeed/fail succeeded/failed "
        "presence/absence present/absent support/oppose supports/opposes supported/opposed arrive/depart "
        "arrives/departs arrived/departed arrival/departure pass/fail passed/failed"
    ).split()
]
_NECESSARY = re.compile(
    r"(?i)\b(?:must|shall|(?:has|have|had|needs?) to|(?:is|are) (?:required|obliged) to|mandatory|compulsory|obligatory)\b"
)
_POSSIBLE = re.compile(r"(?i)\b(?:may|might|can|could|optional(?:ly)?|(?:is|are) (?:allowed|permitted|free) to)\b")
_CERTAIN = re.compile(r"(?i)\b(?:will|always|definitely|certainly|guaranteed?)\b")
_UNCERTAIN = re.compile(r"(?i)\b(?:may|might|could|possibly|perhaps|sometimes|can)\b")
_ALL = re.compile(r"(?i)\b(?:all|every|each|everyone|everybody|everything|always|entire(?:ly)?|whole|any|both)\b")
_PART = re.compile(
    r"(?i)\b(?:some|several|many|most|mostly|certain|sometimes|often|usually|partly|part of|a few|few"
    r"|half|majority|selected|in some cases)\b"
)
_MANY = re.compile(r"(?i)\b(?:most|mostly|many|majority|usually|often)\b")
_LITTLE = re.compile(r"(?i)\b(?:some|several|few|sometimes|rarely|seldom|certain|minority)\b")
_ONLY = re.compile(r"(?i)\b(?:only|exclusively|solely|just|nothing but|no other|alone|except|sole)\b")
_NAME = re.compile(r"\b[A-Z][\w&'’-]*(?:\s+[A-Z][\w&'’-]*)*")
_PASSIVE = re.compile(
    r"(?i)\b(?:is|are|was|were|been|being|be)\s+(?:\w+ly\s+)?\w+(?:ed|en|ne|wn|ght|ld|de|id|un|ung|t)\b(?=[^.;]*\bby\b)"
)

_COMPARED = re.compile(
    r"(?i)\b(?:more|less|fewer|[a-z]{3,}(?:er|est)(?= than\b)|(?:the )?(?:most|least|[a-z]{3,}est)|before|after)\b"
)
_SHARED = (
    (FactKind.COMPARISON, _COMPARED),
    (FactKind.MODALITY, _NECESSARY),
    (FactKind.MODALITY, _POSSIBLE),
    (FactKind.QUANTIFIER, _ALL),
    (FactKind.QUANTIFIER, _ONLY),
)
SAME_CLAIM_SHARE = 0.75
"""The share of the claim's words that a clause of the evidence must have to be compared with it."""
_PART_SHARE = 0.5
SAME_EVIDENCE_SHARE = 0.6
"""The share of the clause's words that the claim must have in turn."""


@dataclass(frozen=True, slots=True)
class Opposition:
    """What turns the sense: the words in the claim, and those in the evidence; either span may be of the whole clause.

    `contradicts` is False where the claim only goes further than the evidence ("only", "all").
    """

    in_claim: Span
    in_evidence: Span
    contradicts: bool
    kind: FactKind


@dataclass(frozen=True, slots=True)
class _Unit:
    span: Span
    text: str


def oppositions(claim: str, evidence: str, *, is_sentence: bool = True) -> Iterator[Opposition]:
    """Where `claim` says the opposite of, or more than, the clause of `evidence` that has most of its words.

    The order of names counts only where the evidence `is_sentence`; the cells of a row have no order.
    """
    for exception in excepted(claim, evidence):
        yield Opposition(*exception, FactKind.QUANTIFIER)
    for unit in _units(claim):
        other = _counterpart(unit, evidence)
        if other is not None:
            yield from _compared(unit, other, is_sentence)
    if is_sentence:
        yield from (Opposition(*each) for each in overlooked(claim, evidence))


def agreements(claim: str, evidence: str) -> Iterator[tuple[FactKind, Span, Span]]:
    """The words of comparison, modality and quantity that `claim` shares with its counterpart in `evidence`, with both places."""
    for unit in _units(claim):
        other = _counterpart(unit, evidence)
        if other is None:
            continue
        for kind, pattern in _SHARED:
            mine, theirs = pattern.search(unit.text), pattern.search(other.text)
            if mine and theirs:
                yield (
                    kind,
                    Span(*mine.span()).shifted(unit.span.start),
                    Span(*theirs.span()).shifted(other.span.start),
                )


def _compared(unit: _Unit, other: _Unit, is_sentence: bool) -> Iterator[Opposition]:
    shared = terms(unit.text) & terms(other.text)
    turns = _negations(unit.text, other.text) - _negations(other.text, unit.text)
    turned = _antonyms(unit.text, other.text)
    swapped = is_sentence and _swapped(unit.text, other.text)
    if (turns + len(turned) + swapped) % 2:
        kind = FactKind.COMPARISON if turned else FactKind.DIRECTION if swapped and not turns else FactKind.NEGATION
        yield Opposition(_place(unit, turned, 0), _place(other, turned, 1), True, kind)
        return
    if len(shared) < 2:
        return
    negated = _negations(unit.text, other.text) > 0
    obliged = not negated and _differ(_NECESSARY, _POSSIBLE, unit.text, other.text)
    assured = (
        not negated
        and _only_in_claim(_CERTAIN, unit.text, other.text)
        and bool(_UNCERTAIN.search(other.text))
        and not _UNCERTAIN.search(unit.text)
    )
    if obliged or assured:
        yield Opposition(unit.span, other.span, True, FactKind.MODALITY)
    elif _overstates(unit.text, other.text):
        yield Opposition(unit.span, other.span, True, FactKind.QUANTIFIER)
    elif _only_in_claim(_ONLY, unit.text, other.text):
        yield Opposition(unit.span, other.span, False, FactKind.QUANTIFIER)


# --- clauses ------------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _units(text: str) -> tuple[_Unit, ...]:
    """The clauses of `text`, and those parts of them that "and" or "or" joins, which may be sentences of their own."""
    units = [_Unit(span, span.of(text)) for span in _cut(text, Span(0, len(text)), _UNIT_END)]
    return tuple(unit for unit in units if _content(unit.text)) or (_Unit(Span(0, len(text)), text),)


def _subunits(unit: _Unit) -> list[_Unit]:
    return [
        _Unit(span.shifted(unit.span.start), span.of(unit.text))
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


def _counterpart(unit: _Unit, evidence: str) -> _Unit | None:
    """The clause of the evidence that says the same, with either sign; the shortest of those that share most words."""
    wanted = _content(unit.text)
    whole = _Unit(Span(0, len(evidence)), evidence)
    chosen = _closest(wanted, [*_units(evidence), whole], SAME_CLAIM_SHARE if len(wanted) > 1 else 1.0)
    if chosen is None or len(_negators(chosen.text)) < 2:
        return chosen
    # "has no ioniser and produces no ozone" negates twice: only the part about the same thing counts.
    return _closest(wanted, _subunits(chosen), _PART_SHARE) or chosen


def _closest(wanted: frozenset[str], choices: Sequence[_Unit], least: float) -> _Unit | None:
    best: tuple[float, float, int] | None = None
    closest = None
    for choice in choices:
        found = _content(choice.text)
        if not found or not wanted:
            continue
        share, back = _overlap(wanted, found) / len(wanted), _overlap(found, wanted) / len(found)
        rank = (round(share, 2), round(back, 2), -len(choice.text))
        if (
            share >= least
            and back >= (SAME_EVIDENCE_SHARE if len(wanted) > 1 else 1.0)
            and (best is None or rank > best)
        ):
            best, closest = rank, choice
    return closest


@lru_cache(maxsize=16384)
def _content(text: str) -> frozenset[str]:
    """Stems of the words that carry the sense; negations and antonyms are compared on their own."""
    plain = _NEGATIVE_WORD.sub(" ", _NEGATED_WORD.sub("", _NEGATOR.sub(" ", text)))
    return frozenset(term for term in terms(plain) if not term[0].isdigit() and term not in _ANTONYM_STEMS)


_ANTONYM_STEMS = frozenset(term for pair in _ANTONYMS for word in pair for term in terms(word)) | terms(
    "only just all every each some many most possible able"
)


def _overlap(some: frozenset[str], others: frozenset[str]) -> int:
    by_opening = _by_opening(others)
    return sum(
        1
        for term in some
        if term in others
        or any(_same_root(term, other) for opening in _openings(term) for other in by_opening.get(opening, ()))
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
    """The first four letters of a stem, and of what is left of it without a prefix: no family shares fewer."""
    bare = [word.removeprefix(prefix) for prefix in NEGATING if word.startswith(prefix)]
    return frozenset(form[:4] for form in (word, *bare) if len(form) >= 4)


def _same_root(one: str, other: str) -> bool:
    """Whether two stems are of one family: "wash" and "washabl", "produc" and "product", "washabl" and "unwash"."""
    for prefix in NEGATING:
        if one.startswith(prefix) and len(one) - len(prefix) >= 4 and _same_root_plain(one.removeprefix(prefix), other):
            return True
        if (
            other.startswith(prefix)
            and len(other) - len(prefix) >= 4
            and _same_root_plain(one, other.removeprefix(prefix))
        ):
            return True
    return _same_root_plain(one, other)


def _same_root_plain(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= 4 and longer.startswith(shorter) and len(longer) - len(shorter) <= 4


# --- what turns the sense -----------------------------------------------------------------------------------------------------


def _negators(text: str) -> list[str]:
    return [match.group() for match in _NEGATOR.finditer(text)] + [
        match.group() for match in _NEGATIVE_WORD.finditer(text)
    ]


def _negations(text: str, other: str) -> int:
    """How often `text` negates, prefixes included where `other` has the bare word ("unavailable" beside "available").

    What is a negative word ("invalid") or an antonym ("unlocked") by itself turns the sense once, not twice.
    """
    bare = {word.lower() for word in _TOKEN.findall(other)} - {word.lower() for word in _TOKEN.findall(text)}
    prefixed = sum(
        1
        for word in _TOKEN.findall(text)
        for prefix in NEGATING
        if word.lower().startswith(prefix)
        and len(word) - len(prefix) >= 4
        and (plain := word.lower().removeprefix(prefix)) in bare
        and word.lower() not in _NO_NEGATIVE
        and not _NEGATIVE_WORD.fullmatch(word)
        and {word.lower(), plain} not in _ANTONYMS
    )
    return len(_negators(text)) + prefixed


def _antonyms(text: str, other: str) -> list[tuple[str, str]]:
    """Pairs of opposites, the first only in `text`, the second only in `other`."""
    here = {word.lower() for word in _TOKEN.findall(text)}
    there = {word.lower() for word in _TOKEN.findall(other)}
    found = []
    for pair in _ANTONYMS:
        mine, theirs = (here - there) & pair, (there - here) & pair
        if len(mine) == len(theirs) == 1 and mine != theirs and not pair <= here and not pair <= there:
            found.append((mine.pop(), theirs.pop()))
    # "more" is the opposite of both "less" and "fewer": one word turns the sense once.
    return list({mine: (mine, theirs) for mine, theirs in found}.values())


def _swapped(text: str, other: str) -> bool:
    """Whether two names have changed places around the same verb, active and passive voice considered."""
    here, there = _names(text), _names(other)
    shared = [name for name in here if name in there]
    if len(shared) != 2 or len(set(shared)) != 2:
        return False
    first, second = shared
    if first in second or second in first:
        return False
    if re.search(rf"{re.escape(first)}\W+(?:and|or|,)\W+(?:the\s+)?{re.escape(second)}", text) or re.search(
        rf"{re.escape(first)}\W+(?:and|or|,)\W+|{re.escape(second)}\W+(?:and|or|,)\W+{re.escape(first)}", other
    ):
        return False
    turned = (text.index(first) < text.index(second)) != (other.index(first) < other.index(second))
    return turned != (bool(_PASSIVE.search(text)) != bool(_PASSIVE.search(other)))


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(re.sub(r"^(?:The|A|An)\s+", "", match.group()) for match in _NAME.finditer(text)))


def _differ(one: re.Pattern[str], two: re.Pattern[str], text: str, other: str) -> bool:
    mine, theirs = (bool(one.search(text)), bool(two.search(text))), (bool(one.search(other)), bool(two.search(other)))
    return sum(mine) == sum(theirs) == 1 and mine != theirs


def _only_in_claim(pattern: re.Pattern[str], text: str, other: str) -> bool:
    return bool(pattern.search(text)) and not pattern.search(other)


def _overstates(text: str, other: str) -> bool:
    """Whether "all" stands for "some", "some" for "all", or "most" for "some"."""
    if _ALL.search(text) and not _PART.search(text) and _PART.search(other) and not _ALL.search(other):
        return True
    if _PART.search(text) and not _ALL.search(text) and _ALL.search(other) and not _PART.search(other):
        return True
    return bool(_MANY.search(text) and not _LITTLE.search(text) and _LITTLE.search(other) and not _MANY.search(other))


def _place(unit: _Unit, turned: Sequence[tuple[str, str]], side: int) -> Span:
    """The words that turn the sense, or the whole clause when their absence does."""
    words = [re.escape(pair[side]) for pair in turned] or None
    match = (
        re.search(rf"(?i)\b(?:{'|'.join(words)})\b", unit.text)
        if words
        else _NEGATOR.search(unit.text) or _NEGATIVE_WORD.search(unit.text)
    )
    blank = len(unit.text) - len(unit.text.lstrip())
    start, end = match.span() if match else (blank, len(unit.text.rstrip()))
    return Span(unit.span.start + start, unit.span.start + end)
