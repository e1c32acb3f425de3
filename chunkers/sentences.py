"""Where a long stretch of text may be cut with least harm: after sentences, else clauses, else words."""

import re
import unicodedata
from collections.abc import Iterator

from nupunkt import sent_spans

_WINDOW = 20_000
"""Characters handed to the sentence splitter at once, so that one endless line costs no more memory than a page."""

_MOST_STOPS = 0.1
"""A text with a larger share of full stops than this is no prose but a table of contents or noise, on which the sentence
splitter takes quadratic time."""

_CLAUSE_END = re.compile(r"[;:,|]\s+|\t\s*|\s[-–—]\s")
_MARK = re.compile(r"[;:,|?&=]")
_SPACE = re.compile(r"\s+")
_LINE_END = re.compile(r"\n\s*")


def sentence_starts(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the offsets, after `start` and before `end`, at which a sentence begins.

    Sentences by nupunkt (Bommarito, Katz and Bommarito 2025), which knows legal and financial abbreviations.
    """
    while start < end:
        stop = end if end - start <= _WINDOW else _last_space(text, start, start + _WINDOW)
        piece = text[start:stop]
        if sum(piece.count(mark) for mark in ".?!") <= _MOST_STOPS * len(piece):
            yield from (start + first for first, _ in sent_spans(piece) if first)
        start = stop
        if start < end:
            yield start


def middle_cut(text: str, start: int, end: int) -> int:
    """Return the best offset near the middle of the span to cut it in two, both parts not empty.

    Looks at the middle half for a line end, then the end of a clause, a space, a mark inside a word as long as an
    address; the span must hold two characters.
    """
    middle = (start + end) // 2
    low, high = max(start + 1, (3 * start + end) // 4), min(end - 1, (start + 3 * end) // 4)
    for pattern in (_LINE_END, _CLAUSE_END, _SPACE, _MARK):
        cuts = [match.end() for match in pattern.finditer(text, low, high) if match.end() < end]
        if cuts:
            return min(cuts, key=lambda cut: abs(cut - middle))
    return _whole_character(text, middle, end)


def _last_space(text: str, start: int, stop: int) -> int:
    for match in _SPACE.finditer(text, stop - 200, stop):
        stop = match.end()
    return max(stop, start + 1)


def _whole_character(text: str, cut: int, end: int) -> int:
    """Move the cut past combining marks and joiners, so that no visible character is torn."""
    position = cut
    while position < min(end, cut + 16) and (unicodedata.combining(text[position]) or text[position] in "\u200d\ufe0f"):
        position += 1
    return position if position < end else cut
