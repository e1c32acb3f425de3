"""Clients that the operator lists: services with a key, or with a certificate of their own, and what each may do.

The file is a list in YAML, made by `groundwire key` and by hand. Of keys it holds the SHA-256 alone: a key is 256 random bits,
so nobody finds it from its hash, however fast the hash is.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from server.access.roles import ROLES, permissions_of
from server.domain import HIGHEST_CLEARANCE, Caller
from server.errors import InvalidConfiguration, Unauthenticated

PREFIX = "gw"
_ID = r"^[a-z0-9][a-z0-9-]{0,63}$"
_Text = Annotated[str, StringConstraints(min_length=1, max_length=256)]
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Client(BaseModel):
    """One entry of the file; `expires` is when its keys and certificate stop to be good."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, StringConstraints(pattern=_ID)]
    keys_sha256: tuple[_Sha256, ...] = ()
    certificate: str = ""
    tenant: _Text
    roles: tuple[_Text, ...]
    groups: tuple[_Text, ...] = ()
    clearance: int = Field(default=0, ge=0, le=HIGHEST_CLEARANCE)
    region: str = ""
    attributes: Mapping[str, str] = Field(default_factory=dict)
    expires: datetime | None = None

    @model_validator(mode="after")
    def _can_be_used(self) -> Client:
        if not self.keys_sha256 and not self.certificate:
            raise ValueError("a client needs keys_sha256 or a certificate, or nobody could be it")
        unknown = [role for role in self.roles if role not in ROLES]
        if unknown:
            raise ValueError(f"there is no role {unknown[0]!r}; there are {', '.join(ROLES)}")
        return self

    def caller(self) -> Caller:
        """Who the client is."""
        return Caller(
            tenant=self.tenant,
            subject=self.id,
            groups=self.groups,
            roles=self.roles,
            permissions=permissions_of(self.roles),
            clearance=self.clearance,
            region=self.region,
            attributes=self.attributes,
        )


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients by id."""

    by_id: Mapping[str, Client]

    def with_key(self, key: str) -> Caller:
        """Whose key it is. Raises `Unauthenticated`; how long that takes does not depend on how much of a key is right."""
        _, _, rest = key.partition("_")
        client = self.by_id.get(rest.partition("_")[0])
        digest = digest_of(key)
        matches = [hmac.compare_digest(digest, known) for known in (client.keys_sha256 if client else ("0" * 64,))]
        if client is None or not any(matches):
            raise Unauthenticated("a key that no client has")
        return _in_time(client)

    def with_certificate(self, names: Sequence[str]) -> Caller:
        """The one client that has one of a certificate's names. Raises `Unauthenticated`."""
        found = [client for client in self.by_id.values() if client.certificate and client.certificate in names]
        if len(found) != 1:
            raise Unauthenticated(f"a certificate that {len(found)} clients have")
        return _in_time(found[0])


def _in_time(client: Client) -> Caller:
    expires = client.expires
    if expires is not None and datetime.now(UTC) >= (expires if expires.tzinfo else expires.replace(tzinfo=UTC)):
        raise Unauthenticated(f"the client {client.id} expired")
    return client.caller()


def new_key(client_id: str) -> str:
    """A key for a client: its id, and 256 random bits."""
    return f"{PREFIX}_{client_id}_{secrets.token_urlsafe(32)}"


def digest_of(key: str) -> str:
    """The lower-case hexadecimal SHA-256 by which the file knows a key."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def load_clients(path: Path) -> Clients:
    """The clients of a file. Raises InvalidConfiguration naming the entry and the field."""
    try:
        content: Any = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidConfiguration(f"{path}: cannot be read: {error}") from None
    if not isinstance(content, list):
        raise InvalidConfiguration(f"{path}: a file of clients is a list, not {type(content).__name__}")
    by_id: dict[str, Client] = {}
    for number, entry in enumerate(content):
        try:
            client = Client.model_validate(entry)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in ("", *problem["loc"]))
            raise InvalidConfiguration(f"{path}: [{number}]{place}: {problem['msg']}") from None
        if client.id in by_id:
            raise InvalidConfiguration(f"{path}: [{number}].id: {client.id!r} is taken")
        by_id[client.id] = client
    return Clients(by_id)
