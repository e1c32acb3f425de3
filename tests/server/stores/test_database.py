from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from server.errors import InvalidConfiguration, StoreFailure
from server.stores.database import open_database, sqlite_url
from server.stores.schema import audit_heads, metadata


def test_the_migrations_make_the_schema(tmp_path: Path) -> None:
    """The tables that the code uses are those that the migrations create."""
    database = open_database(sqlite_url(tmp_path / "records.sqlite"))
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_sqlite_is_set_to_lose_nothing(tmp_path: Path, pragma: str, value: object) -> None:
    """Synchronous is 2 (FULL): with NORMAL, a power cut loses transactions that were acknowledged."""
    database = open_database(sqlite_url(tmp_path / "records.sqlite"))
    with database.write() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value
    database.close()


def test_a_look_sees_the_newest_state_and_begins_nothing(tmp_path: Path) -> None:
    """Each statement sees what was committed before it, even on one connection; what began a transaction sees the state of then."""
    database = open_database(sqlite_url(tmp_path / "records.sqlite"))
    count = sa.select(sa.func.count()).select_from(audit_heads)
    head = {"tenant": "acme", "sequence": 1, "hash": "", "signed_at": 0, "key_id": "", "signature": ""}
    with database.look() as looking, database.read() as reading:
        assert [each.execute(count).scalar_one() for each in (looking, reading)] == [0, 0]
        with database.write() as writing:
            writing.execute(sa.insert(audit_heads), head)
        assert [each.execute(count).scalar_one() for each in (looking, reading)] == [1, 0]
    database.close()


def test_a_database_from_a_newer_version_is_refused(tmp_path: Path) -> None:
    """Its schema is not known, so nothing is touched."""
    url = sqlite_url(tmp_path / "records.sqlite")
    open_database(url).close()
    with sa.create_engine(url).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(InvalidConfiguration, match=r"records\.sqlite cannot be opened"):
        open_database(url)


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////nowhere/at/all.sqlite", "cobol://host/db"])
def test_a_url_that_leads_nowhere_is_refused(url: str) -> None:
    """Before the server takes its first call."""
    with pytest.raises(InvalidConfiguration):
        open_database(url)


def test_a_failing_statement_is_reported_without_its_parameters(tmp_path: Path) -> None:
    """Parameters hold content, which errors must not carry."""
    database = open_database(sqlite_url(tmp_path / "records.sqlite"))
    with pytest.raises(StoreFailure) as caught, database.read() as connection:
        connection.execute(sa.text("SELECT :secret FROM nowhere"), {"secret": "hush"})
    assert "nowhere" in str(caught.value)
    assert "hush" not in str(caught.value)
    database.close()
