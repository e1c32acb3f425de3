"""Test collections in BEIR's form: corpus.jsonl, queries.jsonl and qrels/<split>.tsv (Thakur et al. 2021)."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.commands.failure import CommandFailed


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query and the grades of the documents that were judged for it; a grade of 0 is irrelevant."""

    query_id: str
    text: str
    relevance: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    """A document of a test collection."""

    document_id: str
    title: str
    text: str


def read_corpus(folder: Path) -> Iterator[CorpusDocument]:
    """The documents of `folder`/corpus.jsonl or corpus.jsonl.gz, in the file's order."""
    for row in _rows(folder, "corpus.jsonl"):
        yield CorpusDocument(str(row["_id"]), row.get("title", ""), row["text"])


def read_queries(folder: Path, split: str) -> list[JudgedQuery]:
    """The queries that `folder`/qrels/`split`.tsv judges, in the order of the judgements."""
    qrels = folder / "qrels" / f"{split}.tsv"
    judged: dict[str, dict[str, float]] = {}
    for number, line in enumerate(_text(qrels).splitlines()[1:], start=2):
        try:
            query_id, document_id, grade = line.split("\t")
            judged.setdefault(query_id, {})[document_id] = float(grade)
        except ValueError:
            raise CommandFailed(f"{qrels}:{number}: query, document, grade by tabs expected, got {line!r}") from None
    texts = {str(row["_id"]): row["text"] for row in _rows(folder, "queries.jsonl")}
    return [JudgedQuery(query_id, texts[query_id], grades) for query_id, grades in judged.items()]


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    compressed = folder / f"{name}.gz"
    file = compressed if compressed.exists() else folder / name
    lines = io.StringIO(_text(file))
    for number, line in enumerate(lines, start=1):
        try:
            yield json.loads(line)
        except ValueError as error:
            raise CommandFailed(f"{file}:{number}: is not JSON: {error}") from error


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
        return (gzip.decompress(content) if file.suffix == ".gz" else content).decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file}: cannot be read: {error}") from error
