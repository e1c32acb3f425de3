"""Tables as blocks: the header row said again with every slice, and each cell named by its row and column."""

import re
from collections.abc import Sequence

from chunkers.document import Block, Cell, ChunkKind

Span = tuple[int, int]

_NUMERIC = re.compile(r"[-+(]?[^\w\s]?\d[\d.,:/%\s-]*[^\w\s]?\)?$")
_CAPTION = re.compile(r"(?:table|exhibit|schedule|annex)\s+\w+", re.IGNORECASE)
_LONGEST_CAPTION = 240


def table_block(
    text: str, start: int, end: int, rows: Sequence[Sequence[Span]], path: tuple[str, ...], headers: int
) -> Block:
    """Return a table that lies at start..end of the text.

    rows: the cells' spans, row by row, header rows first; rows may differ in length. headers: how many head the table.
    A cell's column key is its header, several header rows joined by a space, or "column 3"; its row key is the text of
    the row's first cell, or "row 3" (counted from 1, header rows apart). Empty cells are left out.
    """
    head, body = rows[:headers], rows[headers:]
    columns = _column_keys(text, head, max((len(row) for row in rows), default=0))
    return Block(
        start,
        end,
        ChunkKind.TABLE,
        path,
        header=text[start : _line_end(text, head[-1][-1][1], end)].strip() if head else "",
        seams=tuple(seam for row in body if row and (seam := _line_start(text, start, row[0][0])) > start),
        cells=tuple(cell for number, row in enumerate(body, 1) for cell in _cells(text, row, number, columns)),
        alone=True,
    )


def header_rows(rows: Sequence[Sequence[str]]) -> int:
    """Return how many of a table's first rows read as its header: titles first, then names without figures.

    rows: the first few rows are enough. At least one row is left as the table's body.
    """
    titles = 0
    while titles < len(rows) - 2 and len(_filled(rows[titles])) == 1 and len(rows[titles]) > 1:
        titles += 1
    names = _filled(rows[titles]) if len(rows) > titles + 1 else []
    if not _names(names) or len(names) * 2 < len(rows[titles]) or len(set(names)) < len(names) / 2:
        return 0
    count = titles + 1
    while count < len(rows) - 1 and _goes_on(rows[count - 1], rows[count]):
        count += 1
    return count


def _goes_on(above: Sequence[str], row: Sequence[str]) -> bool:
    """Tell whether a row below a header row is one too: it names what the row above left open."""
    names = _filled(row)
    return _names(names) and not row[0].strip() and len(names) > 1 and len(names) >= len(_filled(above)) / 2


def _names(cells: Sequence[str]) -> bool:
    return bool(cells) and not any(_NUMERIC.match(cell) for cell in cells)


def _filled(row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in row if cell.strip()]


def captioned(text: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks, each table with its caption as context, and each list with its lead-in as header."""
    result = list(blocks)
    for index in range(1, len(result)):
        block, before = result[index], result[index - 1]
        if before.kind is ChunkKind.PROSE and before.end - before.start <= _LONGEST_CAPTION:
            line = " ".join(text[before.start : before.end].split())
            if block.kind is ChunkKind.TABLE and (line.endswith(":") or _CAPTION.match(line)):
                result[index] = block._replace(context=block.context or line)
            elif block.kind is ChunkKind.LIST and line.endswith(":"):
                result[index] = block._replace(header=block.header or line)
    return tuple(result)


def _line_start(text: str, start: int, offset: int) -> int:
    return max(start, text.rfind("\n", start, offset) + 1, text.rfind("\r", start, offset) + 1)


def _line_end(text: str, offset: int, end: int) -> int:
    stops = [stop for mark in "\r\n" if (stop := text.find(mark, offset, end)) >= 0]
    return min(stops, default=end)


def _column_keys(text: str, head: Sequence[Sequence[Span]], width: int) -> list[str]:
    keys = []
    naming = [row for row in head if len(row) < 2 or sum(start < end for start, end in row) > 1]
    for column in range(width):
        named = [text[slice(*row[column])].strip() for row in naming if column < len(row)]
        distinct = dict.fromkeys(name for name in named if name)
        keys.append(" ".join(" ".join(distinct).split()) or f"column {column + 1}")
    return keys


def _cells(text: str, row: Sequence[Span], number: int, columns: Sequence[str]) -> list[Cell]:
    if not row:
        return []
    key = " ".join(text[slice(*row[0])].split()) or f"row {number}"
    return [Cell(key, columns[index], start, end) for index, (start, end) in enumerate(row) if start < end]
