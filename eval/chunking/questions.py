"""Documents, and questions whose answers are known to the character; in three forms.

Chroma's: `corpora/<id>.md` and `questions_df.csv` (question, references as JSON, corpus_id).
LegalBench-RAG's: `corpus/` and benchmark files of `tests` with a query and snippets of file_path and span.
One's own: a folder of documents and a CSV file with the columns question, document and quote, where the quote is copied
from the document; rows with the same question belong together. With a column accept, as drafts have, only rows where it
says yes are read.

In the last two forms a document without a title in its content has the name of its file as the owner's title.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chunkers import ChunkerError, Parsed, parse
from server.commands.failure import CommandFailed


@dataclass(frozen=True, slots=True)
class Reference:
    """A passage that answers a question: characters [start, end) of a document's text."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question with at least one reference."""

    text: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents by name, read as the service reads them, and the questions about them."""

    name: str
    documents: Mapping[str, Parsed]
    questions: Sequence[Question]


def read_chroma(folder: Path) -> Collection:
    """The form of Chroma's chunking evaluation (Smith and Troynikov 2024)."""
    documents = {file.stem: _document(file) for file in sorted((folder / "corpora").glob("*.md"))}
    questions = []
    for place, row in _csv_rows(folder / "questions_df.csv", ("question", "references", "corpus_id")):
        spans = _json(row["references"], place)
        references = tuple(Reference(row["corpus_id"], int(s["start_index"]), int(s["end_index"])) for s in spans)
        questions.append(Question(row["question"], references))
    return _checked(Collection(folder.name, documents, questions))


def read_legalbench(folder: Path, benchmark: str) -> Collection:
    """One benchmark of LegalBench-RAG (Pipitone and Houir Alami 2024), such as "contractnli"; only its documents."""
    file = folder / f"{benchmark}.json"
    questions = [
        Question(
            test["query"], tuple(Reference(snippet["file_path"], *snippet["span"]) for snippet in test["snippets"])
        )
        for test in _json(_read(file).decode(), str(file))["tests"]
    ]
    names = sorted({reference.document for question in questions for reference in question.references})
    documents = {name: _titled_document(folder / "corpus" / name) for name in names}
    return _checked(Collection(benchmark, documents, questions))


def read_own(folder: Path, table: Path) -> Collection:
    """A folder of documents of any type that the service reads, and a CSV file of questions with quotes."""
    references: dict[str, list[Reference]] = {}
    documents = read_documents(folder, besides=table)
    for place, row in _csv_rows(table, ("question", "document", "quote")):
        if row.get("accept", "yes").strip().lower() != "yes":
            continue
        name, quote = row["document"], row["quote"].strip()
        if name not in documents:
            raise CommandFailed(f"{place}: there is no document {name} in {folder}, or it cannot be read")
        start = documents[name].text.find(quote)
        if not quote or start < 0:
            raise CommandFailed(f"{place}: the quote is not in {name} word for word: {quote[:80]!r}")
        references.setdefault(row["question"], []).append(Reference(name, start, start + len(quote)))
    questions = [Question(text, tuple(found)) for text, found in references.items()]
    return _checked(Collection(folder.name, documents, questions))


def read_documents(folder: Path, besides: Path | None = None) -> dict[str, Parsed]:
    """Every file of a folder `besides` one that the service can read, by its path in the folder; others are left out."""
    documents = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.startswith(".") and not (besides and file.resolve() == besides.resolve()):
            with suppress(CommandFailed):
                documents[str(file.relative_to(folder))] = _titled_document(file)
    return documents


def _titled_document(file: Path) -> Parsed:
    """A document whose title is the name of its file, unless its content has a title."""
    document = _document(file)
    return replace(document, title=document.title or file.stem)


def _document(file: Path) -> Parsed:
    try:
        return parse(_read(file), filename=file.name)
    except ChunkerError as error:
        raise CommandFailed(f"{file}: {error}") from error


def _checked(collection: Collection) -> Collection:
    """The collection, with references that are all in its documents. Raises `CommandFailed`."""
    if not collection.questions:
        raise CommandFailed(f"{collection.name}: has no questions")
    for number, question in enumerate(collection.questions, start=1):
        for reference in question.references:
            document = collection.documents.get(reference.document)
            if document is None:
                raise CommandFailed(f"question {number}: there is no document {reference.document}")
            if not 0 <= reference.start < reference.end <= len(document.text):
                raise CommandFailed(
                    f"question {number}: {reference.document} has {len(document.text)} characters, "
                    f"and the reference is [{reference.start}, {reference.end})"
                )
    return collection


def _csv_rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    rows = csv.DictReader(_read(file).decode("utf-8-sig").splitlines(keepends=True))
    if missing := set(columns) - set(rows.fieldnames or ()):
        raise CommandFailed(f"{file}: needs the columns {', '.join(columns)}; {', '.join(sorted(missing))} is missing")
    for row in rows:
        yield f"{file}:{rows.line_num}", row


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandFailed(f"{file}: cannot be read: {error.strerror}") from error


def _json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CommandFailed(f"{place}: is not JSON: {error}") from error
