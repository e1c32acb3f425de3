"""From a parsed document to chunks that a retriever can index, cite and expand."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from chunkers.document import Block, Cell, ChunkKind, Parsed
from chunkers.limits import ChunkLimits, TokenCounter
from chunkers.packing import Gauge, Slice, embedding_text, pack


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of a document: an exact slice of its text, and what a reader needs around it.

    id: 32 hexadecimal digits, the same for the same text, span and kind.
    ordinal: position among the document's chunks, from 0; the neighbours are `ordinal - 1` and `ordinal + 1`.
    start, end: character offsets into the document's text, half open.
    context_prefix: headings, table header or defined terms; embedded and counted, but not part of the text.
    tokens: of the prefix and the text together, never more than the limit.
    page: from 1, where the chunk starts; None if the type has no pages.
    line_start, line_end: from 1, both inclusive.
    parent: ordinal of the chunk that opens the enclosing section; None at the top.
    cells: the table cells that start in the chunk.
    """

    id: str
    ordinal: int
    start: int
    end: int
    text: str
    kind: ChunkKind
    heading_path: tuple[str, ...]
    context_prefix: str
    tokens: int
    page: int | None
    line_start: int
    line_end: int
    parent: int | None
    cells: tuple[Cell, ...] = ()

    @property
    def embedding_text(self) -> str:
        """The prefix and the text as one string, as embedded and counted."""
        return embedding_text(self.context_prefix, self.text)


def chunk(parsed: Parsed, limits: ChunkLimits, count_tokens: TokenCounter) -> tuple[Chunk, ...]:
    """Cut a document into chunks of at most `limits.max_tokens` tokens.

    Time and memory grow linearly with the text. Every non-blank character is in some chunk; chunks come in the order
    of their start. Raises InvalidLimits if a single character takes more than the limit.
    """
    return tuple(_chunks(parsed, Gauge(count_tokens, limits)))


def _chunks(parsed: Parsed, gauge: Gauge) -> Iterator[Chunk]:
    lines = _Lines(parsed.text)
    outline = _Outline()
    ordinal = 0
    for section in _sections(parsed.blocks):
        path = section[-1].heading_path
        block_starts = [block.start for block in section]
        cell_starts = [cell.start for block in section for cell in block.cells]
        cells = [cell for block in section for cell in block.cells]
        for piece in pack(parsed.text, section, _breadcrumbs(parsed.title, section[0]), gauge):
            kind = _kind(section, block_starts, piece)
            line_start, line_end = lines.span(piece.start, piece.end)
            yield Chunk(
                id=_chunk_id(parsed.content_hash, piece, kind),
                ordinal=ordinal,
                start=piece.start,
                end=piece.end,
                text=parsed.text[piece.start : piece.end],
                kind=kind,
                heading_path=path,
                context_prefix=piece.prefix,
                tokens=piece.tokens,
                page=bisect_right(parsed.pages, piece.start) or 1 if parsed.pages else None,
                line_start=line_start,
                line_end=line_end,
                parent=outline.parent(path, ordinal, piece),
                cells=tuple(cells[bisect_left(cell_starts, piece.start) : bisect_left(cell_starts, piece.end)]),
            )
            ordinal += 1


def _sections(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield runs of blocks that may share chunks: one heading path and context; headings join what follows.

    A heading that the next one of its level follows at once, as on a title page, is no chunk of its own either.
    """
    section: list[Block] = []
    for block in blocks:
        if section and not _joins(section, block):
            yield section
            section = []
        section.append(block)
    if section:
        yield section


def _joins(section: list[Block], block: Block) -> bool:
    last = section[-1]
    if last.kind is ChunkKind.HEADING:
        if block.kind is ChunkKind.HEADING:
            above = last.heading_path[:-1]
            return block.heading_path[: len(above)] == above and len(block.heading_path) > len(above)
        return block.heading_path[: len(last.heading_path)] == last.heading_path
    if block.kind is ChunkKind.HEADING or block.alone or last.alone:
        return False
    return block.heading_path == last.heading_path and block.context == last.context


def _breadcrumbs(title: str, first: Block) -> str:
    above = first.heading_path[:-1] if first.opens_section else first.heading_path
    titled = (title, *above) if title and title not in first.heading_path[:1] else above
    return " > ".join(part for part in titled if part)


def _kind(section: Sequence[Block], block_starts: Sequence[int], piece: Slice) -> ChunkKind:
    """Return the kind that most of the slice consists of, headings apart."""
    blocks = section[max(0, bisect_right(block_starts, piece.start) - 1) : bisect_left(block_starts, piece.end)]
    if len(blocks) == 1:
        return blocks[0].kind
    size: dict[ChunkKind, int] = {}
    for block in blocks:
        if block.kind is not ChunkKind.HEADING:
            shared = min(block.end, piece.end) - max(block.start, piece.start)
            size[block.kind] = size.get(block.kind, 0) + shared
    return max(size, key=size.__getitem__, default=ChunkKind.HEADING)


def _chunk_id(content_hash: str, piece: Slice, kind: ChunkKind) -> str:
    return blake2b(f"{content_hash}:{piece.start}:{piece.end}:{kind}".encode(), digest_size=16).hexdigest()


class _Lines:
    """Line numbers of spans whose starts only grow, in one pass over the text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        self._line += self._text.count("\n", self._offset, start)
        self._offset = start
        return self._line, self._line + self._text.count("\n", start, end)


class _Outline:
    """Which chunk opened each of the sections that are open now."""

    def __init__(self) -> None:
        self._path: list[tuple[str, int]] = []

    def parent(self, path: tuple[str, ...], ordinal: int, piece: Slice) -> int | None:
        """Return the ordinal of the chunk that opened the innermost enclosing section, and note this one."""
        opens = piece.block.kind is ChunkKind.HEADING and piece.start == piece.block.start
        known = len(piece.block.heading_path) - 1 if opens else len(path)
        depth = 0
        while depth < min(known, len(self._path)) and self._path[depth][0] == path[depth]:
            depth += 1
        del self._path[depth:]
        self._path.extend((heading, ordinal) for heading in path[depth:])
        above = [opened for _, opened in self._path if opened < ordinal]
        return above[-1] if above else None
