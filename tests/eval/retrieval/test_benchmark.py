"""The retrieval benchmark's reading and scoring."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from eval.retrieval.beir import read_corpus, read_queries
from server.commands.failure import CommandFailed


def collection(folder: Path) -> Path:
    """Two documents and a judged query, in BEIR's form."""
    rows = [{"_id": "1", "title": "Kettle", "text": "It boils."}, {"_id": "2", "title": "", "text": "It cools."}]
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "what boils?"}))
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\t1\t1\n")
    return folder


def test_documents_and_judgements_are_read(tmp_path: Path) -> None:
    """Compressed or not, with titles."""
    folder = collection(tmp_path)

    documents, queries = list(read_corpus(folder)), read_queries(folder, "test")

    assert [(each.document_id, each.title) for each in documents] == [("1", "Kettle"), ("2", "")]
    assert [(each.text, each.relevance) for each in queries] == [("what boils?", {"1": 1.0})]


def test_a_broken_judgement_is_named_by_its_line(tmp_path: Path) -> None:
    """The file, the line and what stands there."""
    folder = collection(tmp_path)
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq 1 1\n")

    with pytest.raises(CommandFailed, match=r"test\.tsv:2.*q 1 1"):
        read_queries(folder, "test")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """No traceback for a wrong folder."""
    with pytest.raises(CommandFailed, match=r"qrels/test\.tsv: cannot be read"):
        read_queries(tmp_path, "test")
