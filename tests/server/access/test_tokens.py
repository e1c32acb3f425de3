"""Which tokens are taken, and whom they describe."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from server.access.credentials import KeysOutdated
from server.access.keys import FETCH_AT_LEAST_EVERY, FETCH_AT_MOST_EVERY, FetchedKeys, FileKeys, Keys, parse_keys
from server.access.tokens import TokenRules, Tokens
from server.access.watched import LOOK_EVERY
from server.domain import Caller, Permission
from server.errors import InvalidConfiguration, Unauthenticated
from tests.fakes import SpentInMemory
from tests.signing import AUDIENCE, ISSUER, ON_BEHALF, Issuer, jwk_set

SIGNER = Issuer()
APPLICATION = Caller("acme", "chat-app")
RULES = TokenRules(ISSUER, AUDIENCE, ("EdDSA",), leeway=10)
HOUR = 3_600


@dataclass
class FixedKeys:
    """Keys that a test says."""

    keys: Keys = field(default_factory=lambda: parse_keys(jwk_set(SIGNER), "test"))

    def get(self, kid: str) -> jwt.PyJWK | None:
        return self.keys.get(kid)

    def refresh(self) -> None:
        pass


@dataclass
class Clock:
    """Goes on by hand."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now


def _tokens(keys: FixedKeys | None = None, clock: Clock | None = None) -> Tokens:
    return Tokens(keys or FixedKeys(), RULES, SpentInMemory(), clock or Clock())


def _unsigned(token: str, **header: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps({"kid": "k1", "typ": "JWT"} | header).encode()).decode().rstrip("=")
    return f"{body}.{token.split('.')[1]}."


def _signed_with_the_public_key() -> str:
    """The classic swap: the public key, which everybody has, as the secret of an HMAC."""
    public = base64.urlsafe_b64decode(SIGNER.jwk["x"] + "=")
    claims = jwt.decode(SIGNER.token(), options={"verify_signature": False})
    return jwt.encode(claims, public, algorithm="HS256", headers={"kid": "k1"})


