"""The credentials of made-up callers: an issuer of tokens, and the file of the clients that have a key."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from eval.access.reference import Plain
from server.access.clients import digest_of
from server.config import load_settings
from server.domain import EVERY_GROUP

_ISSUER, _AUDIENCE = "https://issuer.example", "groundwire"
_SECONDS = 120

Headers = tuple[tuple[str, str], ...]


class People:
    """Some callers, each with a token, or with a key where no token could say what it is: a member of every group."""

    def __init__(self, folder: Path, callers: Sequence[Plain]) -> None:
        """Write the issuer's public key and the list of clients to a folder."""
        self.callers = tuple(callers)
        self._key = Ed25519PrivateKey.generate()
        public = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(self._key.public_key()))
        clients = [self._client(number) for number, caller in enumerate(callers) if _is_listed(caller)]
        (folder / "keys.json").write_text(json.dumps({"keys": [public | {"kid": "k1", "alg": "EdDSA"}]}), "utf-8")
        (folder / "clients.yaml").write_text(yaml.safe_dump(clients), "utf-8")
        self.settings = load_settings(
            jwt_keys=str(folder / "keys.json"),
            jwt_issuer=_ISSUER,
            jwt_audience=_AUDIENCE,
            clients=folder / "clients.yaml",
        )
        self._own = [
            f"gw_app-{number}_key" if _is_listed(caller) else self._token(caller, exp=int(time.time()) + 86_400)
            for number, caller in enumerate(callers)
        ]

    def headers(self, number: int) -> Headers:
        """What a caller sends with one call; the token of the user whom it acts for is good for no other."""
        caller = self.callers[number]
        own = ("authorization", f"Bearer {self._own[number]}")
        if caller["user"] is None:
            return (own,)
        subject = f"app-{number}" if _is_listed(caller) else caller["subject"]
        once = self._token(caller["user"], **_once(subject))
        return (own, ("on-behalf-of", once))

    def _client(self, number: int) -> dict[str, Any]:
        caller = self.callers[number]
        return {
            "id": f"app-{number}",
            "keys_sha256": [digest_of(f"gw_app-{number}_key")],
            **{name: caller[name] for name in ("tenant", "clearance", "region", "attributes")},
            **{name: list(caller[name]) for name in ("roles", "groups")},
        }

    def _token(self, person: Plain, **more: Any) -> str:
        claims = {name: person[name] for name in ("tenant", "clearance", "region", "attributes")}
        lists = {name: list(person[name]) for name in ("roles", "groups")}
        about = {"iss": _ISSUER, "aud": _AUDIENCE, "sub": person["subject"], "iat": int(time.time())}
        return jwt.encode(about | claims | lists | more, self._key, algorithm="EdDSA", headers={"kid": "k1"})


def _once(application: str) -> dict[str, Any]:
    """The claims of a token with which an application makes one call for a person."""
    expires = int(time.time()) + _SECONDS
    return {"aud": f"{_AUDIENCE}/on-behalf-of", "azp": application, "exp": expires, "jti": uuid4().hex}


def _is_listed(caller: Plain) -> bool:
    return EVERY_GROUP in caller["groups"]


def named(number: int, caller: dict[str, Any]) -> dict[str, Any]:
    """The caller by the name under which the service knows it: that of a client, if it is one."""
    return caller | {"subject": f"app-{number}"} if _is_listed(caller) else caller
