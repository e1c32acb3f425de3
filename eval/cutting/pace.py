"""Processor time of reading and cutting, every choice in turns on the same documents with the same token counter."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from chunkers import ChunkerError, DocumentType, Parsed, TokenCounter, parse
from eval.chunking.choices import Choice

_MEGABYTE = 1_000_000
_OWN_TEXT = frozenset(
    {
        DocumentType.TEXT,
        DocumentType.MARKDOWN,
        DocumentType.CONTRACT,
        DocumentType.POLICY,
        DocumentType.FAQ,
        DocumentType.CHAT,
        DocumentType.CODE,
        DocumentType.INVOICE,
        DocumentType.SLIDES,
    }
)
"""Types whose text is what the file holds: a splitter of text needs no reader for them, so reading counts against us."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document to cut, as it came and as it was read."""

    content: bytes
    filename: str
    parsed: Parsed


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of processor time a megabyte of text in documents of one type, medians of the turns.

    reading: from bytes to blocks, without detection; 0 for types that a splitter of text cannot read either.
    cutting: of each choice, from there to chunks. left_out: documents that one of the choices failed on.
    """

    type: str
    documents: int
    left_out: int
    megabytes: float
    reading: float
    cutting: Mapping[str, float]

    def ratio(self, ours: str, theirs: str, *, with_reading: bool) -> float:
        """How many times as fast as the other choice ours is."""
        return self.cutting[theirs] / (self.cutting[ours] + (self.reading if with_reading else 0.0))


def read_sources(folder: Path, most: int) -> list[Source]:
    """The documents of a folder that can be read, of each type about so many characters at the most."""
    sources: list[Source] = []
    held: dict[str, int] = {}
    for file in sorted(folder.rglob("*")):
        if not file.is_file():
            continue
        content = file.read_bytes()
        try:
            parsed = parse(content, filename=file.name)
        except ChunkerError:
            continue
        if held.get(parsed.type, 0) < most:
            held[parsed.type] = held.get(parsed.type, 0) + len(parsed.text)
            sources.append(Source(content, file.name, parsed))
    return sources


def measure(
    sources: Sequence[Source],
    choices: Sequence[Choice],
    turns: int,
    count_tokens: TokenCounter,
    progress: Callable[[str], None],
) -> list[Pace]:
    """The pace of every choice for each type among the sources, by name of the type."""
    by_type: dict[DocumentType, list[Source]] = {}
    for source in sources:
        by_type.setdefault(source.parsed.type, []).append(source)
    paces = []
    for document_type, group in sorted(by_type.items()):
        progress(f"cutting {len(group)} documents of the type {document_type}")
        kept = [source for source in group if _all_cut(source, choices, count_tokens)]
        if kept:
            paces.append(_pace(document_type, kept, len(group) - len(kept), choices, turns, count_tokens))
    return paces


def _all_cut(source: Source, choices: Sequence[Choice], count_tokens: TokenCounter) -> bool:
    """Whether every choice can cut the document; this also warms up whatever a choice loads."""
    try:
        for choice in choices:
            choice.cut(source.parsed, count_tokens)
    except Exception:  # noqa: BLE001 - other projects' splitters raise whatever they like
        return False
    return True


def _pace(
    document_type: DocumentType,
    sources: Sequence[Source],
    left_out: int,
    choices: Sequence[Choice],
    turns: int,
    count_tokens: TokenCounter,
) -> Pace:
    megabytes = sum(len(source.parsed.text.encode()) for source in sources) / _MEGABYTE
    reading: list[float] = []
    cutting: dict[str, list[float]] = {str(choice): [] for choice in choices}
    for _ in range(turns):
        if document_type in _OWN_TEXT:
            reading.append(_seconds(lambda: (parse(each.content, document_type, each.filename) for each in sources)))
        for choice in choices:
            cutting[str(choice)].append(_cut_in(choice, sources, count_tokens))
    return Pace(
        type=document_type.value,
        documents=len(sources),
        left_out=left_out,
        megabytes=megabytes,
        reading=median(reading or [0.0]) / megabytes,
        cutting={name: median(seconds) / megabytes for name, seconds in cutting.items()},
    )


def _cut_in(choice: Choice, sources: Sequence[Source], count_tokens: TokenCounter) -> float:
    return _seconds(lambda: (choice.cut(source.parsed, count_tokens) for source in sources))


def _seconds(work: Callable[[], Iterable[object]]) -> float:
    started = time.process_time()
    for _ in work():
        pass
    return time.process_time() - started
