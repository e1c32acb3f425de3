import io
from pathlib import Path

import pytest

from tests.server.commands.runs import Run

TEXT = "# Leave\n\nEmployees have 28 days of paid leave — more for parents.\n\n# Travel\n\nTrains are booked in second class.\n"


@pytest.fixture
def document(connected: Run, tmp_path: Path) -> str:
    """The id of a document in the collection "documents"."""
    (tmp_path / "leave.md").write_text(TEXT, encoding="utf-8")
    assert connected("ingest", tmp_path, "-c", "documents").code == 0
    return "leave.md"


def test_the_list_has_a_line_for_each_document(connected: Run, document: str) -> None:
    """A line that grep can find."""
    assert f"documents  {document}  version 1, markdown, " in connected("documents", "list", "-c", "documents").out


def test_a_document_is_shown_with_text_and_chunks_on_request(connected: Run, document: str) -> None:
    """Every chunk is the document's text at its byte offsets."""
    shown = connected("documents", "show", "documents", document, "--text", "--chunks", "--json").json
    raw = shown["text"].encode()
    spans = [(int(chunk["span"]["start"]), int(chunk["span"]["end"]), chunk["text"]) for chunk in shown["chunks"]]
    assert spans
    assert all(raw[start:end].decode() == text for start, end, text in spans)


def test_people_read_what_is_known_and_nothing_else(connected: Run, document: str) -> None:
    """Empty fields take no line."""
    out = connected("documents", "show", "documents", document, "--chunks").out
    assert "28 days of paid leave — more for parents" in out
    assert "region" not in out


def test_a_deleted_document_is_gone(connected: Run, document: str) -> None:
    """What was not there is said, and is no error: deleting is idempotent."""
    assert connected("documents", "delete", "documents", document, "other", "--yes").out == (
        f"{document}: deleted\nother: was not there\n"
    )
    ran = connected("documents", "show", "documents", document)
    assert ran.code == 1
    assert "NOT_FOUND" in ran.err


def test_deleting_is_asked_back(connected: Run, document: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is no."""
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert connected("documents", "delete", "documents", document).code == 1
    assert connected("documents", "show", "documents", document).code == 0


def test_a_preview_stores_nothing(connected: Run, tmp_path: Path) -> None:
    """The chunks are shown, and the list stays as it was."""
    (tmp_path / "leave.md").write_text(TEXT, encoding="utf-8")
    before = connected("documents", "list", "--json").json["documents"]
    out = connected("preview", tmp_path / "leave.md", "--max-tokens", "32").out
    assert "Trains are booked in second class." in out
    assert "markdown (confidence" in out
    assert connected("documents", "list", "--json").json["documents"] == before


def test_a_preview_of_what_cannot_be_read_says_why(connected: Run, tmp_path: Path) -> None:
    """The server's reason, in a line."""
    (tmp_path / "packed.gz").write_bytes(b"\x1f\x8b\x08\x00rest")
    ran = connected("preview", tmp_path / "packed.gz")
    assert ran.code == 1
    assert "gzip" in ran.err
