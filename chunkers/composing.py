"""Writing the canonical text of a document that is not text itself, and its blocks along with it."""

from collections.abc import Sequence

from chunkers.document import Block, ChunkKind, DocumentType, Parsed
from chunkers.outline import Outline
from chunkers.tables import Span, table_block

CELL_BORDER = " | "


class Composer:
    """Collects headings, paragraphs, list items and tables; blocks stand apart by an empty line."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._pages: list[int] = []
        self._outline = Outline()

    @property
    def path(self) -> tuple[str, ...]:
        """The headings open now."""
        return self._outline.path

    @property
    def has_text(self) -> bool:
        """Whether anything was added."""
        return bool(self._blocks)

    def page(self) -> None:
        """Start a page."""
        self._pages.append(self._length + (2 if self._length else 0))

    def heading(self, level: int, text: str) -> None:
        """Add a heading; level 1 is outermost."""
        if text := text.strip():
            path = self._outline.enter(level, text)
            self._write(text, ChunkKind.HEADING, path)

    def paragraph(self, text: str, kind: ChunkKind = ChunkKind.PROSE, context: str = "") -> None:
        """Add a paragraph or a piece of code; line breaks in it stay. context: as in `Block`."""
        if text := text.strip():
            self._write(text, kind, self.path)
            self._blocks[-1] = self._blocks[-1]._replace(context=context)
            if kind is ChunkKind.CODE:
                start = self._blocks[-1].start
                seams = tuple(start + at + 1 for at, mark in enumerate(text) if mark == "\n")
                self._blocks[-1] = self._blocks[-1]._replace(seams=seams)

    def items(self, texts: Sequence[str]) -> None:
        """Add a list, one item a line."""
        lines = [line for text in texts if (line := text.strip())]
        if lines:
            self._write("\n".join(lines), ChunkKind.LIST, self.path)
            start = self._blocks[-1].start
            seams = []
            for line in lines[:-1]:
                start += len(line) + 1
                seams.append(start)
            self._blocks[-1] = self._blocks[-1]._replace(seams=tuple(seams))

    def table(self, rows: Sequence[Sequence[str]], headers: int, continued: Sequence[str] = ()) -> None:
        """Add a table, one row a line; the first `headers` rows head it.

        continued: the header row of a table that began on the page before, which this one goes on with.
        """
        lines = [[" ".join(cell.split()) for cell in row] for row in rows]
        if not any(any(line) for line in lines):
            return
        spans: list[list[Span]] = []
        position = 0
        for line in lines:
            row: list[Span] = []
            for cell in line:
                row.append((position, position + len(cell)))
                position += len(cell) + len(CELL_BORDER)
            spans.append(row)
            position = row[-1][1] + 1 if row else position + 1
        text = "\n".join(CELL_BORDER.join(line) for line in lines)
        table = table_block(text, 0, len(text), spans, self.path, headers)
        if continued:
            names = dict(zip((f"column {number}" for number in range(1, len(continued) + 1)), continued, strict=True))
            cells = tuple(cell._replace(column=names.get(cell.column) or cell.column) for cell in table.cells)
            table = table._replace(cells=cells, context=CELL_BORDER.join(continued))
        self._write(text, ChunkKind.TABLE, self.path)
        self._blocks[-1] = _shifted(table, self._blocks[-1].start)

    def parsed(self, document_type: DocumentType, title: str = "", warnings: Sequence[str] = ()) -> Parsed:
        """Return what was collected. Raises UnreadableDocument (EMPTY) if that is nothing."""
        return Parsed(
            document_type, "".join(self._pieces), tuple(self._blocks), title, tuple(self._pages), tuple(warnings)
        )

    def _write(self, text: str, kind: ChunkKind, path: tuple[str, ...]) -> None:
        if self._pieces:
            self._pieces.append("\n\n")
            self._length += 2
        self._pieces.append(text)
        self._blocks.append(Block(self._length, self._length + len(text), kind, path))
        self._length += len(text)


def _shifted(block: Block, by: int) -> Block:
    return block._replace(
        start=block.start + by,
        end=block.end + by,
        seams=tuple(seam + by for seam in block.seams),
        cells=tuple(cell._replace(start=cell.start + by, end=cell.end + by) for cell in block.cells),
    )
