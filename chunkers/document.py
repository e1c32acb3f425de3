"""A parsed document: its canonical text, and the blocks that a chunker must not tear apart without need."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from chunkers.errors import Unreadable, UnreadableDocument


class DocumentType(StrEnum):
    """How a document is laid out: either a file format or a genre that several formats can carry."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    CONTRACT = "contract"
    POLICY = "policy"
    FAQ = "faq"
    CODE = "code"
    CHAT = "chat"
    EMAIL = "email"
    INVOICE = "invoice"
    SLIDES = "slides"


class ChunkKind(StrEnum):
    """What a block or chunk consists of."""

    PROSE = "prose"
    HEADING = "heading"
    TABLE = "table"
    CODE = "code"
    LIST = "list"
    TURN = "turn"
    CLAUSE = "clause"
    RECORD = "record"
    QUOTE = "quote"
    SIGNATURE = "signature"


class Cell(NamedTuple):
    """A table cell: the keys a reader would name it by, and its span in the document's text."""

    row: str
    column: str
    start: int
    end: int


class Block(NamedTuple):
    """A span of the text that belongs together, and the context it is read in.

    start, end: character offsets into the text, half open.
    heading_path: the headings above, outermost first; a HEADING's own text is its path's last element.
    context: said of every chunk cut from the block (the defined term that a clause relies on).
    header: said of every chunk but the first (a table's header row, a turn's speaker).
    seams: offsets inside the block where a cut does least harm (the start of a row, an item, a method).
    alone: the block shares its chunks with no other block.
    titled: the block's own text says its path's last element, as a clause its number and a function its signature.
    """

    start: int
    end: int
    kind: ChunkKind = ChunkKind.PROSE
    heading_path: tuple[str, ...] = ()
    context: str = ""
    header: str = ""
    seams: tuple[int, ...] = ()
    cells: tuple[Cell, ...] = ()
    alone: bool = False
    titled: bool = False

    @property
    def opens_section(self) -> bool:
        """Whether the block's own text says its path's last element."""
        return bool(self.heading_path) and (self.titled or self.kind is ChunkKind.HEADING)


@dataclass(frozen=True)
class Parsed:
    """A document as text and blocks.

    text: the canonical text; every span of the document's chunks points into it.
    blocks: in reading order, disjoint; together they hold every non-blank character of `text`.
    pages: the offset at which each page, slide or sheet starts; empty if the type has no pages.
    warnings: what was read with a doubt (a guessed encoding, an unreadable table), one sentence each.

    Raises ValueError if the blocks overlap or miss text: a parser's mistake, never the document's.
    """

    type: DocumentType
    text: str
    blocks: tuple[Block, ...]
    title: str = ""
    pages: tuple[int, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.text or self.text.isspace():
            raise UnreadableDocument(Unreadable.EMPTY, f"the {self.type} document holds no text but white space")
        position = 0
        for block in self.blocks:
            if not position <= block.start < block.end <= len(self.text):
                raise ValueError(f"block {block.start}..{block.end} overlaps the text before {position}, or is empty")
            if _has_text(self.text, position, block.start):
                raise ValueError(f"no block holds the text at {position}..{block.start}")
            position = block.end
        if _has_text(self.text, position, len(self.text)):
            raise ValueError(f"no block holds the text at {position}..{len(self.text)}")

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the text in UTF-8, as 64 hexadecimal digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def _has_text(text: str, start: int, end: int) -> bool:
    return start < end and not text[start:end].isspace()


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without the white space at its ends; an all-blank span comes back empty."""
    if start < end and not (text[start].isspace() or text[end - 1].isspace()):
        return start, end
    piece = text[start:end].rstrip()
    end = start + len(piece)
    return end - len(piece.lstrip()), end


def cover(text: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return the blocks, trimmed, with the text that none of them holds as prose blocks in between.

    Blocks come in order and do not overlap. A gap takes over the heading path of the block before it.
    """
    return tuple(_covering(text, blocks))


def _covering(text: str, blocks: Iterable[Block]) -> Iterator[Block]:
    position = 0
    path: tuple[str, ...] = ()
    for block in blocks:
        if _has_text(text, position, block.start):
            yield Block(*trim(text, position, block.start), heading_path=path)
        position, path = block.end, block.heading_path
        yield block
    if _has_text(text, position, len(text)):
        yield Block(*trim(text, position, len(text)), heading_path=path)
