"""Who asks, and what they may do at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

DEFAULT_TENANT = "default"
"""Whose documents and cases those of a caller without an identity are."""

EVERY_GROUP = "*"
"""Stands for membership in every group; only the operator can give it, no token can."""

HIGHEST_CLEARANCE = 100
"""Clearances of callers and documents range from 0 to this."""


class Permission(StrEnum):
    """What a caller may do at all; which documents and cases it concerns is decided for each of them."""

    RETRIEVE = "RETRIEVE"
    VALIDATE = "VALIDATE"
    READ_DOCUMENTS = "READ_DOCUMENTS"
    WRITE_DOCUMENTS = "WRITE_DOCUMENTS"
    REVIEW = "REVIEW"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: what a verified credential says, and nothing that the request says.

    `groups` open documents that name readers, `clearance` (0 to 100) those that demand one, `region` keeps out those of
    other regions; "" is none. `attributes` are for policies. An application that acts for an end user is the caller, and
    the user is its `on_behalf_of`: what they may do is what both may.
    """

    tenant: str
    subject: str
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    permissions: tuple[Permission, ...] = ()
    clearance: int = 0
    region: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    on_behalf_of: Caller | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the caller, and whom it acts for, have a permission."""
        return all(permission in principal.permissions for principal in self.principals)

    @property
    def principals(self) -> tuple[Caller, ...]:
        """Everyone whose rights a decision needs: the caller, then whom it acts for."""
        return (self,) if self.on_behalf_of is None else (self, *self.on_behalf_of.principals)

    @property
    def fingerprint(self) -> str:
        """Hexadecimal SHA-256 over all that decisions depend on: equal for callers with equal rights."""
        decides = [
            [
                [principal.tenant, principal.subject, principal.region, principal.clearance],
                [sorted(principal.groups), sorted(principal.roles), sorted(principal.permissions)],
                sorted(principal.attributes.items()),
            ]
            for principal in self.principals
        ]
        return hashlib.sha256(json.dumps(decides).encode()).hexdigest()


LOCAL_CALLER = Caller(
    tenant=DEFAULT_TENANT,
    subject="anonymous",
    groups=(EVERY_GROUP,),
    roles=("admin",),
    permissions=tuple(Permission),
    clearance=HIGHEST_CLEARANCE,
)
"""Whoever calls a server that identifies nobody, which is one that only its own machine can reach."""
