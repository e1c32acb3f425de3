"""Processor time of reading and cutting, every choice in turns on the same documents with the same token counter.

A busy machine slows whatever runs, now more and now less. So the choices take turns at each document, which takes
milliseconds, in an order that changes from round to round; and a ratio is the median of the ratios of the rounds.

Some choices remember what they counted, words or whole texts. So each begins a round through all documents with a token
counter of its own, which remembers nothing: the second time with the same texts, memory would pass for speed.
"""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    progress("cutting every document once")
    count_tokens = new_counter()
    kept = [source for source in sources if _all_cut(source, choices, count_tokens)]
    taken: list[dict[DocumentType, _Taken]] = []
    for number in range(rounds):
        progress(f"round {number + 1} of {rounds}")
        turns = [(choice, new_counter()) for choice in (choices if number % 2 else choices[::-1])]
        with _no_collection():
            taken.append(_round(kept, turns))
    return [
        _pace(document_type, sources, kept, choices, [each[document_type] for each in taken])
        for document_type in sorted({source.parsed.type for source in kept})
    ]


@contextmanager
def _no_collection() -> Iterator[None]:
    """As `timeit` does, collect no garbage meanwhile: a turn would pay for what others left."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _all_cut(source: Source, choices: Sequence[Choice], count_tokens: TokenCounter) -> bool:
    """Whether every choice can cut the document; this also warms up whatever a choice loads."""
    try:
        for choice in choices:
            choice.cut(source.parsed, count_tokens)
    except Exception:  # noqa: BLE001 - other projects' splitters raise whatever they like
        return False
    return True


@dataclass(slots=True)
class _Taken:
    """Seconds that the documents of one type took in one round."""

    reading: float = 0.0
    cutting: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))


def _round(sources: Sequence[Source], turns: Sequence[tuple[Choice, TokenCounter]]) -> dict[DocumentType, _Taken]:
    taken: dict[DocumentType, _Taken] = {}
    for source in sources:
        document_type = source.parsed.type
        own = taken.setdefault(document_type, _Taken())
        if document_type in _OWN_TEXT:
            own.reading += _seconds(partial(parse, source.content, document_type, source.filename))
        for choice, count_tokens in turns:
            own.cutting[str(choice)] += _seconds(partial(choice.cut, source.parsed, count_tokens))
    return taken


def _pace(
    document_type: DocumentType,
    sources: Sequence[Source],
    kept: Sequence[Source],
    choices: Sequence[Choice],
    taken: Sequence[_Taken],
) -> Pace:
    texts = [source.parsed.text for source in kept if source.parsed.type is document_type]
    megabytes = sum(len(text.encode()) for text in texts) / _MEGABYTE
    return Pace(
        type=document_type.value,
        documents=len(texts),
        left_out=sum(source.parsed.type is document_type for source in sources) - len(texts),
        megabytes=megabytes,
        reading=[each.reading / megabytes for each in taken],
        cutting={name: [each.cutting[name] / megabytes for each in taken] for name in map(str, choices)},
    )


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
