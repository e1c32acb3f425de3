"""What every implementation of the audit chains does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from server.access.signing import keep_signing_key
from server.domain import Decision, Resolution, ReviewCase, Ruling, ValidationRequest, Verdict
from server.stores.audit import Chains
from server.stores.chain import GENESIS, AuditEntry, Record, record_hash
from server.stores.database import open_database
from server.stores.store import Store
from tests.drafts import draft
from tests.fakes import ACME, anyone
from tests.long.deciding import acknowledged, recorded, start


def entry(name: str, tenant: str = "acme") -> AuditEntry:
    """Something that was decided."""
    return AuditEntry(tenant, None, "validate", "PASS", details={"name": name})


def names(chains: Chains, tenant: str) -> list[str]:
    """What was recorded, in order."""
    return [json.loads(record.details or "{}").get("name", "erased") for record in chains.records(tenant)]


def hashes(records: list[Record]) -> list[str]:
    """The hashes that the headers call for."""
    found, previous = [], GENESIS
    for record in records:
        previous = record_hash(previous, record.header)
        found.append(previous)
    return found


def test_what_changes_documents_and_cases_is_on_record(store: Store) -> None:
    """In the commit of the change; what changes nothing is not."""
    first, second = draft("1", "one"), draft("1", "two")
    for each in (first, first, second):
        store.documents.put(replace(each, caller=ACME)).result()
    store.documents.delete([first.key, draft("2", "").key], anyone, ACME).result()
    request, verdict = ValidationRequest(ACME, "answer"), Verdict(Decision.BLOCK, 0.5, 0.0, 1.0, (), ())
    store.cases.keep(ReviewCase("c1", "acme", datetime.now(UTC), request, verdict))
    store.cases.resolve(ACME, "c1", Ruling(Resolution.APPROVED, "rita"))
    with store.audit.chains() as chains:
        records = [(json.loads(record.header), json.loads(record.details or "")) for record in chains.records("acme")]
    assert [(header["action"], header["outcome"], details.get("documents")) for header, details in records] == [
        ("document.put", "CREATED", [["docs", "1", 1]]),
        ("document.put", "UPDATED", [["docs", "1", 2]]),
        ("document.delete", "DELETED", [["docs", "1", 0]]),
        ("case.resolve", "APPROVED", None),
    ]
    assert {details["by"][0] for _, details in records} == {"ann"}


def test_each_tenant_has_a_chain_of_its_own(store: Store) -> None:
    """In the order of appending, each record with the hash of the one before in its own."""
    for name, tenant in (("a", "acme"), ("b", "other"), ("c", "acme")):
        store.audit.append(entry(name, tenant)).result()
    with store.audit.chains() as chains:
        records = list(chains.records("acme"))
        assert (chains.tenants(), names(chains, "acme"), names(chains, "other")) == (
            ("acme", "other"),
            ["a", "c"],
            ["b"],
        )
    assert [record.sequence for record in records] == [1, 2]
    assert [record.hash for record in records] == hashes(records)


def test_the_head_is_that_of_the_last_record(store: Store) -> None:
    """And a tenant without a chain has none."""
    for number in range(1200):
        last = store.audit.append(entry(str(number)))
    last.result()
    with store.audit.chains() as chains:
        head, *_, record = chains.head("acme"), *chains.records("acme", first=600)
        assert head is not None
        assert (head.sequence, head.hash) == (1200, record.hash)
        assert chains.head("other") is None


def test_erased_details_are_gone_and_the_hashes_stay(store: Store) -> None:
    """The record of the erasure says which."""
    for name in "abc":
        store.audit.append(entry(name)).result()
    store.audit.erase(AuditEntry("acme", None, "audit.erase", "ERASED", erases=(1, 2))).result()
    with store.audit.chains() as chains:
        records = list(chains.records("acme"))
        assert names(chains, "acme") == ["erased", "erased", "c", "erased"]
    assert [record.hash for record in records] == hashes(records)
    assert json.loads(records[-1].header)["erases"] == [[1, 2]]


def test_processes_that_record_at_once_never_fork_a_chain(tmp_path: Path, postgresql_url: str) -> None:
    """Several servers on one PostgreSQL take turns."""
    key = keep_signing_key(tmp_path / "key.pem")
    open_database(postgresql_url).close()
    processes = [start(postgresql_url, tmp_path / "key.pem", first, 200) for first in (0, 200, 400)]
    for process in processes:
        assert len(list(acknowledged(process.communicate()[0]))) == 200

    numbers, problems = recorded(postgresql_url, key)

    assert problems == []
    assert numbers == dict.fromkeys(range(600), 1)
