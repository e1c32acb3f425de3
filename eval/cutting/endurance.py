"""The memory that a large document takes, measured in a process of its own."""

from __future__ import annotations

import multiprocessing
import re
import time
from dataclasses import dataclass
from pathlib import Path

from chunkers import ChunkLimits, DocumentType, chunk, parse
from server.models.tokens import load_tokenizer, token_counter

_MEGABYTE = 1_000_000
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)
"""The most memory that a process had at once, as Linux states it; what `getrusage` states begins with the parent's."""


@dataclass(frozen=True, slots=True)
class Endurance:
    """One text of so many megabytes, read and cut: what it took beyond an idle process with the tokenizer loaded."""

    megabytes: float
    chunks: int
    peak_megabytes: float
    processor_seconds: float

    @property
    def peak_bytes_a_byte(self) -> float:
        """Peak memory by the size of the text."""
        return self.peak_megabytes / self.megabytes


def endure(text: str, megabytes: int, max_tokens: int, tokenizer: Path) -> Endurance:
    """Repeat a text until it has so many megabytes, then read and cut it as plain text."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_endure, (text, megabytes, max_tokens, tokenizer))


def _endure(text: str, megabytes: int, max_tokens: int, tokenizer: Path) -> Endurance:
    count_tokens = token_counter(load_tokenizer(tokenizer))
    chunk(parse(text[:10_000].encode(), DocumentType.TEXT), ChunkLimits(max_tokens), count_tokens)
    idle = _peak()
    started = time.process_time()
    unit = (text + "\n\n").encode()
    data = unit * (megabytes * _MEGABYTE // len(unit) + 1)
    chunks = chunk(parse(data, DocumentType.TEXT), ChunkLimits(max_tokens), count_tokens)
    seconds = time.process_time() - started
    return Endurance(len(data) / _MEGABYTE, len(chunks), (_peak() - idle) / _MEGABYTE, seconds)


def _peak() -> int:
    found = _PEAK.search(Path("/proc/self/status").read_text(encoding="ascii", errors="replace"))
    if found is None:
        raise RuntimeError("/proc/self/status states no VmHWM; memory is measured on Linux only")
    return int(found[1]) * 1024
