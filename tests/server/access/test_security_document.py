"""The examples of docs/security.md work as they stand."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

from server.access.clients import load_clients
from server.access.keys import FileKeys
from server.access.policies import Decision, parse_access_policies
from server.access.rules import Action
from server.access.tenants import load_tenants
from server.access.tokens import LONGEST_ON_BEHALF, TokenRules, Tokens
from server.domain import Caller, Resource
from tests.fakes import SpentInMemory
from tests.signing import Issuer, jwk_set

TESTS = Path(__file__).parents[1]
DOCUMENT = (Path(__file__).parents[3] / "docs" / "security.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, flags=re.DOTALL)


def test_the_policies_decide_as_the_table_says() -> None:
    """Row by row."""
    policies = parse_access_policies({"security.md": "".join(_blocks("cedar"))})
    agent = Caller("acme", "ann", roles=("reader",), attributes={"customer": "customer/42"})
    writer = Caller("acme", "will", roles=("writer",))
    rows = [
        (agent, Resource("acme", entity_keys=("customer/42",)), Decision(True, ("within-the-tenant",))),
        (agent, Resource("acme", entity_keys=("customer/7",)), Decision(False, ("own-customers",))),
        (agent, Resource("acme", labels=("draft",)), Decision(False, ("drafts",))),
        (writer, Resource("acme", labels=("draft",)), Decision(True, ("within-the-tenant",))),
    ]
    decisions = [policies.decide(caller, Action.READ, [resource], "")[0] for caller, resource, _ in rows]
    assert decisions == [expected for _, _, expected in rows]
    assert [f"no: {name}" in DOCUMENT for name in ("own-customers", "drafts")] == [True, True]


def test_the_files_can_be_read(tmp_path: Path) -> None:
    """That of the tenants, and that of the clients."""
    tenants, clients = (tmp_path / name for name in ("tenants.yaml", "clients.yaml"))
    for file, block in zip((tenants, clients), _blocks("yaml"), strict=True):
        file.write_text(block)
    assert load_tenants(tenants).of("acme").region == "eu"
    assert load_tenants(tenants).of("other").concurrent_calls == 16
    assert load_clients(clients).with_certificate(["spiffe://acme/chat-app"]).subject == "chat-app"
    assert len(load_clients(clients).by_id["indexer"].keys_sha256) == 2


def test_the_token_of_a_person_is_taken(tmp_path: Path) -> None:
    """With the claims as they stand, but for the time."""
    claims = json.loads(_blocks("json")[0])
    passed = int(time.time()) - claims["iat"]
    issuer = Issuer()
    (tmp_path / "keys.json").write_text(jwk_set(issuer))
    rules = TokenRules(claims["iss"], claims["aud"].removesuffix("/on-behalf-of"), ("EdDSA",), leeway=10)
    tokens = Tokens(FileKeys(tmp_path / "keys.json"), rules, SpentInMemory())
    token = issuer.token(**claims | {"iat": claims["iat"] + passed, "exp": claims["exp"] + passed})
    user = tokens.user(token, Caller(claims["tenant"], claims["azp"]))
    assert (user.subject, user.groups, user.roles) == ("uma", ("support",), ("reader",))
    assert f"at most {LONGEST_ON_BEHALF} s after" in DOCUMENT


def test_every_threat_has_an_example_that_is_tested() -> None:
    """Each entry of the table names a test, which is there."""
    named = dict(re.findall(r"^\| (LLM\d\d) \| .* \| `([^`]+)` \|$", DOCUMENT, flags=re.MULTILINE))
    assert sorted(named) == [f"LLM{number:02}" for number in range(1, 11)]
    for file, _, test in (name.partition("::") for name in named.values()):
        assert re.search(rf"^(async )?def {test}\(", (TESTS / file).read_text("utf-8"), flags=re.MULTILINE), test
