"""How fast models of several shapes read the same pairs: the bundled one in int8 and float32, and the shapes of its peers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.speed.parts import one_at_a_time
from server.models.scheduler import Tokens

THREADS = (1, 2)


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one model: pairs a second by number of threads, and milliseconds of processor time for a pair on one thread."""

    pairs_a_second: Mapping[int, float]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Rates:
    """What was read, and how fast by model; `left_out` says what could not be measured, and why."""

    pairs: int
    tokens: int
    by_model: Mapping[str, Rate]
    left_out: Mapping[str, str]


def measure_rates(
    models: Mapping[str, Path], sequences: Sequence[Tokens], turns: int, left_out: Mapping[str, str]
) -> Rates:
    """Each model reads all sequences, one at a time, `turns` times in turns with the others; the medians are taken."""
    seconds: dict[tuple[str, int], list[float]] = {(name, threads): [] for name in models for threads in THREADS}
    processor: dict[str, list[float]] = {name: [] for name in models}
    for _ in range(turns):
        for name, path in models.items():
            # One session at a time: the large shapes together would not fit in the memory of a small machine.
            for threads in THREADS:
                read = one_at_a_time(path, threads)
                read(sequences[:1])
                started = time.process_time()
                seconds[name, threads].append(read(sequences))
                if threads == 1:
                    processor[name].append(time.process_time() - started)
    return Rates(
        pairs=len(sequences),
        tokens=sum(map(len, sequences)),
        by_model={
            name: Rate(
                {threads: len(sequences) / statistics.median(seconds[name, threads]) for threads in THREADS},
                statistics.median(processor[name]) * 1000 / len(sequences),
            )
            for name in models
        },
        left_out=left_out,
    )
