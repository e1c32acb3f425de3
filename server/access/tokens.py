"""Signed tokens: JSON Web Tokens (RFC 7519) verified as RFC 8725 advises, and the callers that they describe."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol, TypeAlias

import jwt

from server.access.keys import PublicKeys
from server.access.roles import permissions_of
from server.domain import EVERY_GROUP, HIGHEST_CLEARANCE, Caller
from server.errors import Unauthenticated

Claims: TypeAlias = Mapping[str, Any]

LONGEST_ON_BEHALF = 300
"""Seconds that a token for acting on behalf of a user may be valid."""
_LARGEST = 16_384
_LONGEST_TEXT = 256
_MOST_ITEMS = 256
_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must say, beside being signed: who issued it, whom for, and with which of the algorithms.

    `leeway` in seconds is how far the clocks of issuer and server may be apart.
    """

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    leeway: float

    @property
    def on_behalf_audience(self) -> str:
        """Whom a user's token is meant for that an application sends; another, so that it does not pass for the user's own."""
        return f"{self.audience}/on-behalf-of"


@dataclass(frozen=True, slots=True)
class _Verified:
    """A token that was verified: whom it describes, with which key, and until when in seconds since 1970."""

    caller: Caller
    kid: str
    key: jwt.PyJWK
    expires: float


class SpentTokens(Protocol):
    """Where tokens are remembered that are good for one call."""

    def spend(self, name: str, expires: float) -> Future[bool]:
        """Use a token: True for the first of all who try, in whatever process, durable when the future resolves."""


class Tokens:
    """Turns tokens into callers; safe to use from many threads."""

    def __init__(
        self, keys: PublicKeys, rules: TokenRules, spent: SpentTokens, now: Callable[[], float] = time.time
    ) -> None:
        self._keys = keys
        self._rules = rules
        self._spent = spent
        self._now = now
        self._verified: OrderedDict[bytes, _Verified] = OrderedDict()
        self._lock = Lock()

    def refresh(self) -> None:
        """Fetch the keys again."""
        self._keys.refresh()

    def caller(self, token: str) -> Caller:
        """Whom a token describes. Raises `Unauthenticated` and `KeysOutdated`.

        A token is verified once, and afterwards only its age and its key are looked at.
        """
        name = hashlib.sha256(token.encode(errors="replace")).digest()
        with self._lock:
            known = self._verified.get(name)
        if known is not None and self._keys.get(known.kid) is known.key:
            if self._now() >= known.expires:
                raise Unauthenticated("a token that has expired")
            return known.caller
        verified, claims = self._verify(token, self._rules.audience)
        if self._rules.on_behalf_audience in claims["aud"]:
            raise Unauthenticated("a token for acting on behalf of a user, sent as the user's own")
        with self._lock:
            self._verified[name] = verified
            if len(self._verified) > _REMEMBERED:
                self._verified.popitem(last=False)
        return verified.caller

    def user(self, token: str, application: Caller) -> Caller:
        """The end user for whom an application makes one call. Raises `Unauthenticated`, `KeysOutdated` and `StoreFailure`.

        The token must be meant for that use (`aud`) and for that application (`azp`), short-lived (`iat`, `exp`), and is good for
        one call (`jti`): what somebody overheard is of no use, and the application cannot call as the user with it. Waits until
        it is recorded as used.
        """
        verified, claims = self._verify(token, self._rules.on_behalf_audience, "iat", "jti", "azp")
        if _text(claims, "azp") != application.subject:
            raise Unauthenticated("the user's token is meant for another application")
        if verified.caller.tenant != application.tenant:
            raise Unauthenticated("the user is of another tenant than the application")
        if int(claims["exp"]) - int(claims["iat"]) > LONGEST_ON_BEHALF:
            raise Unauthenticated(f"the user's token is valid for more than {LONGEST_ON_BEHALF} s")
        if not self._spent.spend(_text(claims, "jti"), verified.expires).result():
            raise Unauthenticated("the user's token was used before")
        return verified.caller

    def _verify(self, token: str, audience: str, *required: str) -> tuple[_Verified, Claims]:
        if len(token) > _LARGEST:
            raise Unauthenticated(f"a token of {len(token)} characters")
        try:
            header = jwt.get_unverified_header(token)
            kid, algorithm = header.get("kid"), header.get("alg")
            if algorithm not in self._rules.algorithms:
                raise Unauthenticated(f"a token signed with {algorithm!r}")
            key = self._keys.get(kid) if isinstance(kid, str) else None
            if key is None or key.algorithm_name != algorithm:
                raise Unauthenticated("a token of a key that is not known, or not for its algorithm")
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=audience,
                issuer=self._rules.issuer,
                leeway=self._rules.leeway,
                options={"require": ["exp", "iss", "aud", "sub", *required]},
            )
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise Unauthenticated(f"a token that is not valid: {error}") from None
        assert isinstance(kid, str)
        return _Verified(caller_of(claims), kid, key, int(claims["exp"]) + self._rules.leeway), claims


def caller_of(claims: Claims) -> Caller:
    """The caller that verified claims describe; raises `Unauthenticated` for claims of another form."""
    roles = _texts(claims, "roles")
    return Caller(
        tenant=_text(claims, "tenant"),
        subject=_text(claims, "sub"),
        groups=tuple(group for group in _texts(claims, "groups") if group != EVERY_GROUP),
        roles=roles,
        permissions=permissions_of(roles),
        clearance=_clearance(claims),
        region=_text(claims, "region") if claims.get("region") else "",
        attributes=_attributes(claims),
    )


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_TEXT:
        raise Unauthenticated(f"the claim {name} is not a text of 1 to {_LONGEST_TEXT} characters")
    return value


def _texts(claims: Claims, name: str) -> tuple[str, ...]:
    values = claims.get(name, [])
    if not isinstance(values, list) or len(values) > _MOST_ITEMS or not all(isinstance(each, str) for each in values):
        raise Unauthenticated(f"the claim {name} is not a list of at most {_MOST_ITEMS} texts")
    return tuple(dict.fromkeys(values))


def _clearance(claims: Claims) -> int:
    value = claims.get("clearance", 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= HIGHEST_CLEARANCE:
        raise Unauthenticated(f"the claim clearance is not an integer from 0 to {HIGHEST_CLEARANCE}")
    return value


def _attributes(claims: Claims) -> Mapping[str, str]:
    values = claims.get("attributes", {})
    if not isinstance(values, dict) or not all(isinstance(each, str) for each in values.values()):
        raise Unauthenticated("the claim attributes is not an object of texts")
    return {str(name): value for name, value in sorted(values.items())}
