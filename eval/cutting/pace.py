"""Processor time of reading and cutting, every choice in turns on the same documents with the same token counter.

A busy machine slows whatever runs, now more and now less. So the choices take turns at each document, which takes
milliseconds, in an order that changes from round to round; and a ratio is the median of the ratios of the rounds.

Some choices remember what they counted, words or whole texts. So each begins a round with a token counter of its own,
which remembers nothing: on the second round of the same texts, memory would pass for speed.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from chunkers import ChunkerError, DocumentType, Parsed, TokenCounter, detect, parse
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
    """Seconds of processor time a megabyte of text in documents of one type, round by round.

    reading: from bytes to blocks, without detection; 0 for types that a splitter of text cannot read either.
    cutting: of each choice, from there to chunks. left_out: documents that one of the choices failed on.
    """

    type: str
    documents: int
    left_out: int
    megabytes: float
    reading: Sequence[float]
    cutting: Mapping[str, Sequence[float]]

    def ratio(self, ours: str, theirs: str, *, with_reading: bool) -> float:
        """How many times as fast as the other choice ours is: the median of the rounds."""
        rounds = zip(self.reading, self.cutting[ours], self.cutting[theirs], strict=True)
        return median(other / (own + (reading if with_reading else 0.0)) for reading, own, other in rounds)


def read_sources(folder: Path, most: int) -> list[Source]:
    """The documents of a folder that can be read, of each type about so many characters at the most.

    Of a type that has enough, no more are read: a folder of PDF files would take minutes.
    """
    sources: list[Source] = []
    held: dict[DocumentType, int] = {}
    for file in sorted(folder.rglob("*")):
        if not file.is_file():
            continue
        content = file.read_bytes()
        try:
            document_type = detect(content, file.name).type
            if held.get(document_type, 0) >= most:
                continue
            parsed = parse(content, document_type, file.name)
        except ChunkerError:
            continue
        held[document_type] = held.get(document_type, 0) + len(parsed.text)
        sources.append(Source(content, file.name, parsed))
    return sources


def measure(
    sources: Sequence[Source],
    choices: Sequence[Choice],
    rounds: int,
    new_counter: Callable[[], TokenCounter],
    progress: Callable[[str], None],
) -> list[Pace]:
    """The pace of every choice for each type among the sources, by name of the type."""
    by_type: dict[DocumentType, list[Source]] = {}
    for source in sources:
        by_type.setdefault(source.parsed.type, []).append(source)
    paces = []
    count_tokens = new_counter()
    with _nothing_to_collect():
        for document_type, group in sorted(by_type.items()):
            progress(f"cutting {len(group)} documents of the type {document_type}")
            kept = [source for source in group if _all_cut(source, choices, count_tokens)]
            if kept:
                paces.append(_pace(document_type, kept, len(group) - len(kept), choices, rounds, new_counter))
    return paces


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """What was read so far is no garbage, and nobody's turn pays for looking through it."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


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
    rounds: int,
    new_counter: Callable[[], TokenCounter],
) -> Pace:
    megabytes = sum(len(source.parsed.text.encode()) for source in sources) / _MEGABYTE
    reading = [0.0] * rounds
    cutting = {str(choice): [0.0] * rounds for choice in choices}
    for number in range(rounds):
        turns = [(choice, new_counter()) for choice in (choices if number % 2 else reversed(choices))]
        for source in sources:
            if document_type in _OWN_TEXT:
                reading[number] += _seconds(partial(parse, source.content, document_type, source.filename)) / megabytes
            for choice, count_tokens in turns:
                cutting[str(choice)][number] += _seconds(partial(choice.cut, source.parsed, count_tokens)) / megabytes
    return Pace(document_type.value, len(sources), left_out, megabytes, reading, cutting)


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
