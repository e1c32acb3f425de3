"""The fixed rules: who passes them, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.access.rules import Action, permits
from server.domain import Caller, Resource

ANN = Caller("acme", "ann", groups=("hr", "sales"), clearance=2, region="eu")
OPEN = Resource(tenant="acme")
SEEING = (Action.READ, Action.DELETE, Action.REVIEW)


@pytest.mark.parametrize("action", Action)
def test_a_document_that_demands_nothing_is_open_to_its_tenant(action: Action) -> None:
    """And to no other, whatever the action."""
    assert permits(ANN, action, OPEN, "eu")
    assert not permits(replace(ANN, tenant="other"), action, OPEN, "eu")


@pytest.mark.parametrize("action", SEEING)
@pytest.mark.parametrize(
    ("resource", "refused"),
    [
        (replace(OPEN, readers=("board", "hr")), replace(ANN, groups=("sales",))),
        (replace(OPEN, readers=("board", "hr")), replace(ANN, groups=())),
        (replace(OPEN, clearance=2), replace(ANN, clearance=1)),
        (replace(OPEN, readers=("board",), owner="ann"), replace(ANN, subject="bob")),
    ],
)
def test_readers_and_clearance_decide_who_sees(action: Action, resource: Resource, refused: Caller) -> None:
    """One who has what it takes does, one who lacks it does not."""
    assert permits(ANN, action, resource, "eu")
    assert not permits(refused, action, resource, "eu")


def test_every_group_opens_what_names_readers() -> None:
    """For services that the operator trusts with all of a tenant's documents."""
    service = Caller("acme", "indexer", groups=("*",))
    assert permits(service, Action.READ, replace(OPEN, readers=("board",)), "")
    assert not permits(service, Action.READ, replace(OPEN, readers=("board",), clearance=1), "")


def test_who_brings_documents_in_need_not_read_them() -> None:
    """Neither readers nor clearance bind the one who stores."""
    assert permits(ANN, Action.WRITE, replace(OPEN, readers=("board",), clearance=100), "eu")


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize(
    ("region", "callers", "servers", "expected"),
    [
        ("eu", "eu", "eu", True),
        ("", "eu", "eu", True),
        ("eu", "", "", True),
        ("us", "eu", "", False),
        ("us", "", "eu", False),
        ("us", "us", "eu", False),
    ],
)
def test_regions_do_not_mix(action: Action, region: str, callers: str, servers: str, expected: bool) -> None:
    """A document of a region is there for servers and callers of the same one, or of none."""
    caller, resource = replace(ANN, region=callers), replace(OPEN, region=region)
    assert permits(caller, action, resource, servers) is expected
