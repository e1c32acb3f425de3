import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pdfplumber
import pytest
import yaml
from selectolax.lexbor import LexborHTMLParser

SAMPLES = Path(__file__).parents[2] / "samples"

Entry = dict[str, Any]


def docx_text(path: Path) -> str:
    """The paragraphs of a DOCX file, then its table cells."""
    document = docx.Document(str(path))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def html_text(path: Path) -> str:
    """The text of a page without its navigation and footer."""
    main = LexborHTMLParser(path.read_text(encoding="utf-8")).css_first("main")
    assert main is not None
    return main.text(separator=" ")


def pdf_text(path: Path) -> str:
    """The text of all pages of a PDF file."""
    with pdfplumber.open(path) as document:
        return "\n".join(page.extract_text() for page in document.pages)


EXTRACTORS: dict[str, Callable[[Path], str]] = {".docx": docx_text, ".html": html_text, ".pdf": pdf_text}


@pytest.fixture(scope="session")
def manifest() -> Entry:
    """The manifest as YAML reads it."""
    content: Entry = yaml.safe_load((SAMPLES / "manifest.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="session")
def documents(manifest: Entry) -> dict[str, Entry]:
    """The entries of the manifest by document id, defaults filled in."""
    return {entry["document_id"]: manifest["defaults"] | entry for entry in manifest["documents"]}


@pytest.fixture(scope="session")
def cases() -> list[Entry]:
    """The golden cases in file order."""
    return [json.loads(line) for line in (SAMPLES / "golden.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def texts(documents: dict[str, Entry]) -> dict[str, str]:
    """The text of every document by id: the source where the source is text, else the extracted text on one line."""
    found = {}
    for document_id, entry in documents.items():
        path = SAMPLES / entry["path"]
        if path.suffix in EXTRACTORS:
            found[document_id] = re.sub(r"\s+", " ", EXTRACTORS[path.suffix](path))
        else:
            found[document_id] = path.read_text(encoding="utf-8")
    return found
