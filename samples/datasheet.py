"""Write the sample datasheet, corpus/products/brisel-2-datasheet.pdf.

A PDF of text and ruled tables needs little: one content stream a page and the built-in Helvetica. So the file is
written here by hand (ISO 32000-1, sections 7.5 and 9) and comes out the same, byte for byte, on every machine.
Run it after an edit:

    python samples/datasheet.py
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).parent / "corpus" / "products" / "brisel-2-datasheet.pdf"

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 595, 842, 56  # A4 in points
TEXT_SIZE, LINE_HEIGHT, ROW_HEIGHT = 10, 15, 20
CHARACTERS_PER_LINE = 92  # of Helvetica at TEXT_SIZE, with room to spare between the margins


@dataclass(frozen=True)
class Heading:
    """A line in bold type, `size` in points."""

    text: str
    size: int


@dataclass(frozen=True)
class Paragraph:
    """Running text, broken into lines as it is set."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of cells, the first row being the header; `widths` in points."""

    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Table

PAGES: tuple[tuple[Block, ...], ...] = (
    (
        Heading("Brisel 2 portable air purifier", 18),
        Paragraph("Technical datasheet, edition 3, July 2026"),
        Heading("Overview", 13),
        Paragraph(
            "The Brisel 2 is a cordless air purifier for rooms of up to 32 m². It combines a pre-filter, a particle "
            "filter and 380 g of activated carbon in one cartridge. It has no ioniser."
        ),
        Heading("Dimensions and weight", 13),
        Table(
            (240, 240),
            (
                ("Property", "Value"),
                ("Height", "340 mm"),
                ("Diameter", "190 mm"),
                ("Weight with filter", "2.4 kg"),
                ("Weight of the filter", "0.6 kg"),
                ("Length of the cable", "1.8 m"),
            ),
        ),
        Heading("Materials", 13),
        Paragraph("The housing consists of 70 % recycled ABS. The cartridge frame is made of cardboard."),
    ),
    (
        Heading("Electrical data", 13),
        Table(
            (240, 240),
            (
                ("Property", "Value"),
                ("Input", "20 V, 2.25 A over USB-C"),
                ("Highest power while charging", "45 W"),
                ("Fan power on High", "26 W"),
                ("Standby power", "0.8 W"),
                ("Battery capacity", "72 Wh"),
                ("Charging cycles to 80 % capacity", "800"),
            ),
        ),
        Heading("Operating conditions", 13),
        Paragraph(
            "The appliance works between 5 °C and 40 °C and at a relative humidity of 20 % to 80 %. "
            "It may be stored between -10 °C and 50 °C."
        ),
        Heading("Radio", 13),
        Paragraph("Wi-Fi at 2.4 GHz with a transmitting power of at most 100 mW. There is no Bluetooth radio."),
    ),
)


def show_text(text: str, x: float, y: float, font: str, size: int) -> str:
    """Return the operators that show one line of text with its baseline at (x, y)."""
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return f"BT /{font} {size} Tf {x} {y} Td ({escaped}) Tj ET"


def draw_table(table: Table, top: float) -> Iterator[str]:
    """Yield the operators for a ruled table whose upper edge is at `top`."""
    for index, row in enumerate(table.rows):
        x, y = MARGIN, top - (index + 1) * ROW_HEIGHT
        for cell, width in zip(row, table.widths, strict=True):
            yield f"{x} {y} {width} {ROW_HEIGHT} re S"
            yield show_text(cell, x + 5, y + 6, "Bold" if index == 0 else "Text", TEXT_SIZE)
            x += width


def draw_page(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Yield the operators of one page, its blocks set from the top down."""
    y = PAGE_HEIGHT - MARGIN
    for block in blocks:
        match block:
            case Heading(text, size):
                y -= 2 * size
                yield show_text(text, MARGIN, y, "Bold", size)
                y -= size
            case Paragraph(text):
                for line in textwrap.wrap(text, CHARACTERS_PER_LINE):
                    y -= LINE_HEIGHT
                    yield show_text(line, MARGIN, y, "Text", TEXT_SIZE)
            case Table(_, rows):
                yield from draw_table(block, y)
                y -= len(rows) * ROW_HEIGHT


def font(name: str) -> str:
    """Return the dictionary of one of the fonts that every PDF reader brings along."""
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"


def page_objects(number: int, blocks: tuple[Block, ...]) -> tuple[str, str]:
    """Return the page object `number` and the content stream that follows it."""
    content = "\n".join(draw_page(blocks))
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] "
        f"/Resources << /Font << /Text 3 0 R /Bold 4 0 R >> >> /Contents {number + 1} 0 R >>"
    )
    return page, f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream"


def render(pages: tuple[tuple[Block, ...], ...] = PAGES) -> bytes:
    """Return the PDF file: catalogue, page tree, two fonts, the pages, and the table of object offsets."""
    numbers = range(5, 5 + 2 * len(pages), 2)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        font("Helvetica"),
        font("Helvetica-Bold"),
    ]
    for number, blocks in zip(numbers, pages, strict=True):
        objects.extend(page_objects(number, blocks))
    objects.append("<< /Title (Brisel 2 portable air purifier: technical datasheet) >>")

    file = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(file))
        file += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    xref = len(file)
    file += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    file += "".join(f"{offset:010} 00000 n \n" for offset in offsets).encode()
    file += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\n".encode()
    file += f"startxref\n{xref}\n%%EOF\n".encode()
    return bytes(file)


if __name__ == "__main__":
    TARGET.write_bytes(render())
