"""Plain text: paragraphs, lists and the few forms of heading that can be told without markup."""

import re
from collections.abc import Iterator

from chunkers.decoding import decode
from chunkers.document import Block, ChunkKind, DocumentType, Parsed, cover, trim
from chunkers.outline import Outline

_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+|\r\n[^\S\n]*(?:\r\n[^\S\n]*)+|\f")
_ITEM = re.compile(r"[^\S\n]*(?:[-*•‣◦–]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])[^\S\n]+\S")
_NUMBERED = re.compile(
    r"(?:(?:chapter|part|section|article|annex|appendix)\s+)?(\d{1,3}(?:\.\d{1,3})*|[IVX]{1,5})[.):]?\s+\S",
    re.IGNORECASE,
)
_LINE = re.compile(r"[^\n]+")
_WIKI = re.compile(r"(=+) (.+) \1$")
_UNDERLINE = re.compile(r"\n[^\S\n]*(={3,}|-{3,}|~{3,})[^\S\n]*$")

_LONG_LINE = 120
"""Lines longer than this were not wrapped by hand, so each of them is a paragraph."""

_LONGEST_HEADING = 90


def parse(data: bytes) -> Parsed:
    """Parse plain text; the text is the decoded source, unchanged. Raises UnreadableDocument."""
    text, warnings = decode(data)
    return Parsed(DocumentType.TEXT, text, paragraphs(text), warnings=warnings)


def paragraphs(text: str) -> tuple[Block, ...]:
    """Return the paragraphs, lists and headings of unmarked text, in order."""
    return cover(text, _blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    outline = Outline()
    for start, end in _paragraph_spans(text):
        if end - start <= _LONGEST_HEADING and (found := _heading(text[start:end])):
            level, heading = found
            yield Block(start, end, ChunkKind.HEADING, outline.enter(level, heading))
        else:
            yield from _paragraph(text, start, end, outline.path)


def _paragraph_spans(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for gap in _BLANK_LINES.finditer(text):
        start, end = trim(text, position, gap.start())
        if start < end:
            yield start, end
        position = gap.end()
    start, end = trim(text, position, len(text))
    if start < end:
        yield start, end


def _paragraph(text: str, start: int, end: int, path: tuple[str, ...]) -> Iterator[Block]:
    lines = tuple(_line_spans(text, start, end))
    items = tuple(line for line, _ in lines if _ITEM.match(text, line))
    if len(items) > 1 or (items and items[0] == start and len(lines) == 1):
        yield Block(start, end, ChunkKind.LIST, path, seams=tuple(item for item in items if item > start))
    elif any(stop - line > _LONG_LINE for line, stop in lines):
        for line, stop in lines:
            yield Block(line, stop, heading_path=path)
    else:
        yield Block(start, end, heading_path=path)


def _line_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for line in _LINE.finditer(text, start, end):
        first, last = trim(text, *line.span())
        if first < last:
            yield first, last


def _heading(paragraph: str) -> tuple[int, str] | None:
    """Return level and wording if a paragraph standing alone is a heading."""
    if underline := _UNDERLINE.search(paragraph):
        above = paragraph[: underline.start()].strip()
        return (1 if underline[1][0] == "=" else 2, above) if above and "\n" not in above else None
    if "\n" in paragraph:
        return None
    if wiki := _WIKI.match(paragraph):
        return len(wiki[1]), wiki[2]
    if paragraph[-1] in ".,;:!?" or len(paragraph.split()) > 12:
        return None
    if numbered := _NUMBERED.match(paragraph):
        return 1 + numbered[1].count("."), paragraph
    if paragraph.isupper() and len(paragraph) > 3:
        return 1, paragraph
    return None
