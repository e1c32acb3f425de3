"""Draft questions on one's own documents, for a person to accept, reword or throw away.

A heading asks for the first statement below it; a statement with a figure asks for itself with the figure left out. Drafts
are made by rule from the words of the documents, so searching by words finds them too easily: reword those that you keep.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from chunkers import ChunkKind, Parsed
from server.domain import Span
from server.stages.sentences import sentence_spans

COLUMNS = ("accept", "question", "document", "quote")
_FIGURE = re.compile(r"(?<![\w.])[$€£]?\d[\d,.]*\d%?|(?<![\w.])\d+%?")
_FEWEST_WORDS, _MOST_WORDS = 6, 60
_PROSE = frozenset({ChunkKind.PROSE, ChunkKind.LIST, ChunkKind.CLAUSE, ChunkKind.TURN})


@dataclass(frozen=True, slots=True)
class Draft:
    """A question, and the words of a document that answer it."""

    question: str
    document: str
    quote: str


def draft_questions(documents: Mapping[str, Parsed], count: int, seed: int) -> list[Draft]:
    """At most `count` drafts, drawn by `seed` from all that the documents give, in the documents' order."""
    drafts = list({draft.question: draft for name, each in documents.items() for draft in _drafts(name, each)}.values())
    if len(drafts) <= count:
        return drafts
    return [drafts[index] for index in sorted(random.Random(seed).sample(range(len(drafts)), count))]


def write_drafts(file: Path, drafts: list[Draft]) -> None:
    """A CSV file with an empty column `accept`: rows are read as questions once it says yes."""
    with file.open("w", newline="", encoding="utf-8") as out:
        rows = csv.writer(out)
        rows.writerow(COLUMNS)
        rows.writerows(("", draft.question, draft.document, draft.quote) for draft in drafts)


def _drafts(name: str, document: Parsed) -> Iterator[Draft]:
    asked: set[tuple[str, ...]] = set()
    for block in document.blocks:
        if block.kind not in _PROSE:
            continue
        statements = [
            span
            for span in sentence_spans(document.text, Span(block.start, block.end))
            if _FEWEST_WORDS <= len(span.of(document.text).split()) <= _MOST_WORDS
        ]
        if not statements:
            continue
        if block.heading_path and block.heading_path not in asked:
            asked.add(block.heading_path)
            question = f"What does {name} say about {', '.join(reversed(block.heading_path))}?"
            yield Draft(question, name, statements[0].of(document.text).strip())
        for span in statements:
            quote = span.of(document.text).strip()
            figure = _FIGURE.search(quote)
            if figure is not None:
                gap = f"{quote[: figure.start()]}___{quote[figure.end() :]}"
                yield Draft(f"Which figure is missing: {' '.join(gap.split())}", name, quote)
