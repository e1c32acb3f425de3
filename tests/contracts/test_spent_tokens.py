"""What the memory of used tokens does, on every database, for one process and for several."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from server.stores.database import open_database, sqlite_url
from server.stores.schema import spent_tokens
from server.stores.spent import KEPT_LONGER, SqlSpentTokens
from server.stores.writer import Writer

SOON = time.time() + 120

Process = Callable[[], SqlSpentTokens]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "records.sqlite")
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def process(url: str) -> Iterator[Process]:
    """Opens the database as one more process would: connections, writer and memory of its own."""
    opened = []

    def opening() -> SqlSpentTokens:
        database = open_database(url)
        writer = Writer(database, lambda *_: None, {})
        opened.append((writer, database))
        return SqlSpentTokens(writer)

    yield opening
    for writer, database in opened:
        writer.close()
        database.close()


def test_a_token_is_spent_once(process: Process) -> None:
    """Whichever process it was spent in, and by one that starts later."""
    first, second = process(), process()
    assert first.spend("a", SOON).result()
    assert not first.spend("a", SOON).result()
    assert not second.spend("a", SOON).result()
    assert second.spend("b", SOON).result()
    assert not process().spend("b", SOON).result()


def test_of_many_who_try_at_once_one_succeeds(process: Process) -> None:
    """With every token in as many processes, and twice in each."""
    processes = [process() for _ in range(3)]
    with ThreadPoolExecutor(6) as threads:
        for number in range(30):
            tries = list(threads.map(lambda memory, name=str(number): memory.spend(name, SOON).result(), processes * 2))
            assert sum(tries) == 1


def test_a_token_is_forgotten_long_after_it_expired(process: Process, url: str) -> None:
    """Not sooner, since another server's clock may be late; what is not expired stays."""
    now = datetime.now(UTC)
    expired = {"old": now - KEPT_LONGER - timedelta(minutes=1), "late": now - KEPT_LONGER / 2, "good": now}
    memory = process()
    for name, moment in expired.items():
        memory.spend(name, moment.timestamp()).result()
    process().spend("another", SOON).result()
    database = open_database(url)
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(spent_tokens)) == 3
    database.close()
