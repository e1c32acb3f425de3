"""Small PDF files, written by hand: lines of text at given places, and ruled tables."""

from collections.abc import Sequence
from typing import NamedTuple

_HEIGHT = 792


class Line(NamedTuple):
    """A line of text in Helvetica; x and y in points from the lower left corner, as in the PDF specification."""

    x: float
    y: float
    text: str
    size: float = 11


def pdf(pages: Sequence[str]) -> bytes:
    """Return a PDF file of the pages' content streams, in US Letter."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, stream in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 {_HEIGHT}] /Contents {5 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
    return _assembled(objects)


def page(lines: Sequence[Line]) -> str:
    """Return the content stream of a page of text."""
    return "\n".join(f"BT /F1 {line.size} Tf {line.x} {line.y} Td ({_escaped(line.text)}) Tj ET" for line in lines)


def text_page(*texts: str) -> str:
    """Return a page of lines one below the other, each a paragraph of its own."""
    return page([Line(72, _HEIGHT - 100 - 30 * at, text) for at, text in enumerate(texts)])


def table_page(rows: Sequence[Sequence[str]], top: float = 600) -> str:
    """Return a page with a table whose cells have borders, 120 points wide and 20 high."""
    wide, tall = 120, 20
    borders, lines = [], []
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            x, y = 72 + wide * column, top - tall * (at + 1)
            borders.append(f"{x} {y} {wide} {tall} re S")
            lines.append(Line(x + 4, y + 6, text, 10))
    return "\n".join([*borders, page(lines)])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _assembled(objects: Sequence[str]) -> bytes:
    body = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    trailer = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
        f"<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    )
    return body + trailer.encode()