def _refused() -> Iterator[Any]:
    now = int(time.time())
    token = SIGNER.token()
    yield pytest.param("", id="nothing")
    yield pytest.param("a.b.c", id="no token")
    yield pytest.param(token[:-4] + "AAAA", id="wrong signature")
    yield pytest.param(Issuer().token(), id="another's key under the same kid")
    yield pytest.param(SIGNER.token(headers={"kid": "k2"}), id="unknown kid")
    yield pytest.param(SIGNER.token(headers={"crit": ["exp"]}), id="critical header")
    yield pytest.param(_unsigned(token, alg="none"), id="alg none")
    yield pytest.param(_signed_with_the_public_key(), id="alg swap")
    yield pytest.param(SIGNER.token(aud="other"), id="wrong audience")
    yield pytest.param(SIGNER.token(iss="https://other.example"), id="wrong issuer")
    yield pytest.param(SIGNER.token(exp=now - 60), id="expired")
    yield pytest.param(SIGNER.token(nbf=now + HOUR // 2), id="not yet valid")
    yield pytest.param(SIGNER.token(iat=now + HOUR // 2), id="issued in the future")
    for missing in ("exp", "iss", "aud", "sub", "tenant"):
        yield pytest.param(SIGNER.token(**{missing: None}), id=f"no {missing}")
    wrong: dict[str, list[Any]] = {
        "tenant": [7, " ", "x" * 257],
        "groups": ["hr", [1], ["g"] * 257],
        "roles": [{"admin": True}],
        "clearance": ["9", True, -1, 101],
        "region": [7],
        "attributes": [["a"], {"a": 1}],
    }
    for name, values in wrong.items():
        for value in values:
            yield pytest.param(SIGNER.token(**{name: value}), id=f"{name} {str(value)[:20]}")
    yield pytest.param(SIGNER.token(attributes={"a": "x" * 20_000}), id="too long")


@pytest.mark.parametrize("token", list(_refused()))
def test_a_wrong_token_is_refused(token: str) -> None:
    """Whatever is wrong with it, the caller is told the same."""
    with pytest.raises(Unauthenticated) as caught:
        _tokens().caller(token)
    assert caught.value.message == "the call carries no valid credentials"
    assert caught.value.because


def test_a_token_describes_its_caller() -> None:
    """All of it comes from the claims; what no claim says is nothing, and no token is in every group."""
    token = SIGNER.token(
        roles=["reader", "poet"], groups=["hr", "*"], clearance=7, region="eu", attributes={"department": "sales"}
    )
    assert _tokens().caller(token) == Caller(
        tenant="acme",
        subject="ann",
        groups=("hr",),
        roles=("reader", "poet"),
        permissions=(Permission.RETRIEVE, Permission.VALIDATE, Permission.READ_DOCUMENTS),
        clearance=7,
        region="eu",
        attributes={"department": "sales"},
    )
    assert _tokens().caller(SIGNER.token(roles=None)) == Caller("acme", "ann")


def test_a_verified_token_is_looked_at_again() -> None:
    """Its age and its key, every time."""
    keys, clock, token = FixedKeys(), Clock(), SIGNER.token()
    tokens = _tokens(keys, clock)
    assert tokens.caller(token) == tokens.caller(token)
    keys.keys = parse_keys(jwk_set(Issuer("k2")), "test")
    with pytest.raises(Unauthenticated):
        tokens.caller(token)
    keys.keys = parse_keys(jwk_set(SIGNER), "test")
    assert tokens.caller(token).subject == "ann"
    clock.now += 2 * HOUR
    with pytest.raises(Unauthenticated):
        tokens.caller(token)


# --- on behalf of a user --------------------------------------------------------------------------------------


def _user_token(**claims: Any) -> str:
    return SIGNER.short(**({"sub": "uma", "jti": "1", "azp": "chat-app"} | claims))


def test_a_users_token_is_good_for_one_call() -> None:
    """The next call needs another."""
    tokens = _tokens()
    assert tokens.user(_user_token(), APPLICATION).subject == "uma"
    with pytest.raises(Unauthenticated, match="no valid credentials") as caught:
        tokens.user(_user_token(), APPLICATION)
    assert caught.value.because == "the user's token was used before"
    assert tokens.user(_user_token(jti="2"), APPLICATION).subject == "uma"


@pytest.mark.parametrize(
    "claims",
    [
        {"azp": "other-app"},
        {"azp": None},
        {"jti": None},
        {"jti": 7},
        {"iat": None},
        {"tenant": "other"},
        {"exp": int(time.time()) + HOUR},
        {"aud": "other"},
        {"aud": AUDIENCE},
    ],
)
def test_a_users_token_is_meant_for_the_application(claims: dict[str, Any]) -> None:
    """For it, its tenant, and not for long."""
    with pytest.raises(Unauthenticated):
        _tokens().user(_user_token(**claims), APPLICATION)


@pytest.mark.parametrize("audience", [ON_BEHALF, [ON_BEHALF], [AUDIENCE, ON_BEHALF]])
def test_a_users_token_does_not_pass_for_the_users_own(audience: str | list[str]) -> None:
    """Neither the application nor whoever overheard it can call as the user, with all of the user's rights and many times."""
    tokens, token = _tokens(), _user_token(aud=audience)
    with pytest.raises(Unauthenticated):
        tokens.caller(token)
    assert tokens.user(token, APPLICATION).subject == "uma"
    with pytest.raises(Unauthenticated):
        tokens.caller(token)


def test_a_users_token_that_is_refused_is_not_used_up() -> None:
    """Else whoever overheard it could spoil the call that it is for."""
    tokens = _tokens()
    with pytest.raises(Unauthenticated):
        tokens.user(_user_token(), Caller("acme", "other-app"))
    assert tokens.user(_user_token(), APPLICATION).subject == "uma"


# --- keys -----------------------------------------------------------------------------------------------------


@dataclass
class Provider:
    """Answers with a text that may change; counts how often it is asked."""

    text: str
    asked: int = 0

    def __call__(self, _: str) -> str:
        self.asked += 1
        return self.text


def _fetched(provider: Provider) -> tuple[FetchedKeys, Clock]:
    clock = Clock(0.0)
    return FetchedKeys("https://keys.example", provider, clock), clock


def test_a_new_key_is_fetched_when_a_token_names_it() -> None:
    """Once: invented names do not make the server ask again and again."""
    provider = Provider(jwk_set(SIGNER))
    keys, clock = _fetched(provider)
    assert keys.get("k2") is None
    clock.now += FETCH_AT_MOST_EVERY
    provider.text = jwk_set(SIGNER, Issuer("k2"))
    with pytest.raises(KeysOutdated):
        keys.get("k2")
    for _ in range(3):
        keys.refresh()
    assert keys.get("k2") is not None
    assert keys.get("k3") is None
    assert provider.asked == 2


def test_a_withdrawn_key_is_not_trusted_for_long() -> None:
    """Keys are fetched again after a while, although the known ones would do."""
    provider = Provider(jwk_set(SIGNER))
    keys, clock = _fetched(provider)
    provider.text = jwk_set(Issuer("k2"))
    clock.now += FETCH_AT_LEAST_EVERY
    with pytest.raises(KeysOutdated):
        keys.get("k1")
    keys.refresh()
    assert keys.get("k1") is None


def test_a_provider_that_fails_leaves_the_keys_in_force() -> None:
    """And is asked again later."""
    provider = Provider(jwk_set(SIGNER))
    keys, clock = _fetched(provider)
    provider.text = "out of order"
    clock.now += FETCH_AT_LEAST_EVERY
    keys.refresh()
    assert keys.get("k1") is not None


def test_keys_in_a_file_are_read_again(tmp_path: Path) -> None:
    """A key that is taken out of it is not known any more."""
    file = tmp_path / "keys.json"
    file.write_text(jwk_set(SIGNER))
    keys = FileKeys(file)
    assert keys.get("k1") is not None
    file.write_text(jwk_set(Issuer("k22")))
    keys._keys._looked_at -= LOOK_EVERY
    assert keys.get("k1") is None


def _jwk(key: Any, **given: Any) -> str:
    algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPublicKey) else jwt.algorithms.ECAlgorithm
    return json.dumps({"keys": [json.loads(algorithm.to_jwk(key)) | {"kid": "k"} | given]})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nothing", "not a JWK set"),
        ('{"keys": {}}', "not a JWK set"),
        ('{"keys": []}', "has no keys for signatures"),
        ('{"keys": ["k"]}', r"keys\[0\] is not an object"),
        ('{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "k"}]}', "only RSA, EC and OKP"),
        ('{"keys": [{"kty": "OKP", "kid": "k"}]}', "the key 'k' cannot be used"),
        (json.dumps({"keys": [SIGNER.jwk | {"d": "x"}]}), "is a private key"),
        (json.dumps({"keys": [SIGNER.jwk | {"kid": ""}]}), "needs a kid of its own, got ''"),
        (jwk_set(SIGNER, SIGNER), "needs a kid of its own, got 'k1'"),
        (_jwk(rsa.generate_private_key(65537, 1024).public_key()), "has 1024 bits"),
    ],
)
def test_a_key_that_could_not_be_trusted_stops_the_start(text: str, reason: str) -> None:
    """With the source and the key named."""
    with pytest.raises(InvalidConfiguration, match=f"test: .*{reason}|test: {reason}"):
        parse_keys(text, "test")


def test_a_key_is_for_its_own_algorithm() -> None:
    """A token must be signed with the one that its key is for."""
    private = ec.generate_private_key(ec.SECP256R1())
    keys = FixedKeys(parse_keys(_jwk(private.public_key(), alg="ES256"), "test"))
    claims = jwt.decode(SIGNER.token(), options={"verify_signature": False})
    token = jwt.encode(claims, private, algorithm="ES256", headers={"kid": "k"})
    rules = TokenRules(ISSUER, AUDIENCE, ("EdDSA", "ES256"), 10)
    assert Tokens(keys, rules, SpentInMemory()).caller(token).subject == "ann"
    with pytest.raises(Unauthenticated):
        Tokens(keys, RULES, SpentInMemory()).caller(token)
    with pytest.raises(Unauthenticated):
        Tokens(FixedKeys({"k": FixedKeys().keys["k1"]}), rules, SpentInMemory()).caller(token)
