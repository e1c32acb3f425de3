"""Clients that the operator lists."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from server.access.clients import Clients, digest_of, load_clients, new_key
from server.domain import EVERY_GROUP, Caller, Permission
from server.errors import InvalidConfiguration, Unauthenticated

KEY = new_key("indexer")
INDEXER = {
    "id": "indexer",
    "keys_sha256": [digest_of("gw_indexer_old"), digest_of(KEY)],
    "tenant": "acme",
    "roles": ["writer"],
    "groups": [EVERY_GROUP],
    "clearance": 5,
    "region": "eu",
    "attributes": {"team": "search"},
}
WEB = {"id": "web", "certificate": "spiffe://acme/web", "tenant": "acme", "roles": ["reader"]}


def _load(folder: Path, *entries: object) -> Clients:
    file = folder / "clients.yaml"
    file.write_text(yaml.safe_dump(list(entries)))
    return load_clients(file)


def test_a_key_tells_its_client(tmp_path: Path) -> None:
    """With all that the operator gave it."""
    assert _load(tmp_path, WEB, INDEXER).with_key(KEY) == Caller(
        tenant="acme",
        subject="indexer",
        groups=(EVERY_GROUP,),
        roles=("writer",),
        permissions=(Permission.READ_DOCUMENTS, Permission.WRITE_DOCUMENTS),
        clearance=5,
        region="eu",
        attributes={"team": "search"},
    )


def test_old_and_new_key_are_good_side_by_side(tmp_path: Path) -> None:
    """So that a key can be replaced without an interruption."""
    assert _load(tmp_path, INDEXER).with_key("gw_indexer_old").subject == "indexer"


@pytest.mark.parametrize("key", ["", "gw_", "gw_indexer", KEY[:-1], KEY + "x", KEY.replace("indexer", "web"), "gw_x_y"])
def test_a_wrong_key_is_refused(tmp_path: Path, key: str) -> None:
    """Also where a client has no key at all."""
    with pytest.raises(Unauthenticated):
        _load(tmp_path, INDEXER, WEB).with_key(key)


def test_a_certificate_tells_its_client(tmp_path: Path) -> None:
    """By one of its names, which one client alone may have; a client without one has none, not an empty one."""
    clients = _load(tmp_path, INDEXER, WEB)
    assert clients.with_certificate(["web.acme", "spiffe://acme/web"]).subject == "web"
    for names in ([], [""], ["spiffe://acme/other"]):
        with pytest.raises(Unauthenticated):
            clients.with_certificate(names)
    with pytest.raises(Unauthenticated):
        _load(tmp_path, WEB, WEB | {"id": "twin"}).with_certificate(["spiffe://acme/web"])


def test_a_client_may_expire(tmp_path: Path) -> None:
    """Its keys and its certificate alike."""
    clients = _load(tmp_path, INDEXER | {"expires": "2020-01-01T00:00:00"}, WEB | {"expires": "2999-01-01T00:00:00Z"})
    with pytest.raises(Unauthenticated):
        clients.with_key(KEY)
    assert clients.with_certificate(["spiffe://acme/web"]).subject == "web"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (WEB | {"id": "a_b"}, r"\[0\].id"),
        (WEB | {"roles": ["king"]}, "there is no role 'king'"),
        (WEB | {"certificate": ""}, "needs keys_sha256 or a certificate"),
        (INDEXER | {"keys_sha256": [KEY]}, r"\[0\].keys_sha256.0"),
        (WEB | {"clearance": 101}, r"\[0\].clearance"),
        (WEB | {"colour": "red"}, r"\[0\].colour"),
        ("web", r"\[0\]"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, entry: object, problem: str) -> None:
    """With its place in the file and what is wrong."""
    with pytest.raises(InvalidConfiguration, match=problem):
        _load(tmp_path, entry)


def test_ids_are_unique(tmp_path: Path) -> None:
    """A second entry could quietly give a client more than the first."""
    with pytest.raises(InvalidConfiguration, match="'web' is taken"):
        _load(tmp_path, WEB, WEB)


@pytest.mark.parametrize("text", ["a: b", "[", "\xff"])
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    """Whatever it is instead."""
    (tmp_path / "clients.yaml").write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidConfiguration, match=r"clients\.yaml"):
        load_clients(tmp_path / "clients.yaml")
