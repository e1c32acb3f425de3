"""Every kind of wrong credential on every method of the contract."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import jwt
import pytest
import yaml
from grpc import aio

from groundwire.v1 import retriever_pb2
from server.access.clients import digest_of, load_clients
from server.access.identities import Identities
from server.access.keys import FileKeys
from server.access.tokens import TokenRules, Tokens
from server.rpc.permissions import FILES, methods_of
from tests.fakes import SpentInMemory
from tests.signing import AUDIENCE, ISSUER, Issuer, jwk_set

Serve = Callable[..., Any]
Headers = list[tuple[str, str]]

SIGNER, STRANGER = Issuer(), Issuer()
STREAMED = {
    f"/{service.full_name}/{method.name}"
    for file in FILES
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
    if method.client_streaming
}


@pytest.fixture
def identities(tmp_path: Path) -> Identities:
    """An issuer, and one client of the tenant acme."""
    app = {"id": "app", "keys_sha256": [digest_of("gw_app_1")], "tenant": "acme", "roles": ["admin"]}
    (tmp_path / "clients.yaml").write_text(yaml.safe_dump([app]))
    (tmp_path / "keys.json").write_text(jwk_set(SIGNER))
    tokens = Tokens(FileKeys(tmp_path / "keys.json"), TokenRules(ISSUER, AUDIENCE, ("EdDSA",), 10), SpentInMemory())
    return Identities(tokens, lambda: load_clients(tmp_path / "clients.yaml"))


def _bearer(token: str) -> Headers:
    return [("authorization", f"Bearer {token}")]


def _user(**claims: Any) -> Headers:
    token = SIGNER.short(**({"sub": "uma", "azp": "app", "jti": "once"} | claims))
    return [*_bearer("gw_app_1"), ("on-behalf-of", token)]


def _wrong() -> dict[str, Headers]:
    now = int(time.time())
    good = SIGNER.token()
    claims = jwt.decode(good, options={"verify_signature": False})
    return {
        "none": [],
        "in the body": [("tenant", "acme")],
        "wrong signature": _bearer(STRANGER.token()),
        "alg none": _bearer(jwt.encode(claims, None, algorithm="none", headers={"kid": "k1"})),
        "alg swap": _bearer(jwt.encode(claims, b"x" * 32, algorithm="HS256", headers={"kid": "k1"})),
        "wrong aud": _bearer(SIGNER.token(aud="other")),
        "wrong iss": _bearer(SIGNER.token(iss="other")),
        "wrong kid": _bearer(SIGNER.token(headers={"kid": "k9"})),
        "expired": _bearer(SIGNER.token(exp=now - 60)),
        "not yet valid": _bearer(SIGNER.token(nbf=now + 1_800)),
        "wrong key": _bearer("gw_app_2"),
        "user of another app": _user(azp="other"),
        "user of another tenant": _user(tenant="other"),
        "user's token sent as the user's own": [
            ("authorization", f"Bearer {SIGNER.short(sub='uma', azp='app', jti='own')}")
        ],
        "user's own token": _user(aud=AUDIENCE),
        "user's token alone, expired": _user(exp=now - 60),
    }


async def _status(channel: aio.Channel, method: str, headers: Headers, request: bytes = b"") -> grpc.StatusCode:
    try:
        if method in STREAMED:
            await channel.stream_unary(method)(iter([request]), metadata=headers)
        else:
            await channel.unary_unary(method)(request, metadata=headers)
    except aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


@pytest.mark.parametrize("method", methods_of(FILES))
async def test_every_wrong_credential_is_refused(serve: Serve, identities: Identities, method: str) -> None:
    """UNAUTHENTICATED, all of them; the right ones get through to the method, which then minds the empty request."""
    async with serve(authenticator=identities) as channel:
        refused = {kind: await _status(channel, method, headers) for kind, headers in _wrong().items()}
        replayed = _user(jti=f"replay {method}")
        accepted = [await _status(channel, method, headers) for headers in (_bearer(SIGNER.token()), replayed)]
        refused["replayed"] = await _status(channel, method, replayed)

    assert {kind for kind, code in refused.items() if code is not grpc.StatusCode.UNAUTHENTICATED} == set()
    assert grpc.StatusCode.UNAUTHENTICATED not in accepted
    assert grpc.StatusCode.PERMISSION_DENIED not in accepted


def test_no_request_can_name_a_tenant() -> None:
    """The contract has no field for it, in any message that a request is made of."""
    seen: set[str] = set()

    def fields(message: Any) -> set[str]:
        if message.full_name in seen:
            return set()
        seen.add(message.full_name)
        below = [fields(field.message_type) for field in message.fields if field.message_type is not None]
        return {field.name for field in message.fields}.union(*below)

    requests = [
        method.input_type
        for file in FILES
        for service in file.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    ]
    assert retriever_pb2.RetrieveRequest.DESCRIPTOR in requests
    assert not {"tenant", "caller", "subject", "groups", "roles"} & set().union(*map(fields, requests))
