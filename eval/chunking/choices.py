"""Ways to cut documents: the service's own chunkers, and baselines to hold them against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from chunkers import ChunkLimits, InvalidLimits, Parsed, TokenCounter, chunk
from eval.chunking.baselines import split_recursively
from eval.chunking.peers import PEERS, peer_ranges
from server.commands.failure import CommandFailed

SERVICE = "service"
_SPECIAL_TOKENS = 2
"""[CLS] and [SEP], which published sizes in tokens of all-MiniLM-L6-v2 count."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk: characters [start, end) of its document's text, and what is indexed of it, its context included."""

    start: int
    end: int
    text: str
    prefix: str = ""

    @property
    def indexed_text(self) -> str:
        """The context and the text, as embedded and as sent to a language model."""
        return f"{self.prefix}\n{self.text}" if self.prefix else self.text


Cut: TypeAlias = Callable[[Parsed, int, int, TokenCounter], list[Piece]]
"""Cuts a document into pieces of at most a size that share at most an overlap, with the embedder's token counter."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A chunker, the most that a chunk may hold, and what neighbours share, in the chunker's own unit.

    chunks_a_passage: as in `RetrievalSettings`; more than 1 joins neighbours when they are searched for.
    """

    chunker: str
    size: int
    overlap: int = 0
    chunks_a_passage: int = 1

    def __str__(self) -> str:
        times = f"*{self.chunks_a_passage}" if self.chunks_a_passage > 1 else ""
        return f"{self.chunker} {self.size}/{self.overlap}{times}"

    @property
    def is_service(self) -> bool:
        """Whether a server can be set to it."""
        return self.chunker == SERVICE

    def cut(self, document: Parsed, count_tokens: TokenCounter) -> list[Piece]:
        """The pieces of a document in order."""
        return CHUNKERS[self.chunker](document, self.size, self.overlap, count_tokens)


def choices_in(text: str) -> list[Choice]:
    """The choices of a list such as "service:200/0,service:64/0*3,recursive:200/0". Raises `CommandFailed`."""
    return [_choice(each.strip()) for each in text.split(",") if each.strip()]


def _choice(text: str) -> Choice:
    chunker, _, sizes = text.partition(":")
    sizes, _, times = sizes.partition("*")
    size, _, overlap = sizes.partition("/")
    try:
        choice = Choice(chunker, int(size), int(overlap or 0), int(times or 1))
        ChunkLimits(choice.size, choice.overlap)
    except InvalidLimits as error:
        # A baseline may share half of a chunk, as published ones do.
        if choice.is_service or not 0 <= 2 * choice.overlap <= choice.size:
            raise CommandFailed(f"choice {text!r}: {error}") from error
    except ValueError:
        raise CommandFailed(
            f"choice {text!r}: chunker:size/overlap is expected, such as service:200/0, or service:64/0*3 to join chunks"
        ) from None
    if choice.chunks_a_passage < 1:
        raise CommandFailed(f"choice {text!r}: at least one chunk a passage is expected")
    if chunker not in CHUNKERS:
        raise CommandFailed(f"choice {text!r}: the chunkers are {', '.join(CHUNKERS)}")
    return choice


def _cut_as_service(document: Parsed, size: int, overlap: int, count_tokens: TokenCounter) -> list[Piece]:
    chunks = chunk(document, ChunkLimits(size, overlap), count_tokens)
    return [Piece(each.start, each.end, each.text, each.context_prefix) for each in chunks]


def _cut_by_tokens(document: Parsed, size: int, overlap: int, count_tokens: TokenCounter) -> list[Piece]:
    return _cut_recursively(document, size, overlap, lambda text: count_tokens(text) + _SPECIAL_TOKENS)


def _cut_by_characters(document: Parsed, size: int, overlap: int, _: TokenCounter) -> list[Piece]:
    return _cut_recursively(document, size, overlap, len)


def _cut_recursively(document: Parsed, size: int, overlap: int, count: TokenCounter) -> list[Piece]:
    ranges = split_recursively(document.text, size, overlap, count)
    return [Piece(start, end, document.text[start:end]) for start, end in ranges]


def _cut_by_peer(name: str) -> Cut:
    def cut(document: Parsed, size: int, overlap: int, count_tokens: TokenCounter) -> list[Piece]:
        ranges = peer_ranges(name, document.text, size, overlap, count_tokens)
        return [Piece(start, end, document.text[start:end]) for start, end in ranges]

    return cut


CHUNKERS: Mapping[str, Cut] = {
    SERVICE: _cut_as_service,
    "recursive": _cut_by_tokens,
    "characters": _cut_by_characters,
    **{name: _cut_by_peer(name) for name in PEERS},
}
"""`service` cuts as ingestion does, by type; `recursive` and `characters` split at separators, by tokens or characters;
the others are other projects' and need their packages."""
