"""The fixed rules of access: a document that fails one of them is not there for the caller, whatever the policies say."""

from __future__ import annotations

from enum import StrEnum

from server.domain import EVERY_GROUP, Caller, Resource


class Action(StrEnum):
    """What a caller wants to do with a document, by the names that policies use."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    REVIEW = "review"


def permits(principal: Caller, action: Action, resource: Resource, server_region: str) -> bool:
    """Whether the fixed rules let one principal do something with a document, on a server of a region ("" for none).

    To see or remove a document, the caller must be one of its readers and have its clearance. Storing asks for neither: who
    brings documents in for others need not read them.
    """
    if principal.tenant != resource.tenant:
        return False
    if not same_region(resource.region, server_region) or not same_region(resource.region, principal.region):
        return False
    if action is Action.WRITE:
        return True
    return _is_reader(principal, resource) and resource.clearance <= principal.clearance


def same_region(one: str, other: str) -> bool:
    """Whether two regions go together; "" goes with every other."""
    return not one or not other or one == other


def _is_reader(principal: Caller, resource: Resource) -> bool:
    if not resource.readers or EVERY_GROUP in principal.groups:
        return True
    return principal.subject == resource.owner or not set(resource.readers).isdisjoint(principal.groups)
