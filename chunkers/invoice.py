"""Invoices and forms: key-value pairs and line items as cells, and every chunk names the document it is from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chunkers.document import Block, Cell, ChunkKind, DocumentType, Parsed, cover, trim
from chunkers.tables import Span, header_rows, table_block

_PAIR = re.compile(
    r"[^\S\n]*+[*_|-]*+[^\S\n]*+(?P<key>[^\W\d_][^\n:|]{1,40}?)[*_]*[^\S\n]{0,20}:[*_]*[^\S\n]++(?P<value>\S[^\n]*)"
)
_COLUMN_GAP = re.compile(r"[^\S\n]{2,}|\t|[^\S\n]*\|[^\S\n]*")
_NAMING = re.compile(
    r"(?:invoice|receipt|order|quote|quotation|credit note|account|customer|client|policy|reference|form)"
    r"\s*(?:no|number|nr|id|#|date)?\.?$"
    r"|(?:bill(?:ed)? to|vendor|seller|supplier|from|buyer|name|date)$",
    re.IGNORECASE,
)
_MOST_NAMES = 3
_FEWEST_ROWS = 2


def arrange(parsed: Parsed) -> Parsed:
    """Return an invoice or form with runs of "key: value" lines as records and aligned lines as tables.

    A pair is a cell whose row is its key and whose column is "value". The text is unchanged.
    """
    text = parsed.text
    blocks = [part for block in parsed.blocks for part in _parts(text, block)]
    names = [
        f"{cell.row}: {text[cell.start : cell.end]}"
        for block in blocks
        if block.kind is ChunkKind.RECORD
        for cell in block.cells
        if _NAMING.match(cell.row)
    ]
    context = ", ".join(names[:_MOST_NAMES])
    named = (
        block._replace(context=block.context or ("" if _holds(text, block, names) else context)) for block in blocks
    )
    return replace(parsed, type=DocumentType.INVOICE, blocks=cover(text, named))


def _holds(text: str, block: Block, names: Sequence[str]) -> bool:
    return (
        bool(names) and names[0].partition(": ")[2] in text[block.start : block.end] and block.kind is ChunkKind.RECORD
    )


def _parts(text: str, block: Block) -> Iterator[Block]:
    """Yield the block, or if it is text, its runs of pairs, its tables and what is left."""
    if block.kind not in {ChunkKind.PROSE, ChunkKind.LIST}:
        yield block
        return
    run: list[Span] = []
    form = ""
    for line in _lines(text, block):
        found = _form(text, line)
        if run and found != form:
            yield _block(text, run, form, block)
            run = []
        form = found
        run.append(line)
    if run:
        yield _block(text, run, form, block)


def _lines(text: str, block: Block) -> Iterator[Span]:
    start = block.start
    while start < block.end:
        stop = text.find("\n", start, block.end)
        stop = block.end if stop < 0 else stop
        first, last = trim(text, start, stop)
        if first < last:
            yield first, last
        start = stop + 1


def _form(text: str, line: Span) -> str:
    if _PAIR.match(text, *line):
        return "pairs"
    return "rows" if len(_cells(text, line)) >= 3 else "prose"


def _cells(text: str, line: Span) -> list[Span]:
    start, end = line
    cells = []
    for gap in _COLUMN_GAP.finditer(text, start, end):
        if gap.start() > start:
            cells.append((start, gap.start()))
        start = gap.end()
    return [*cells, (start, end)] if start < end else cells


def _block(text: str, run: Sequence[Span], form: str, block: Block) -> Block:
    start, end, path = run[0][0], run[-1][1], block.heading_path
    if form == "rows" and len(run) >= _FEWEST_ROWS:
        rows = [_cells(text, line) for line in run]
        headers = header_rows([[text[first:last] for first, last in row] for row in rows[:6]])
        return table_block(text, start, end, rows, path, headers)
    seams = tuple(first for first, _ in run[1:])
    if form == "pairs":
        pairs = (_PAIR.match(text, *line) for line in run)
        cells = tuple(Cell(_key(pair["key"]), "value", *trim(text, *pair.span("value"))) for pair in pairs if pair)
        return Block(start, end, ChunkKind.RECORD, path, seams=seams, cells=cells)
    return Block(start, end, block.kind, path, seams=seams)


def _key(words: str) -> str:
    return " ".join(words.strip("*_ ").split())
