"""Where sentences end: decimals, versions, addresses, abbreviations, initials, quotes and brackets do not break one.

A boundary that is missed costs precision (two statements are judged as one); a boundary too many makes fragments that no
evidence supports. So doubt is resolved by not splitting.
"""

from __future__ import annotations

import re

from server.domain import Span

_END = re.compile(r"(?P<wide>[。！？｡]+[」』”’）】]*)|(?P<mark>\.{2,}|…+|[.!?]+)(?P<close>[\"'”’»)\]*_]*)(?=\s|$)")

_NEVER_LAST = frozenset(
    "dr mr mrs ms mx prof rev hon gov sen rep gen col sgt lt capt cmdr adm pres messrs mme mlle fr st mt ft "
    "e.g i.e cf viz vs v approx ca circa nos nr art arts sec sect para cl fig figs eq ch chap vol vols pp p pt ed eds "
    "tel ext dept incl excl min max avg resp jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
"""Abbreviations after which a sentence goes on."""

_SELDOM_LAST = frozenset(
    "etc inc ltd co corp llc plc bros gmbh jr sr esq phd ph.d m.d b.a m.a al a.m p.m u.s u.k u.n e.u d.c "
    "b.c a.d s.a n.v b.v".split()
)
"""Abbreviations that may end a sentence: they do when the next word is one that opens sentences."""

_OPENERS = frozenset(
    "the a an this that these those it its he she they we you i his her their our your my there here in on at by for from "
    "with without under after before during since until when while if although though because as and but or however moreover "
    "furthermore therefore thus also all any each every no not both either neither most some many several other another what "
    "which who where how why please note yes so then once only one two three customers employees".split()
)

_MONTHS = re.compile(r"(?i)\s+(?:jan|feb|mär|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec)")
_WORD_BEFORE = re.compile(r"[^\s(\[\"'“‘«/]+$")
_NEXT_WORD = re.compile(r"\s*[\"'“‘«(\[*_]*([^\W_]+)")
_PAIRS = {"(": ")", "[": "]", "“": "”", "«": "»", "„": "”", "「": "」", "『": "』", "（": "）"}
_LONGEST_ASIDE = 400
_LONGEST_WORD = 64
"""Characters before a full stop that are looked at: enough for every abbreviation."""


def sentence_spans(text: str, within: Span) -> list[Span]:
    """The sentences of `text[within]`, in order, without surrounding white space; together they hold every non-blank character."""
    closed = _enclosed(text, within)
    spans: list[Span] = []
    start = within.start
    for end in _END.finditer(text, within.start, within.end):
        if any(opening < end.start() < closing for opening, closing in closed):
            continue
        if end.group("wide") or _ends_sentence(text, end, within):
            _append(spans, text, start, end.end())
            start = end.end()
    _append(spans, text, start, within.end)
    return spans


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    stripped = text[start:end].strip()
    if stripped:
        first = start + text[start:end].index(stripped[0])
        spans.append(Span(first, first + len(stripped)))


def _ends_sentence(text: str, end: re.Match[str], within: Span) -> bool:
    rest = text[end.end() : within.end]
    following = rest.lstrip()
    if not following:
        return True
    next_word = _NEXT_WORD.match(rest)
    first = next_word.group(1) if next_word else following
    opens = first.lower() in _OPENERS
    # "iPhone" opens a sentence although its first letter is small.
    continues = first[0].islower() and not any(letter.isupper() for letter in first)
    if end.group("mark") != ".":
        return not continues
    before = _WORD_BEFORE.search(text, max(within.start, end.start() - _LONGEST_WORD), end.start())
    word = before.group().lower() if before else ""
    if word in _NEVER_LAST:
        return False
    if word in _SELDOM_LAST:
        return opens and not continues
    if len(word) == 1 and word.isalpha():
        return opens and not continues
    if (word.isdigit() and len(word) <= 2 and _MONTHS.match(rest)) or (word == "no" and first[0].isdigit()):
        return False
    if continues:
        return len(word) > 3 and word.isalpha() and not end.group("close")
    return True


def _enclosed(text: str, within: Span) -> list[tuple[int, int]]:
    """Brackets and quotations of ordinary length, whose inner full stops end nothing; an unclosed one encloses nothing."""
    ranges: list[tuple[int, int]] = []
    open_marks: list[tuple[str, int]] = []
    for place in range(within.start, within.end):
        mark = text[place]
        if mark == '"':
            mark_open = next((at for kind, at in open_marks if kind == '"'), None)
            if mark_open is None:
                open_marks.append(('"', place))
            else:
                ranges.append((mark_open, place))
                open_marks = [entry for entry in open_marks if entry[0] != '"']
        elif mark in _PAIRS:
            open_marks.append((_PAIRS[mark], place))
        elif any(kind == mark for kind, _ in open_marks):
            while open_marks:
                kind, opened = open_marks.pop()
                if kind == mark:
                    ranges.append((opened, place))
                    break
    return [(opened, closed) for opened, closed in ranges if closed - opened <= _LONGEST_ASIDE]
