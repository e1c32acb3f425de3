"""kill -9 while decisions are recorded: no gap, no fork, nothing twice."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.access.signing import keep_signing_key
from server.stores.database import open_database, sqlite_url
from tests.long.deciding import acknowledged, recorded, start


def kills(source: random.Random, count: int) -> Iterator[float]:
    """After how many seconds of recording each process is killed."""
    return (source.uniform(0.05, 3.0) for _ in range(count))


@pytest.mark.parametrize(
    ("count", "killed"), [(400, 1), pytest.param(100_000, 25, marks=pytest.mark.long)], ids=["short", "long"]
)
def test_no_kill_leaves_a_gap_or_a_fork(tmp_path: Path, count: int, killed: int) -> None:
    """What was acknowledged is recorded once; what was not, once or not at all; and the chains are intact."""
    url, key = sqlite_url(tmp_path / "records.sqlite"), keep_signing_key(tmp_path / "key.pem")
    open_database(url).close()
    known: Counter[int] = Counter()
    first = 0
    for seconds in kills(random.Random(killed), killed):
        with start(url, tmp_path / "key.pem", first, count) as process:
            assert process.stdout is not None
            # The clock runs from the first one that is acknowledged.
            output = os.read(process.stdout.fileno(), 1 << 16)
            time.sleep(seconds)
            process.kill()
            known.update(acknowledged(output + process.stdout.read()))
        first += count
    with start(url, tmp_path / "key.pem", first, max(1, count - len(known))) as process:
        known.update(acknowledged(process.communicate()[0]))

    numbers, problems = recorded(url, key)

    assert problems == []
    assert known == {number: times for number, times in numbers.items() if number in known}
    assert set(numbers.values()) == {1}
    assert len(known) >= count
