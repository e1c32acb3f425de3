"""Other projects' splitters as baselines, where they are installed; none of them is needed.

Each cuts plain text by tokens of the embedding model. Spans are theirs, and are checked: a chunk that is not the text at
its span is looked for from where the last one began, and left out when it is nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from types import ModuleType
from typing import TypeAlias

from chunkers import TokenCounter
from eval.chunking.ranges import Range
from server.commands.failure import CommandFailed

_Chunk: TypeAlias = tuple[int, str]
Split: TypeAlias = Callable[[ModuleType, str, int, int, TokenCounter], Iterable[_Chunk]]


def _langchain(package: ModuleType, text: str, size: int, overlap: int, count: TokenCounter) -> Iterable[_Chunk]:
    splitter = package.RecursiveCharacterTextSplitter(
        chunk_size=size, chunk_overlap=overlap, length_function=count, add_start_index=True
    )
    return [(made.metadata["start_index"], made.page_content) for made in splitter.create_documents([text])]


def _chonkie(package: ModuleType, text: str, size: int, _: int, count: TokenCounter) -> Iterable[_Chunk]:
    chunker = package.RecursiveChunker(tokenizer=count, chunk_size=size)
    return [(made.start_index, made.text) for made in chunker.chunk(text)]


def _semchunk(package: ModuleType, text: str, size: int, overlap: int, count: TokenCounter) -> Iterable[_Chunk]:
    chunks, offsets = package.chunkerify(count, size)(text, offsets=True, overlap=overlap or None)
    return [(start, made) for (start, _), made in zip(offsets, chunks, strict=True)]


def _semantic(package: ModuleType, text: str, size: int, overlap: int, count: TokenCounter) -> Iterable[_Chunk]:
    return list(package.TextSplitter.from_callback(count, size, overlap).chunk_indices(text))


PEERS: Mapping[str, tuple[str, Split]] = {
    "langchain": ("langchain-text-splitters", _langchain),
    "chonkie": ("chonkie", _chonkie),
    "semchunk": ("semchunk", _semchunk),
    "semantic": ("semantic-text-splitter", _semantic),
}
"""The package on PyPI of each peer, and how it is asked; chonkie's recursive chunker shares nothing between neighbours."""


def peer_ranges(name: str, text: str, size: int, overlap: int, count_tokens: TokenCounter) -> list[Range]:
    """The chunks of a peer, in order. Raises `CommandFailed` when it is not installed."""
    project, split = PEERS[name]
    try:
        package = import_module(project.replace("-", "_"))
    except ImportError:
        raise CommandFailed(f"the chunker {name} needs the package {project}: pip install {project}") from None
    ranges: list[Range] = []
    for stated, chunk in split(package, text, size, overlap, count_tokens):
        start = stated if text.startswith(chunk, stated) else text.find(chunk, ranges[-1][0] if ranges else 0)
        if start >= 0 and chunk.strip():
            ranges.append((start, start + len(chunk)))
    return ranges
