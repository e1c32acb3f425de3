"""Opening the records database: SQLite in the data directory by default, PostgreSQL by URL, migrated to this version's schema."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError

from server.errors import InvalidConfiguration, StoreFailure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

_BUSY_TIMEOUT_MS = 10_000
_READERS = 32


class Database:
    """Three pools on one database: `reading` and `looking`, which many threads share, and `writing`, which the one writer uses.

    Those of `looking` begin no transactions.
    """

    def __init__(self, reading: sa.Engine, looking: sa.Engine, writing: sa.Engine) -> None:
        self._reading = reading
        self._looking = looking
        self._writing = writing

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection whose statements see one state of the database. Raises StoreFailure."""
        with _translated("read"), self._reading.connect() as connection:
            yield connection

    @contextmanager
    def look(self) -> Iterator[sa.Connection]:
        """A connection for one statement, which by itself sees one state of the database: as `read`, in two thirds of the time.

        Raises StoreFailure.
        """
        with _translated("read"), self._looking.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that commits when the block ends and rolls back when it raises. Raises StoreFailure."""
        with _translated("written"), self._writing.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        for engine in (self._reading, self._looking, self._writing):
            engine.dispose()


def open_database(url: str) -> Database:
    """Open the database at a SQLAlchemy URL and bring its schema up to date.

    Raises InvalidConfiguration when the URL is wrong, the database cannot be reached, or a newer version of the service wrote it.
    """
    parsed, engines = _engines(url)
    database = Database(*engines)
    try:
        _migrate(engines[-1])
    except (sa.exc.DBAPIError, CommandError) as error:
        database.close()
        where = parsed.render_as_string(hide_password=True)
        raise InvalidConfiguration(f"the database {where} cannot be opened: {sentence(error)}") from error
    return database


def connect_database(url: str) -> Database:
    """A database that is there already, with its schema as it is.

    Raises InvalidConfiguration when the URL is wrong or there is no such SQLite file; another database is reached when it is used.
    """
    parsed, engines = _engines(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        raise InvalidConfiguration(f"there are no records at {parsed.database}")
    return Database(*engines)


def _engines(url: str) -> tuple[sa.URL, tuple[sa.Engine, sa.Engine, sa.Engine]]:
    try:
        parsed = sa.make_url(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        engines = _sqlite_engines(parsed) if sqlite else _server_engines(parsed)
    except (sa.exc.ArgumentError, ImportError) as error:
        raise InvalidConfiguration(f"the database URL is not usable: {error}") from error
    return parsed, engines


def sqlite_url(file: Path) -> str:
    """The URL of a SQLite database file."""
    return sa.URL.create("sqlite", database=str(file)).render_as_string()


def _server_engines(url: sa.URL) -> tuple[sa.Engine, sa.Engine, sa.Engine]:
    # One snapshot for all the statements of a reader, as SQLite's readers have it.
    reading = sa.create_engine(url, isolation_level="REPEATABLE READ", pool_size=_READERS, pool_pre_ping=True)
    looking = sa.create_engine(url, isolation_level="AUTOCOMMIT", pool_size=_READERS, pool_pre_ping=True)
    return reading, looking, sa.create_engine(url, pool_size=1, pool_pre_ping=True)


def _sqlite_engines(url: sa.URL) -> tuple[sa.Engine, sa.Engine, sa.Engine]:
    return _sqlite(url, "BEGIN"), _sqlite(url, None), _sqlite(url, "BEGIN IMMEDIATE")


def _sqlite(url: sa.URL, begin: str | None) -> sa.Engine:
    # The connection used last is taken first: its page cache is the warmest.
    engine = sa.create_engine(url, pool_size=_READERS, max_overflow=_READERS, pool_use_lifo=True)

    @sa.event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        assert isinstance(connection, SqliteConnection)
        # The driver's own idea of when transactions begin breaks SAVEPOINT and lets reads drift; `begin` below replaces it.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    if begin is not None:

        @sa.event.listens_for(engine, "begin")
        def start(connection: sa.Connection) -> None:
            connection.exec_driver_sql(begin)

    return engine


def _migrate(engine: sa.Engine) -> None:
    config = Config()
    config.set_main_option("script_location", "server.stores:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _translated(done: str) -> Iterator[None]:
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        raise StoreFailure(f"the records could not be {done}: {sentence(error)}") from error


def sentence(error: Exception) -> str:
    """What the database said, without the statement and its parameters, which hold content."""
    said = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig is not None else error
    return str(said).strip().splitlines()[0] if str(said).strip() else type(said).__name__
