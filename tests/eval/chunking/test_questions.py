"""Questions with references, in the three forms that are read."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from eval.chunking.questions import Reference, read_chroma, read_legalbench, read_own
from server.commands.failure import CommandFailed

TEXT = "# Returns\n\nGoods may be returned within 30 days.\n"
QUOTE = "within 30 days"
START = TEXT.index(QUOTE)
END = START + len(QUOTE)


def write_csv(file: Path, rows: list[dict[str, str]]) -> None:
    """A CSV file with the keys of the first row as its header."""
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_chromas_form(tmp_path: Path) -> None:
    """Corpora by id, references as JSON in a column."""
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "shop.md").write_text(TEXT)
    references = json.dumps([{"content": QUOTE, "start_index": START, "end_index": END}])
    write_csv(tmp_path / "questions_df.csv", [{"question": "How long?", "references": references, "corpus_id": "shop"}])

    collection = read_chroma(tmp_path)

    assert collection.questions[0].references == (Reference("shop", START, END),)
    assert collection.documents["shop"].text == TEXT


def test_legalbench_rags_form(tmp_path: Path) -> None:
    """Snippets name a file of the corpus and a span in it."""
    (tmp_path / "corpus" / "nda").mkdir(parents=True)
    (tmp_path / "corpus" / "nda" / "a.txt").write_text(TEXT)
    tests = [{"query": "How long?", "snippets": [{"file_path": "nda/a.txt", "span": [START, END], "answer": QUOTE}]}]
    (tmp_path / "nda.json").write_text(json.dumps({"tests": tests}))

    collection = read_legalbench(tmp_path, "nda")

    assert collection.questions[0].references == (Reference("nda/a.txt", START, END),)


def test_ones_own_documents_and_quotes(tmp_path: Path) -> None:
    """Quotes are found in the text; documents without questions are there to be mistaken for the answer."""
    (tmp_path / "returns.md").write_text(TEXT)
    (tmp_path / "other.md").write_text("# Other\n\nNothing here.\n")
    table = tmp_path / "questions.csv"
    write_csv(table, [{"question": "How long?", "document": "returns.md", "quote": QUOTE}])

    collection = read_own(tmp_path, table)

    assert collection.questions[0].references == (Reference("returns.md", START, END),)
    assert sorted(collection.documents) == ["other.md", "returns.md"]


def test_a_quote_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message says which line, which document and which quote."""
    (tmp_path / "returns.md").write_text(TEXT)
    table = tmp_path / "questions.csv"
    write_csv(table, [{"question": "How long?", "document": "returns.md", "quote": "within 41 days"}])

    with pytest.raises(CommandFailed, match=r"questions\.csv:2: .*returns\.md.*within 41 days"):
        read_own(tmp_path, table)
