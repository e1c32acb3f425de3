"""Small DOCX, XLSX and PPTX files, written by hand so that each test shows the XML it is about."""

from collections.abc import Mapping, Sequence
from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_DRAWING = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)


def archive(entries: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP archive of the entries."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return buffer.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    """Return a Word paragraph."""
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def heading(level: int, text: str) -> str:
    """Return a Word paragraph with an outline level, which makes it a heading."""
    return paragraph(text, f'<w:outlineLvl w:val="{level - 1}"/>')


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return a Word table."""
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def docx(*elements: str, **parts: str) -> bytes:
    """Return a DOCX file with the elements as its body, and further parts of `word/` by name."""
    body = f"<w:document {_WORD}><w:body>{''.join(elements)}</w:body></w:document>"
    further = {f"word/{name}.xml": f"<w:{name} {_WORD}>{content}</w:{name}>" for name, content in parts.items()}
    return archive({"word/document.xml": body, **further})


def xlsx(sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> bytes:
    """Return an XLSX file with the sheets' rows from cell A1 on, at most 26 columns."""
    names = "".join(f'<sheet name="{escape(name)}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(sheets, 1))
    targets = "".join(
        f'<Relationship Id="r{at}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    entries = {
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": f'<workbook {_SHEET} xmlns:r="{_RELATIONS}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (f'<Relationships xmlns="{_PACKAGE}">{targets}</Relationships>'),
    }
    for at, rows in enumerate(sheets.values(), 1):
        lines = "".join(
            f'<row r="{number}">{"".join(_cell(number, column, value) for column, value in enumerate(row))}</row>'
            for number, row in enumerate(rows, 1)
        )
        entries[f"xl/worksheets/sheet{at}.xml"] = f"<worksheet {_SHEET}><sheetData>{lines}</sheetData></worksheet>"
    return archive(entries)


def _cell(row: int, column: int, value: str | float) -> str:
    place = f"{chr(ord('A') + column)}{row}"
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def pptx(slides: Sequence[tuple[str, Sequence[str]]]) -> bytes:
    """Return a PPTX file; a slide is its title and its bullet points."""
    entries = {}
    for at, (title, points) in enumerate(slides, 1):
        shapes = _shape("title", [title]) + _shape("body", points)
        entries[f"ppt/slides/slide{at}.xml"] = (
            f"<p:sld {_DRAWING}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        )
    return archive(entries)


def _shape(place: str, paragraphs: Sequence[str]) -> str:
    texts = "".join(f"<a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>" for text in paragraphs)
    return f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{place}"/></p:nvPr></p:nvSpPr><p:txBody>{texts}</p:txBody></p:sp>'
