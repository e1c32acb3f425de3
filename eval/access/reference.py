"""The oracle: who may see what, decided one document at a time on plain values. Imports nothing of the service.

A document, a caller and a server are mappings of plain values. A policy is one of `POLICIES`: its text in Cedar, which the
service reads, and the same rule as a function, which the oracle asks. Each function says what the policy forbids.
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


def may_see(caller: Plain, document: Plain, policies: Iterable[Policy], server_region: str, now: float) -> bool:
    """Whether a caller, and the user that it acts for, may be shown a document that is asked about at `now`."""
    if document["valid_until"] is not None and not now < document["valid_until"]:
        return False
    people = [caller] if caller["user"] is None else [caller, caller["user"]]
    return all(_one_may(person, document, policies, server_region) for person in people)


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
