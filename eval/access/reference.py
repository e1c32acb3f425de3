"""The oracle: who may see what, decided one document at a time on plain values. Imports nothing of the service.

A document, a caller and a server are mappings of plain values. A policy is one of `POLICIES`: its text in Cedar, which the
service reads, and the same rule as a function, which the oracle asks. Each function says what the policy forbids. Likewise a
mask: the rule that the service reads, and whom and what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Plain: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule in both forms."""

    cedar: str
    forbids: Callable[[Plain, Plain], bool]


PERMIT = '@id("all") permit (principal, action, resource);'
POLICIES = (
    Policy(
        '@id("drafts") forbid (principal, action, resource) '
        'when { resource.labels.contains("draft") && !principal.roles.contains("writer") };',
        lambda who, what: "draft" in what["labels"] and "writer" not in who["roles"],
    ),
    Policy(
        '@id("customers") forbid (principal, action, resource) when { !resource.entity_keys.isEmpty() } '
        'unless { principal.hasTag("customer") && resource.entity_keys.contains(principal.getTag("customer")) };',
        lambda who, what: bool(what["entity_keys"]) and who["attributes"].get("customer") not in what["entity_keys"],
    ),
    Policy(
        '@id("private") forbid (principal, action, resource) '
        'when { resource.collection == "private" && resource.owner != principal.subject };',
        lambda who, what: what["collection"] == "private" and what["owner"] != who["subject"],
    ),
    Policy(
        '@id("high") forbid (principal, action, resource) '
        'when { resource.clearance >= 2 && !principal.groups.containsAny(["g0", "g1"]) };',
        lambda who, what: what["clearance"] >= 2 and not {"g0", "g1"} & set(who["groups"]),
    ),
    Policy(
        '@id("abroad") forbid (principal, action, resource) '
        'when { resource.region != "" && resource.region != principal.region };',
        lambda who, what: what["region"] != "" and what["region"] != who["region"],
    ),
)


@dataclass(frozen=True, slots=True)
class Mask:
    """A rule of masking in both forms."""

    rule: Mapping[str, Any]
    field: str
    concerns: Callable[[Plain], bool]
    exempts: Callable[[Plain], bool]


MASKS = (
    Mask(
        {"action": "mask", "fields": ["salary"], "exempt": {"groups": ["g0"]}},
        "salary",
        lambda _: True,
        lambda who: "g0" in who["groups"],
    ),
    Mask(
        {"action": "drop", "fields": ["diagnosis"], "collections": ["sales"], "exempt": {"roles": ["writer"]}},
        "diagnosis",
        lambda what: what["collection"] == "sales",
        lambda who: "writer" in who["roles"],
    ),
    Mask(
        {"action": "tokenise", "detect": ["email"], "exempt": {"groups": ["g1"], "roles": ["reviewer"]}},
        "email",
        lambda _: True,
        lambda who: "g1" in who["groups"] or "reviewer" in who["roles"],
    ),
)


def is_served(caller: Plain, server_region: str) -> bool:
    """Whether a caller is let in at all: the user that it acts for is of its tenant, and both of the server's region."""
    return all(
        person["tenant"] == caller["tenant"] and (not server_region or person["region"] in ("", server_region))
        for person in _people(caller)
    )


def readable(
    caller: Plain, document: Plain, policies: Iterable[Policy], server_region: str, now: float
) -> frozenset[str]:
    """The canaries that a caller may read in a document that is asked about at `now`."""
    if not may_see(caller, document, policies, server_region, now):
        return frozenset()
    hidden = {
        mask.field
        for mask in MASKS
        if mask.concerns(document) and not all(mask.exempts(person) for person in _people(caller))
    }
    fields = document["fields"].items()
    return frozenset({document["canary"], *(canary for name, canary in fields if name not in hidden)})


def may_see(caller: Plain, document: Plain, policies: Iterable[Policy], server_region: str, now: float) -> bool:
    """Whether a caller, and the user that it acts for, may be shown a document that is asked about at `now`."""
    if document["valid_until"] is not None and not now < document["valid_until"]:
        return False
    return all(_one_may(person, document, policies, server_region) for person in _people(caller))


def _people(caller: Plain) -> list[Plain]:
    return [caller] if caller["user"] is None else [caller, caller["user"]]


def _one_may(person: Plain, document: Plain, policies: Iterable[Policy], server_region: str) -> bool:
    if person["tenant"] != document["tenant"]:
        return False
    region = document["region"]
    for other in (server_region, person["region"]):
        if region and other and region != other:
            return False
    if document["clearance"] > person["clearance"]:
        return False
    readers = document["readers"]
    if readers and document["owner"] != person["subject"] and "*" not in person["groups"]:
        shared = [group for group in person["groups"] if group in readers]
        if not shared:
            return False
    return not any(policy.forbids(person, document) for policy in policies)
