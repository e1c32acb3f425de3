"""Text that a reader does not see: it is cut out before anything is judged, and spans still refer to the text as it was sent.

Characters without a glyph can carry words to a model that no person reads (tag characters, runs of variation selectors), split
words that should be found, or reorder a line (Boucher et al., "Bad Characters", 2021, arXiv:2106.09898; Unicode UTS 39). Those that
scripts and emoji need are kept. Comments and elements that a style hides are cut out too, where HTML stands in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from server.domain import ClaimVerdict, FactSpan, Passage, Span
from server.stages.injection import is_instruction

_HIDES = re.compile(
    r"(?i)\shidden\b|\sstyle\s*=\s*[\"'][^\"']*?(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]{0,8}[1-9])"
    r"|opacity\s*:\s*0(?![.\d]{0,8}[1-9])|(?<!-)color\s*:\s*(?:white|#fff(?:fff)?|transparent)\b)"
)
_MARKUP = re.compile(r"<!--|<([a-zA-Z][\w-]{0,20})(\s[^<>]{0,500})>")
_SILENT = (
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\U000e0000-\U000e007f\U000e0100-\U000e01ef"
)
_GLYPHLESS = re.compile(f"[{_SILENT}\ufe00-\ufe0f]+")
_ORDINARY = re.compile("[\u00ad\ufeff\u200e\u200f\u061c\u2060]|\u200b")
"""Breaks, byte order marks and direction marks occur in honest documents; they are cut out and not worth a word."""

_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
_JOINERS, _SELECTORS = "\u200c\u200d", range(0xFE00, 0xFE10)
_TAG_BASE = 0xE0000


@dataclass(frozen=True, slots=True)
class Visible:
    """`text` is `original` without its `hidden` spans; offsets of one lead to the other."""

    original: str
    text: str
    hidden: tuple[Span, ...]
    _places: NDArray[np.int64] | None = None

    def restored(self, span: Span) -> Span:
        """Where a span of `text` stands in `original`, hidden characters inside it included and those around it not."""
        if self._places is None:
            return span
        start = int(self._places[span.start])
        return Span(start, int(self._places[span.end - 1]) + 1 if len(span) else start)


def without(original: str, spans: Iterable[Span]) -> Visible:
    """`original` without `spans`, which may overlap."""
    removed = tuple(sorted(spans))
    if not removed:
        return Visible(original, original, ())
    keep = np.ones(len(original), dtype=bool)
    for span in removed:
        keep[span.start : span.end] = False
    places = np.flatnonzero(keep)
    return Visible(
        original,
        "".join(original[at] for at in places),
        removed,
        np.append(places, len(original)),
    )


def hidden_spans(text: str) -> list[Span]:
    """The spans of `text` that a reader does not see, in order."""
    if text.isascii() and "<" not in text:
        return []
    flags = [Span(match.start(), match.end()) for match in _FLAG.finditer(text)]
    spans = _hidden_markup(text)
    for match in _GLYPHLESS.finditer(text):
        if not any(flag.start <= match.start() < flag.end for flag in flags):
            spans += _unneeded(text, match.start(), match.end())
    return sorted(spans)


def _hidden_markup(text: str) -> list[Span]:
    """Comments and elements that their style hides; one that is not closed hides the rest, as in a browser."""
    spans: list[Span] = []
    at = 0
    while found := _MARKUP.search(text, at):
        at = found.end()
        if found.group(1) is None:
            closing = "-->"
        elif _HIDES.search(found.group(2)):
            closing = f"</{found.group(1)}>"
        else:
            continue
        end = text.find(closing, at)
        at = len(text) if end < 0 else end + len(closing)
        spans.append(Span(found.start(), at))
    return spans


def is_suspicious(text: str, span: Span) -> bool:
    """Whether what is hidden at `span` is more than a break, a mark of direction, or an author's comment."""
    inside = span.of(text)
    if inside.startswith("<!--"):
        return is_instruction(inside)
    if not _ORDINARY.fullmatch(inside):
        return True
    return inside == "\u200b" and _is_ascii_word(text, span.start - 1) and _is_ascii_word(text, span.end)


def shown(text: str) -> str:
    """What hidden characters say, for people: tag characters as the letters they stand for, others by their names."""
    letters = "".join(chr(ord(each) - _TAG_BASE) for each in text if _TAG_BASE + 0x20 <= ord(each) < _TAG_BASE + 0x7F)
    if letters or text.startswith("<"):
        return letters or text
    names = dict.fromkeys(unicodedata.name(each, f"U+{ord(each):04X}") for each in text)
    return f"{len(text)} x {', '.join(names)}"


def as_read(passage: Passage, visible: Visible) -> Passage:
    """`passage` as it is judged: its text `visible`, and nothing hidden in its title and headings."""

    def clean(text: str) -> str:
        return without(text, hidden_spans(text)).text

    if visible.original is visible.text and passage.attributes.title.isascii() and passage.context_prefix.isascii():
        return passage
    return replace(
        passage,
        text=visible.text,
        heading_path=tuple(clean(each) for each in passage.heading_path),
        context_prefix=clean(passage.context_prefix),
        attributes=replace(passage.attributes, title=clean(passage.attributes.title)),
    )


def restored(verdict: ClaimVerdict, answer: Visible, passages: Sequence[Visible]) -> ClaimVerdict:
    """`verdict` with its spans, texts and quotes in the texts as they were sent."""
    if not answer.hidden and not any(passage.hidden for passage in passages):
        return verdict

    def fact(found: FactSpan) -> FactSpan:
        source = answer if found.passage is None else passages[found.passage]
        span = source.restored(found.span)
        return FactSpan(span, span.of(source.original), found.passage)

    span = answer.restored(verdict.span)
    citations = []
    for citation in verdict.citations:
        source = passages[citation.passage]
        cited = source.restored(citation.span)
        citations.append(replace(citation, span=cited, quote=cited.of(source.original)))
    checks = tuple(
        replace(check, in_claim=fact(check.in_claim), in_evidence=tuple(fact(each) for each in check.in_evidence))
        for check in verdict.fact_checks
    )
    return replace(verdict, span=span, text=span.of(answer.original), citations=tuple(citations), fact_checks=checks)


def _unneeded(text: str, start: int, end: int) -> list[Span]:
    """The characters of a run that no script and no emoji needs there, as spans."""
    unneeded = [at for at in range(start, end) if not _is_needed(text, at)]
    spans: list[Span] = []
    for at in unneeded:
        if spans and spans[-1].end == at:
            spans[-1] = Span(spans[-1].start, at + 1)
        else:
            spans.append(Span(at, at + 1))
    return spans


def _is_needed(text: str, at: int) -> bool:
    """A joiner between letters of a script that joins or emoji; one variation selector after a symbol."""
    before = text[at - 1] if at else ""
    if text[at] in _JOINERS:
        after = text[at + 1 : at + 2]
        return bool(before and after) and not before.isascii() and not after.isascii() and _is_drawn(after)
    return ord(text[at]) in _SELECTORS and bool(before) and (_is_drawn(before) and not before.isalpha())


def _is_drawn(character: str) -> bool:
    return unicodedata.category(character) not in {"Cf", "Mn", "Cc", "Zs"} or unicodedata.combining(character) > 0


def _is_ascii_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and text[at].isascii() and text[at].isalnum()
