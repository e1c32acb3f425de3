"""Opening the store: one call that locks, migrates, loads and starts everything, and one that ends it in order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from server.stores.audit import SqlAudit
from server.stores.cases import SqlCases
from server.stores.database import Database, open_database, sqlite_url
from server.stores.documents import SqlDocuments
from server.stores.feeds import SqlFeeds
from server.stores.indexes import Indexes
from server.stores.journal import Journal, Signer
from server.stores.lock import DirectoryLock
from server.stores.passages import IndexedPassages
from server.stores.past import Past
from server.stores.rebuilding import Rebuilder
from server.stores.spent import SqlSpentTokens
from server.stores.writer import Writer


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where the data is.

    directory: of the indexes, and of the records unless `url` names another database.
    url: of the records, as SQLAlchemy writes it; "" for a SQLite file in the directory.
    exact_limit: how many chunks of a tenant are scanned exactly before an inverted file takes over.
    save_every: how many chunks may come or versions go before a tenant's index is saved again.
    """

    directory: Path
    url: str = ""
    exact_limit: int = 50_000
    save_every: int = 5_000


class Store:
    """The open store; a context manager that closes it."""

    def __init__(self, lock: DirectoryLock, database: Database, indexes: Indexes, writer: Writer, past: Past) -> None:
        """Made by `open_store`."""
        self._lock = lock
        self._database = database
        self._indexes = indexes
        self._writer = writer
        self.documents = SqlDocuments(database, writer, past.embedder)
        self.feeds = SqlFeeds(database, writer, past.embedder)
        self.passages = IndexedPassages(database, indexes, past)
        self.cases = SqlCases(database, writer)
        self.audit = SqlAudit(database, writer)
        self.spent_tokens = SqlSpentTokens(writer)

    def close(self) -> None:
        """Commit what was submitted, save the indexes, and let another process have the directory."""
        self._writer.close()
        self._indexes.close()
        self._database.close()
        self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def records_url(directory: Path, url: str = "") -> str:
    """Where the records are: at `url` if it is not empty, in a SQLite file in the directory otherwise."""
    return url or sqlite_url(directory / "records.sqlite")


def open_store(settings: StoreSettings, *, embedder: str, dimension: int, signer: Signer | None = None) -> Store:
    """Open the store for vectors of one embedder, named by its version, of `dimension` numbers each.

    `signer` signs where the audit chains end; without one, they can be cut off unnoticed.
    Raises InvalidConfiguration when the directory is in use or not usable, or the database cannot be opened.
    """
    lock = DirectoryLock(settings.directory)
    try:
        database = open_database(records_url(settings.directory, settings.url))
    except BaseException:
        lock.release()
        raise
    rebuilder = Rebuilder(database, settings.directory / "index", embedder, dimension, settings.exact_limit)
    indexes = Indexes(rebuilder, settings.save_every)
    writer = Writer(database, indexes.publish, rebuilder.revisions(), Journal(signer))
    return Store(lock, database, indexes, writer, Past(database, embedder, dimension))
