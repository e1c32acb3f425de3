"""An issuer of tokens, with keys made for the tests."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ISSUER = "https://issuer.example"
AUDIENCE = "groundwire"
ON_BEHALF = f"{AUDIENCE}/on-behalf-of"


@dataclass(frozen=True)
class Issuer:
    """Signs tokens with a key of its own."""

    kid: str = "k1"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key."""
        entry = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(self.key.public_key()))
        return entry | {"kid": self.kid, "use": "sig", "alg": "EdDSA"}

    def short(self, **claims: Any) -> str:
        """A token for acting on behalf of a user, valid for two minutes."""
        return self.token(**({"aud": ON_BEHALF, "exp": int(time.time()) + 120} | claims))

    def token(self, *, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A good token, but for the claims given; None leaves a claim out."""
        now = int(time.time())
        usual = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "ann",
            "tenant": "acme",
            "roles": ["admin"],
            "iat": now,
            "exp": now + 3_600,
        }
        body = {name: value for name, value in (usual | claims).items() if value is not None}
        return jwt.encode(body, self.key, algorithm="EdDSA", headers={"kid": self.kid} | (headers or {}))


def jwk_set(*issuers: Issuer) -> str:
    """The public keys of issuers."""
    return json.dumps({"keys": [issuer.jwk for issuer in issuers]})
