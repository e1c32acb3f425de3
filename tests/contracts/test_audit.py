"""What every implementation of the audit chains does."""

from __future__ import annotations

import json

from server.stores.audit import Chains
from server.stores.chain import GENESIS, Entry, Record, record_hash
from server.stores.store import Store


def entry(name: str, tenant: str = "acme") -> Entry:
    """Something that was decided."""
    return Entry(tenant, "validate", "PASS", details={"name": name})


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
    store.audit.erase(Entry("acme", "audit.erase", "ERASED", erases=(1, 2))).result()
    with store.audit.chains() as chains:
        records = list(chains.records("acme"))
        assert names(chains, "acme") == ["erased", "erased", "c", "erased"]
    assert [record.hash for record in records] == hashes(records)
    assert json.loads(records[-1].header)["erases"] == [[1, 2]]
