"""CSV and its relatives: rows with the header said again in every chunk; the text stays the source."""

import re
from collections.abc import Iterator, Sequence

from chunkers.decoding import decode
from chunkers.document import DocumentType, Parsed, cover, trim
from chunkers.tables import Span, header_rows, table_block

DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 20


def parse(data: bytes) -> Parsed:
    """Parse delimiter-separated values (RFC 4180 and its variants with ; tab and |); the text is the source, unchanged.

    Rows may differ in length; a quote that never closes is read as a character.
    Raises UnreadableDocument.
    """
    text, warnings = decode(data)
    rows = list(_rows(text, delimiter(text)))
    start, end = trim(text, 0, len(text))
    filled = [row for row in rows if any(first < last for first, last in row)]
    values = [[text[first:last] for first, last in row] for row in filled[:6]]
    table = table_block(text, start, end, filled, (), header_rows(values))
    return Parsed(DocumentType.CSV, text, cover(text, [table]), warnings=warnings)


def delimiter(text: str) -> str:
    """Return the delimiter that cuts the first rows into the most columns, most evenly; a comma if none does."""
    sample = text[:20_000]
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        widths = [len(row) for row, _ in zip(_rows(sample, candidate), range(_SAMPLE_ROWS), strict=False)]
        common = max(set(widths), key=widths.count, default=1)
        score = (common - 1) * widths.count(common) / max(1, len(widths))
        if score > best_score:
            best, best_score = candidate, score
    return best


def evenness(text: str) -> tuple[int, float]:
    """Return the commonest number of columns in the first rows, and the share of those rows that have it."""
    rows = _rows(text[:20_000], delimiter(text))
    widths = [len(row) for row, _ in zip(rows, range(_SAMPLE_ROWS), strict=False) if row]
    common = max(set(widths), key=widths.count, default=0)
    return common, widths.count(common) / max(1, len(widths))


def _rows(text: str, separator: str) -> Iterator[Sequence[Span]]:
    """Yield the cells' spans, quotes left out, row by row."""
    mark = re.escape(separator)
    cell = re.compile(
        rf'[^\S\r\n{mark}]*+(?:"(?P<quoted>(?:[^"]|"")*+)"[^\S\r\n{mark}]*+(?={mark}|\r|\n|\Z)|(?P<plain>[^{mark}\r\n]*+))'
        rf"(?P<after>{mark}|\r\n|\r|\n|\Z)"
    )
    row: list[Span] = []
    for match in cell.finditer(text):
        group = "plain" if match["quoted"] is None else "quoted"
        row.append(trim(text, *match.span(group)))
        if match["after"] != separator:
            yield row
            row = []
            if match.end() == len(text):
                return
