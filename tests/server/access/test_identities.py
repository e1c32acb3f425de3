"""Which of the credentials of a call decides who makes it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from server.access.clients import Clients, digest_of, load_clients
from server.access.credentials import Credentials, NobodyIdentified
from server.access.identities import Identities
from server.access.keys import FileKeys
from server.access.tenants import Tenant, Tenants
from server.access.tokens import TokenRules, Tokens
from server.domain import LOCAL_CALLER
from server.errors import PermissionDenied, Unauthenticated
from tests.fakes import SpentInMemory
from tests.signing import AUDIENCE, ISSUER, Issuer, jwk_set

SIGNER = Issuer()
APP = {"id": "app", "keys_sha256": [digest_of("gw_app_1")], "tenant": "acme", "roles": ["reader"]}
WEB = {"id": "web", "certificate": "spiffe://acme/web", "tenant": "acme", "roles": ["reader"]}


@pytest.fixture
def clients(tmp_path: Path) -> Clients:
    """One with a key, one with a certificate."""
    (tmp_path / "clients.yaml").write_text(yaml.safe_dump([APP, WEB]))
    return load_clients(tmp_path / "clients.yaml")


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    """Those of one issuer."""
    (tmp_path / "keys.json").write_text(jwk_set(SIGNER))
    return Tokens(FileKeys(tmp_path / "keys.json"), TokenRules(ISSUER, AUDIENCE, ("EdDSA",), 10), SpentInMemory())


def test_each_credential_is_taken_for_what_it_is(clients: Clients, tokens: Tokens) -> None:
    """A key, a token, a certificate; a header goes before the certificate of the connection."""
    identify = Identities(tokens, lambda: clients)
    names = ("spiffe://acme/web",)
    assert identify(Credentials("Bearer gw_app_1")).subject == "app"
    assert identify(Credentials(f"bearer {SIGNER.token()}")).subject == "ann"
    assert identify(Credentials(certificate=names)).subject == "web"
    assert identify(Credentials("Bearer gw_app_1", certificate=names)).subject == "app"


def test_what_is_not_set_up_identifies_nobody(clients: Clients, tokens: Tokens) -> None:
    """Nor does nothing at all, or another scheme."""
    token = f"Bearer {SIGNER.token()}"
    for identify, credentials in (
        (Identities(None, lambda: clients), Credentials(token)),
        (Identities(tokens, None), Credentials("Bearer gw_app_1")),
        (Identities(tokens, None), Credentials(certificate=("spiffe://acme/web",))),
        (Identities(tokens, lambda: clients), Credentials()),
        (Identities(tokens, lambda: clients), Credentials("Basic Z3c6YXBw")),
        (Identities(tokens, lambda: clients), Credentials("gw_app_1")),
        (Identities(None, lambda: clients), Credentials("Bearer gw_app_1", on_behalf_of=SIGNER.token())),
    ):
        with pytest.raises(Unauthenticated):
            identify(credentials)


def test_an_application_acts_for_a_user(clients: Clients, tokens: Tokens) -> None:
    """It stays the caller, and the user is known; a wrong token of the user's spoils the call."""
    identify = Identities(tokens, lambda: clients)
    user = SIGNER.short(sub="uma", azp="app", jti="1")
    caller = identify(Credentials("Bearer gw_app_1", on_behalf_of=user))
    assert [principal.subject for principal in caller.principals] == ["app", "uma"]
    for wrong in (user, SIGNER.short(sub="uma", azp="other", jti="2"), "x"):
        with pytest.raises(Unauthenticated):
            identify(Credentials("Bearer gw_app_1", on_behalf_of=wrong))


@pytest.mark.parametrize("region", ["eu", ""])
def test_callers_of_the_servers_region_or_of_none_are_let_in(tokens: Tokens, region: str) -> None:
    """And on a server of none, everybody."""
    assert Identities(tokens, None, "eu")(Credentials(f"Bearer {SIGNER.token(region=region)}")).region == region
    assert Identities(tokens, None)(Credentials(f"Bearer {SIGNER.token(region='us')}")).region == "us"


def test_callers_and_users_of_another_region_are_refused(clients: Clients, tokens: Tokens) -> None:
    """With the reason, so that they can go to the right server."""
    identify = Identities(tokens, lambda: clients, "eu")
    user = SIGNER.short(sub="uma", azp="app", jti="1", region="us")
    for credentials in (
        Credentials(f"Bearer {SIGNER.token(region='us')}"),
        Credentials("Bearer gw_app_1", on_behalf_of=user),
    ):
        with pytest.raises(PermissionDenied, match="for callers of the region 'eu'") as caught:
            identify(credentials)
        assert caught.value.reason == "REGION_REFUSED"


def test_nobody_is_told_apart_where_nobody_is_identified() -> None:
    """But whoever acts for a user is refused, since the user's rights would not be looked at."""
    assert NobodyIdentified()(Credentials("Bearer x")) is LOCAL_CALLER
    with pytest.raises(Unauthenticated):
        NobodyIdentified()(Credentials(on_behalf_of="x"))


def test_a_tenants_region_is_that_of_its_callers(tokens: Tokens) -> None:
    """Of those who have none; one of another region is refused, and so is the tenant by a server of another."""
    tenants = Tenants({"acme": Tenant(region="eu")})
    identify = Identities(tokens, None, "", lambda: tenants)
    assert identify(Credentials(f"Bearer {SIGNER.token()}")).region == "eu"
    for refusing, region in ((identify, "us"), (Identities(tokens, None, "us", lambda: tenants), "")):
        with pytest.raises(PermissionDenied):
            refusing(Credentials(f"Bearer {SIGNER.token(region=region)}"))
