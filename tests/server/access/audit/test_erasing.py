"""Erasing details: of a person, or of what is older than it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.access.audit.checking import Findings, check_chain
from server.access.audit.erasing import Subject, erase_outdated, erase_subject
from server.access.audit.policy import AuditPolicy, Rule
from server.access.signing import SigningKey, keep_signing_key, trust
from server.domain import Caller
from server.stores.audit import SqlAudit, opened_audit
from server.stores.chain import AuditEntry
from server.stores.database import open_database, sqlite_url

ANN, BOT = Caller("acme", "ann"), Caller("acme", "bot", on_behalf_of=Caller("acme", "ann"))


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    """The key of the log."""
    return keep_signing_key(tmp_path / "key.pem")


@pytest.fixture
def log(tmp_path: Path, key: SigningKey) -> Iterator[SqlAudit]:
    """A log with four records."""
    url = sqlite_url(tmp_path / "records.sqlite")
    open_database(url).close()
    with opened_audit(url, key) as opened:
        for caller, collection, entity in (
            (ANN, "hr", "customer/1"),
            (BOT, "manuals", "customer/2"),
            (Caller("acme", "bob"), "hr", "customer/1"),
            (Caller("acme", "bob"), "manuals", ""),
        ):
            details = {"documents": [[collection, "d", 1]], "entities": [entity]}
            opened.append(AuditEntry("acme", caller, "retrieve", "FOUND", details=details)).result()
        yield opened


def findings(log: SqlAudit, key: SigningKey) -> Findings:
    """What a check of the log finds."""
    with log.chains() as chains:
        return check_chain("acme", chains.records("acme"), chains.head("acme"), trust(key))


def present(log: SqlAudit) -> list[int]:
    """The records that still have their details."""
    with log.chains() as chains:
        return [record.sequence for record in chains.records("acme") if record.details is not None]


@pytest.mark.parametrize(
    ("subject", "left"),
    [
        (Subject(person="ann"), [3, 4, 5]),
        (Subject(entity="customer/1"), [2, 4, 5]),
        (Subject(collection="hr", person="bob"), [1, 2, 4, 5]),
        (Subject(document="d"), [5]),
    ],
)
def test_the_details_about_a_subject_go_and_the_chain_stays_valid(
    log: SqlAudit, key: SigningKey, subject: Subject, left: list[int]
) -> None:
    """Also where somebody else acted for the person; the fifth record is that of the erasure."""
    erased = erase_subject(log, "acme", subject, "asked for")
    assert present(log) == left
    assert findings(log, key) == Findings("acme", 5, erased, ())


def test_without_a_subject_nothing_is_erased(log: SqlAudit) -> None:
    """It would be everything."""
    with pytest.raises(ValueError, match="name a person"):
        erase_subject(log, "acme", Subject(), "")


def test_what_is_outdated_goes_by_collection(log: SqlAudit, key: SigningKey) -> None:
    """And once it is gone, there is nothing more to erase."""
    policy = AuditPolicy(collections={"hr": Rule(keep_days=30)})
    later = datetime.now(UTC) + timedelta(days=31)
    assert (erase_outdated(log, policy), erase_outdated(log, policy, later), erase_outdated(log, policy, later)) == (
        0,
        2,
        0,
    )
    assert present(log) == [2, 4, 5]
    assert findings(log, key).problems == ()
