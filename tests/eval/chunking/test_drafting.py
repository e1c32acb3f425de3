"""Drafts of questions, and how a person's choice among them is read."""

from __future__ import annotations

import csv
from pathlib import Path

from chunkers import DocumentType, parse
from eval.chunking.drafting import COLUMNS, draft_questions, write_drafts
from eval.chunking.questions import read_own

TEXT = "# Returns\n\nGoods may be returned to any of our shops. Food may be returned within 14 days of its sale.\n"


def test_headings_and_figures_are_asked_for() -> None:
    """The quote is always copied from the document."""
    drafts = draft_questions({"returns.md": parse(TEXT.encode(), DocumentType.MARKDOWN)}, 10, seed=0)

    assert [draft.question for draft in drafts] == [
        "What does returns.md say about Returns?",
        "Which figure is missing: Food may be returned within ___ days of its sale.",
    ]
    assert all(draft.quote in TEXT for draft in drafts)


def test_no_more_than_asked_for_are_drawn() -> None:
    """The same seed draws the same."""
    text = "\n\n".join(f"Rule {number} holds for all of the {number} shops." for number in range(30))
    documents = {"rules.txt": parse(text.encode(), DocumentType.TEXT)}

    assert len(draft_questions(documents, 5, seed=1)) == 5
    assert draft_questions(documents, 5, seed=1) == draft_questions(documents, 5, seed=1)


def test_only_accepted_drafts_become_questions(tmp_path: Path) -> None:
    """An empty column means that nobody has looked."""
    folder, table = tmp_path / "documents", tmp_path / "drafts.csv"
    folder.mkdir()
    (folder / "returns.md").write_text(TEXT)
    write_drafts(table, draft_questions({"returns.md": parse(TEXT.encode(), DocumentType.MARKDOWN)}, 10, seed=0))
    rows = list(csv.DictReader(table.read_text().splitlines(keepends=True)))
    rows[1]["accept"] = "Yes"
    with table.open("w", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)

    collection = read_own(folder, table)

    assert [question.text for question in collection.questions] == [rows[1]["question"]]
