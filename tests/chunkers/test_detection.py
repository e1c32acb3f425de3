"""Detection: the type from the content, with the file name as a hint."""

import pytest

from chunkers import DocumentType, UnsupportedType, detect, parse
from tests.chunkers.office_files import archive, docx, paragraph, pptx, xlsx
from tests.chunkers.pdf_files import pdf, text_page

CONTRACT = "Service Agreement\n\n" + "\n".join(
    f"{number}. The party of the first part shall indemnify the other party under this agreement."
    for number in range(1, 9)
)
CONTENT = {
    DocumentType.PDF: pdf([text_page("x")]),
    DocumentType.DOCX: docx(paragraph("x")),
    DocumentType.XLSX: xlsx({"Sheet": [["a"]]}),
    DocumentType.SLIDES: pptx([("a", [])]),
    DocumentType.JSON: b'{"a": [1, 2]}',
    DocumentType.HTML: b"<!DOCTYPE html><p>x",
    DocumentType.EMAIL: b"From: a@b.example\nTo: c@d.example\nSubject: x\n\nHello",
    DocumentType.CSV: b"item,price,count\nbolt,0.10,7\nnut,0.20,9\ncog,3,1\n",
    DocumentType.MARKDOWN: b"# Pump\n\nKeep **dry**.\n",
    DocumentType.CONTRACT: CONTRACT.encode(),
    DocumentType.POLICY: b"Travel policy\n\n" + b"Employees book trains first. " * 20,
    DocumentType.FAQ: b"FAQ\n\nIs it free?\n\nYes.\n\nIs it good?\n\nYes.\n\nIs it here?\n\nNo.\n",
    DocumentType.CODE: b"import os\n\ndef f(x):\n    return x\n\ndef g(x):\n    return x\n",
    DocumentType.CHAT: b"[10:00] <ann> hi\n[10:01] <bob> hello\n[10:02] <ann> bye\n[10:03] <bob> bye\n",
    DocumentType.INVOICE: b"Invoice\n\nInvoice number: 17\nDue date: 1 May 2026\n\nSubtotal: 9.00\nVAT: 1.00\nTotal due: 10.00\n",
    DocumentType.TEXT: b"It rained all day, and nobody came.",
}


@pytest.mark.parametrize("kind", CONTENT)
def test_content_tells_the_type(kind: DocumentType) -> None:
    """Every type is found without a file name, with a confidence and a reason."""
    detection = detect(CONTENT[kind])

    assert detection.type is kind
    assert 0 < detection.confidence <= 1
    assert detection.why


def test_content_outweighs_the_file_name() -> None:
    """A PDF called .txt is a PDF."""
    assert detect(CONTENT[DocumentType.PDF], "notes.txt").type is DocumentType.PDF


def test_file_name_settles_what_content_leaves_open() -> None:
    """A text that could be anything is Markdown if it is called so."""
    assert detect(b"Just a line.", "notes.md").type is DocumentType.MARKDOWN


def test_declared_type_overrules_detection() -> None:
    """What the caller says is taken."""
    assert parse(CONTENT[DocumentType.CHAT], DocumentType.TEXT).type is DocumentType.TEXT


@pytest.mark.parametrize(("data", "name"), [(b"\x89PNG\r\n", "PNG"), (archive({"a.txt": "x"}), "ZIP")])
def test_what_no_chunker_reads_is_named(data: bytes, name: str) -> None:
    """Pictures and plain archives are refused by name, with what to send instead."""
    with pytest.raises(UnsupportedType, match=name):
        detect(data)


@pytest.mark.parametrize("filler", ["\n", "\n ", "[", "(", "; ", "# ", "**a", "def a("])
def test_monotonous_text_is_detected_in_linear_time(filler: str) -> None:
    """Input made to send a pattern back and forth is answered; a pattern that backtracks would never get here."""
    assert detect(("x " + filler * 15_000).encode()).confidence > 0
