from collections.abc import Iterator

import pytest

from chunkers import UnreadableDocument, parse
from chunkers.errors import UnsupportedType
from chunkers.isolation import ReaderProcesses
from tests.chunkers.office_files import archive
from tests.chunkers.pdf_files import pdf, table_page, text_page


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderProcesses]:
    """One process for all the tests of this module."""
    with ReaderProcesses(1) as opened:
        yield opened


@pytest.mark.parametrize(
    "data",
    [
        pdf([text_page("Otters swim."), table_page([["Name", "Age"], ["Ana", "7"], ["Ben", "9"]])]),
        b"# Otters\n\nThey swim.",
    ],
)
def test_the_document_is_the_same_as_without_a_process(readers: ReaderProcesses, data: bytes) -> None:
    """Blocks, cells, pages and warnings come back as they were."""
    assert readers.parse(data) == parse(data)


@pytest.mark.parametrize(
    ("data", "reason"), [(b"%PDF-1.7 and no more", "TRUNCATED"), (archive({"word/document.xml": "<a>"}), "MALFORMED")]
)
def test_a_refusal_keeps_its_reason(readers: ReaderProcesses, data: bytes, reason: str) -> None:
    """And its message."""
    with pytest.raises(UnreadableDocument) as refusal:
        readers.parse(data)
    assert refusal.value.reason == reason
    assert str(refusal.value)


def test_an_unknown_archive_is_unsupported(readers: ReaderProcesses) -> None:
    """The error class survives the way."""
    with pytest.raises(UnsupportedType):
        readers.parse(archive({"a.bin": "x"}))


def test_a_document_that_takes_too_long_is_refused_and_the_next_is_read() -> None:
    """The process ends, and another one takes its place."""
    with ReaderProcesses(1, seconds=0.001) as hasty:
        with pytest.raises(UnreadableDocument) as refusal:
            hasty.parse(pdf([text_page("Otters swim.")] * 400))
        assert refusal.value.reason == "TOO_SLOW"
        assert hasty.parse(b"Otters swim.").text == "Otters swim."
