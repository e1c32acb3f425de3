"""Roles, and the permissions that each brings; a role that is not listed brings none, but policies may ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from server.domain import Permission

ROLES: Mapping[str, frozenset[Permission]] = {
    "reader": frozenset({Permission.RETRIEVE, Permission.VALIDATE, Permission.READ_DOCUMENTS}),
    "writer": frozenset({Permission.READ_DOCUMENTS, Permission.WRITE_DOCUMENTS}),
    "reviewer": frozenset({Permission.REVIEW}),
    "admin": frozenset(Permission),
}


def permissions_of(roles: Iterable[str]) -> tuple[Permission, ...]:
    """What the roles permit together, in the order of the permissions."""
    granted = frozenset[Permission]().union(*(ROLES.get(role, frozenset()) for role in roles))
    return tuple(permission for permission in Permission if permission in granted)
