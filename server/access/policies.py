"""Access policies in Cedar (https://docs.cedarpolicy.com): read from files, checked against the schema, asked for decisions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import cedarpy

from server.access.rules import Action
from server.domain import Caller, Resource
from server.errors import InvalidConfiguration

SCHEMA = (files("server.policies") / "access" / "schema.cedarschema").read_text("utf-8")
BUILT_IN = "the built-in access policies"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is allowed, and the ids of the policies that decided it; none where the fixed rules did."""

    allowed: bool
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessPolicies:
    """A checked set of policies.

    `version` names it by its hash. `asks_about` holds the attributes of documents whose names occur in it: no other can change
    a decision, so documents that agree in these share one.
    """

    version: str
    asks_about: frozenset[str]
    _set: cedarpy.PolicySet

    def decide(
        self, principal: Caller, action: Action, resources: Sequence[Resource], server_region: str
    ) -> list[Decision]:
        """A decision on each document; one that a policy cannot be evaluated for is refused."""
        entities = [_principal(principal), *(_document(str(i), each) for i, each in enumerate(resources))]
        requests = [
            {
                "principal": {"type": "Caller", "id": "caller"},
                "action": {"type": "Action", "id": action.value},
                "resource": {"type": "Document", "id": str(i)},
                "context": {"server_region": server_region},
            }
            for i in range(len(resources))
        ]
        results = cedarpy.is_authorized_batch(requests, self._set, entities)
        return [_decision(result) for result in results]

    def alike(self, resource: Resource) -> Resource:
        """The document that stands for all those which these policies cannot tell from it."""
        return Resource(**{name: getattr(resource, name) for name in self.asks_about})


def load_access_policies(folder: Path | None = None) -> AccessPolicies:
    """The policies of all `*.cedar` files of `folder`, or the built-in ones for None.

    Raises InvalidConfiguration naming the file and what is wrong with it.
    """
    if folder is None:
        text = (files("server.policies") / "access" / "default.cedar").read_text("utf-8")
        return parse_access_policies({BUILT_IN: text})
    if not folder.is_dir():
        raise InvalidConfiguration(f"access_policies: {folder} is not a directory")
    return parse_access_policies({str(path): _read(path) for path in sorted(folder.glob("*.cedar"))}, str(folder))


def parse_access_policies(texts: Mapping[str, str], folder: str = BUILT_IN) -> AccessPolicies:
    """The policies in some texts, by the names of their sources. Raises InvalidConfiguration naming source and reason."""
    schema = cedarpy.Schema.from_str(SCHEMA)
    owner: dict[str, str] = {}
    for source, text in texts.items():
        for name in _checked(source, text, schema):
            if name in owner:
                raise InvalidConfiguration(f'{source}: the id "{name}" is taken by a policy in {owner[name]}')
            owner[name] = source
    if not owner:
        raise InvalidConfiguration(
            f"{folder}: no policies; what no policy permits is refused, so nothing could be read"
        )
    everything = "\n".join(texts.values())
    digest = hashlib.sha256(json.dumps([SCHEMA, everything]).encode()).hexdigest()
    policies = cedarpy.PolicySet.from_str(everything)
    return AccessPolicies(f"access-{digest[:12]}", _asked_about(everything), policies)


def _checked(source: str, text: str, schema: cedarpy.Schema) -> list[str]:
    """The ids of the policies in a text, which is valid."""
    try:
        nodes = cedarpy.PolicySet.from_str(text).to_pst()
    except ValueError as error:
        raise InvalidConfiguration(f"{source}: not Cedar policies: {error}") from None
    if nodes.templates:
        raise InvalidConfiguration(f"{source}: templates (?principal, ?resource) are not supported; write policies")
    names = [policy.annotations.get("id", "") for policy in nodes.static_policies.values()]
    if not all(names):
        raise InvalidConfiguration(
            f'{source}: policy {names.index("") + 1} has no @id("..."), by which decisions name it'
        )
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidConfiguration(f'{source}: the id "{twice}" is used twice')
    result = cedarpy.validate_policies(text, schema)
    if not result.validation_passed:
        problems = "; ".join(error.error for error in result.errors)
        raise InvalidConfiguration(f"{source}: does not fit the schema: {problems}")
    return names


def _asked_about(text: str) -> frozenset[str]:
    # In JSON, where no escape can hide a name.
    words = set(re.findall(r"\w+", cedarpy.policies_to_json_str(text)))
    return frozenset(each.name for each in fields(Resource) if each.name in words)


def _principal(principal: Caller) -> dict[str, Any]:
    attributes = {
        "tenant": principal.tenant,
        "subject": principal.subject,
        "groups": list(principal.groups),
        "roles": list(principal.roles),
        "clearance": principal.clearance,
        "region": principal.region,
    }
    uid = {"type": "Caller", "id": "caller"}
    return {"uid": uid, "attrs": attributes, "tags": dict(principal.attributes), "parents": []}


def _document(name: str, resource: Resource) -> dict[str, Any]:
    attributes = {each.name: _plain(getattr(resource, each.name)) for each in fields(resource)}
    return {"uid": {"type": "Document", "id": name}, "attrs": attributes, "parents": []}


def _plain(value: str | int | Iterable[str]) -> str | int | list[str]:
    return value if isinstance(value, str | int) else list(value)


def _decision(result: cedarpy.AuthzResult) -> Decision:
    diagnostics = result.diagnostics
    names = diagnostics.id_annotations_by_reason
    # Cedar skips a policy that it cannot evaluate; skipping one that forbids would let through what it is there to stop.
    allowed = result.allowed and not diagnostics.errors
    return Decision(allowed, tuple(sorted(names.get(reason, reason) for reason in diagnostics.reasons)))


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfiguration(f"{path}: cannot be read: {error}") from error
