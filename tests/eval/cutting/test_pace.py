"""Pace: every choice on the same documents, and none on what one of them cannot cut."""

from __future__ import annotations

from pathlib import Path

from chunkers import DocumentType, parse
from eval.chunking.choices import choices_in
from eval.cutting.pace import Pace, Source, measure, read_sources
from tests.chunkers.counting import count_tokens


def source(text: str, kind: DocumentType) -> Source:
    """A document that was read."""
    return Source(text.encode(), "notes.txt", parse(text.encode(), kind))


def test_each_type_is_measured_with_every_choice() -> None:
    """Two types, two choices; what is read from the text itself has its reading measured, a page has not."""
    sources = [
        source("One fee is due. " * 40, DocumentType.TEXT),
        source("<p>One fee is due.</p>" * 40, DocumentType.HTML),
    ]

    page, text = measure(sources, choices_in("service:40/0,recursive:40/0"), 2, lambda: count_tokens, lambda _: None)

    assert (page.type, text.type) == ("html", "text")
    assert set(text.cutting) == {"service 40/0", "recursive 40/0"}
    assert page.reading == [0, 0]
    assert min(text.reading) > 0


def test_ratio_counts_reading_against_the_first() -> None:
    """Three times as fast at cutting is twice as fast when reading takes half as long; a slow round changes nothing."""
    pace = Pace("text", 1, 0, 1.0, reading=[0.5, 2.5, 0.5], cutting={"ours": [1, 5, 1], "theirs": [3, 15, 3]})

    assert pace.ratio("ours", "theirs", with_reading=False) == 3.0
    assert pace.ratio("ours", "theirs", with_reading=True) == 2.0


def test_document_that_a_choice_fails_on_is_left_out_for_all() -> None:
    """A counter that refuses a word fails both choices; the type without documents is not listed."""

    def refusing(text: str) -> int:
        if "forbidden" in text:
            raise NotImplementedError
        return count_tokens(text)

    texts = ["A forbidden word.", "A fee is due."]
    sources = [source(text, DocumentType.TEXT) for text in texts]
    (pace,) = measure(sources, choices_in("service:40/0"), 1, lambda: refusing, lambda _: None)

    assert (pace.documents, pace.left_out) == (1, 1)


def test_documents_of_a_folder_are_held_to_the_sample(tmp_path: Path) -> None:
    """Of each type, reading stops once there is enough text; what cannot be read, or is not needed, is passed over."""
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text("A fee is due. " * 10)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")

    assert len(read_sources(tmp_path, 200)) == 2
