"""Slides: every slide its own section, from PowerPoint files or from text with marks between the slides."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from xml.etree.ElementTree import Element

from chunkers.archives import Archive
from chunkers.composing import Composer
from chunkers.document import Block, ChunkKind, DocumentType, Parsed, cover, trim
from chunkers.errors import Unreadable, UnreadableDocument
from chunkers.tables import header_rows

_SLIDE_FILE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_NOTES_TARGET = re.compile(r"notesSlides/(notesSlide\d+\.xml)")
_TITLES = frozenset({"title", "ctrTitle"})
_MARK = re.compile(
    r"\f|^[^\S\n]*+(?:-{3,}|\*{3,}|={3,})[^\S\n]*+$|^(?=[^\S\n]*+#*+[^\S\n]*+slide \d+\b)", re.IGNORECASE | re.MULTILINE
)


def parse(data: bytes) -> Parsed:
    """Parse a PPTX file; the text is each slide's title, texts, tables and speaker's notes, slides as pages.

    Raises UnreadableDocument or UnsupportedType.
    """
    archive = Archive(data)
    numbered = sorted((int(match[1]), name) for name in archive.names() if (match := _SLIDE_FILE.fullmatch(name)))
    if not numbered:
        raise UnreadableDocument(Unreadable.MALFORMED, "the archive holds no ppt/slides: not a PPTX file")
    composer = Composer()
    for number, (_, name) in enumerate(numbered, 1):
        composer.page()
        slide = archive.xml(name)
        if slide is not None:
            _write_slide(composer, slide, number)
            _write_notes(composer, archive, name)
    if not composer.has_text:
        raise UnreadableDocument(
            Unreadable.NO_TEXT, f"none of the {len(numbered)} slides holds text: pictures need OCR"
        )
    return composer.parsed(DocumentType.SLIDES)


def arrange(parsed: Parsed) -> Parsed:
    """Return text with form feeds, rules or "Slide 3" lines between slides as slides; its text is unchanged."""
    text = parsed.text
    marks = list(_MARK.finditer(text))
    starts = [0, *(match.start() for match in marks)]
    stops = [*(match.start() for match in marks), len(text)]
    blocks: list[Block] = []
    pages: list[int] = []
    for first, stop in zip(starts, stops, strict=True):
        start, end = trim(text, first, stop)
        if start < end and any(mark.isalnum() for mark in text[start:end]):
            pages.append(start)
            blocks.extend(_slide_blocks(text, start, end, len(pages)))
    return replace(parsed, type=DocumentType.SLIDES, blocks=cover(text, blocks), pages=tuple(pages))


def _slide_blocks(text: str, start: int, end: int, number: int) -> Iterator[Block]:
    """Yield the title line and the rest of a slide in a text."""
    if mark := _MARK.match(text, start, end):
        start = trim(text, mark.end(), end)[0]
    line = text.find("\n", start, end)
    line = end if line < 0 else line
    path = (text[start:line].strip(" #*\t\r") or f"Slide {number}",)
    first, last = trim(text, start, line)
    yield Block(first, last, ChunkKind.HEADING, path)
    first, last = trim(text, line, end)
    if first < last:
        seams = tuple(match.end() for match in re.finditer(r"\n", text[first:last]))
        yield Block(
            first, last, ChunkKind.LIST, path, seams=tuple(first + seam for seam in seams if first + seam < last)
        )


def _write_slide(composer: Composer, slide: Element, number: int) -> None:
    shapes = list(_shapes(slide))
    title = next((text for shape in shapes if _is_title(shape) and (text := " ".join(_paragraphs(shape)))), "")
    composer.heading(1, title or f"Slide {number}")
    for shape in shapes:
        table = shape.find(".//tbl")
        if table is not None:
            rows = [[" ".join(_paragraphs(cell)) for cell in row.findall("tc")] for row in table.findall("tr")]
            composer.table(rows, header_rows(rows[:6]))
        elif not _is_title(shape):
            paragraphs = _paragraphs(shape)
            if len(paragraphs) > 1:
                composer.items([f"- {text}" for text in paragraphs])
            else:
                composer.paragraph("".join(paragraphs))


def _shapes(slide: Element) -> Iterator[Element]:
    """Yield shapes and tables in order, looking into groups."""
    waiting = list(reversed(slide.findall("cSld/spTree")))
    while waiting:
        element = waiting.pop()
        if element.tag in {"sp", "graphicFrame"}:
            yield element
        elif element.tag in {"spTree", "grpSp", "AlternateContent", "Choice"}:
            waiting.extend(reversed(element))


def _is_title(shape: Element) -> bool:
    place = shape.find("nvSpPr/nvPr/ph")
    return place is not None and place.get("type", "") in _TITLES


def _paragraphs(element: Element) -> Sequence[str]:
    texts = ("".join(run.text or "" for run in paragraph.iter("t")).strip() for paragraph in element.iter("p"))
    return [text for text in texts if text]


def _write_notes(composer: Composer, archive: Archive, name: str) -> None:
    relations = archive.content(name.replace("slides/", "slides/_rels/") + ".rels") or b""
    target = _NOTES_TARGET.search(relations.decode("utf-8", "replace"))
    notes = archive.xml(f"ppt/notesSlides/{target[1]}") if target else None
    for shape in () if notes is None else _shapes(notes):
        place = shape.find("nvSpPr/nvPr/ph")
        if place is not None and place.get("type") == "body" and (text := " ".join(_paragraphs(shape))):
            composer.paragraph(f"Notes: {text}")
