"""Worlds to try access control on: tenants, callers and documents drawn from a seed, as the plain values of the oracle."""

from __future__ import annotations

import json
import random
from typing import Any

from eval.access.reference import POLICIES, Policy

TENANTS = ("acme", "globex", "initech")
GROUPS = ("g0", "g1", "g2", "g3")
REGIONS = ("", "", "eu", "us")
COLLECTIONS = ("open", "sales", "private")
CUSTOMERS = tuple(f"customer/{number}" for number in range(4))
LABELS = ("draft", "final", "internal")
PEOPLE = ("ann", "bob", "cem", "dee")
LONG_AGO, NOBODY_KNOWS_WHEN = 1_000_000_000.0, 4_000_000_000.0
FIELDS = ("salary", "diagnosis", "email", "note")
WORDS = ("otter", "hare", "owl", "fox", "lynx", "heron", "vole", "stoat")


def collection_of(number: int) -> str:
    """Where document `number` is."""
    return COLLECTIONS[number // len(TENANTS) % len(COLLECTIONS)]


class World:
    """Draws what a trial needs; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._canaries = 0

    def canary(self) -> str:
        """A word that no other document, and no other version, has."""
        self._canaries += 1
        return f"canary{self._canaries:07d}"

    def document(self, number: int) -> dict[str, Any]:
        """Document `number`, with attributes and a text of its own each time that it is drawn."""
        chance, canary = self.chance, self.canary()
        words = f"creature {' '.join(chance.choices(WORDS, k=6))}"
        entity_keys = self._some(CUSTOMERS) if chance.random() < 0.3 else ()
        fields = {name: self.canary() for name in FIELDS} if chance.random() < 0.4 else {}
        return {
            "tenant": TENANTS[number % len(TENANTS)],
            "collection": collection_of(number),
            "document_id": f"d{number}",
            "owner": chance.choice(("", *PEOPLE)),
            "readers": self._some(GROUPS) if chance.random() < 0.4 else (),
            "labels": self._some(LABELS),
            "clearance": chance.choice((0, 0, 0, 1, 2, 3)),
            "region": chance.choice(REGIONS),
            "entity_keys": entity_keys,
            "valid_until": chance.choice((None, None, None, LONG_AGO, NOBODY_KNOWS_WHEN)),
            "canary": canary,
            "fields": fields,
            # Every document has the word that is asked for, so that only access keeps it out of a reply.
            "text": _record(words, canary, fields, entity_keys) if fields else f"{words} {canary}",
        }

    def caller(self) -> dict[str, Any]:
        """A caller; a third of them act for a user, who may even be of another tenant. No user is in every group."""
        caller = self._person()
        if self.chance.random() < 0.33:
            caller["user"] = self._person()
            if caller["user"]["groups"] == ("*",):
                caller["user"]["groups"] = GROUPS[:2]
            if self.chance.random() < 0.9:
                caller["user"]["tenant"] = caller["tenant"]
        return caller

    def policies(self) -> tuple[Policy, ...]:
        """Those in force, beside one that permits everything."""
        return tuple(policy for policy in POLICIES if self.chance.random() < 0.4)

    def server_region(self) -> str:
        """The region of the server."""
        return self.chance.choice(REGIONS)

    def _person(self) -> dict[str, Any]:
        chance = self.chance
        return {
            "tenant": chance.choice(TENANTS),
            "subject": chance.choice(PEOPLE),
            "groups": ("*",) if chance.random() < 0.2 else self._some(GROUPS),
            "roles": ("reader", *self._some(("writer", "reviewer"))),
            "clearance": chance.choice((0, 1, 2, 3, 100)),
            "region": chance.choice(REGIONS),
            "attributes": {"customer": chance.choice(CUSTOMERS)} if chance.random() < 0.6 else {},
            "user": None,
        }

    def _some(self, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(value for value in values if self.chance.random() < 0.4)


def _record(words: str, canary: str, fields: dict[str, str], entity_keys: tuple[str, ...]) -> str:
    """A record, with a canary of its own in each field."""
    values = {name: f"{value}@example.org" if name == "email" else value for name, value in fields.items()}
    customer = entity_keys[0] if entity_keys else "none"
    return json.dumps({"customer": customer, "kind": words, "main": canary, **values}, indent=1)
