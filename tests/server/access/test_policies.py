"""Cedar policies: what is refused at start, and what decides."""

from __future__ import annotations

import json
from pathlib import Path

import cedarpy
import pytest

from server.access.policies import SCHEMA, Decision, load_access_policies, parse_access_policies
from server.access.rules import Action
from server.domain import Caller, Resource
from server.errors import InvalidConfiguration

ANN = Caller("acme", "ann", groups=("hr",), roles=("reader",), clearance=3, attributes={"department": "sales"})
PERMIT = '@id("all") permit (principal, action, resource);\n'


def _decide(text: str, resource: Resource, action: Action = Action.READ, region: str = "") -> Decision:
    return parse_access_policies({"own.cedar": PERMIT + text}).decide(ANN, action, [resource], region)[0]


@pytest.mark.parametrize("action", Action)
def test_the_built_in_policy_permits_within_the_tenant(action: Action) -> None:
    """And nothing else; it is named as what decided."""
    policies = load_access_policies()
    own, foreign = policies.decide(ANN, action, [Resource(tenant="acme"), Resource(tenant="other")], "")
    assert own == Decision(True, ("within-the-tenant",))
    assert foreign == Decision(False)


@pytest.mark.parametrize(
    ("policy", "refused"),
    [
        ('resource.collection == "c"', Resource(collection="c")),
        ('resource.owner == "bob"', Resource(owner="bob")),
        ('resource.readers.contains("board")', Resource(readers=("board",))),
        ('resource.labels.contains("draft") && principal.groups.contains("hr")', Resource(labels=("draft",))),
        ("resource.clearance == principal.clearance", Resource(clearance=3)),
        ('resource["region"] != context.server_region', Resource(region="us")),
        ('resource.entity_keys.contains("customer/42")', Resource(entity_keys=("customer/41", "customer/42"))),
        (
            'principal.getTag("department") == resource.owner && principal.roles.contains("reader")',
            Resource(owner="sales"),
        ),
    ],
)
def test_a_policy_can_ask_about_every_attribute(policy: str, refused: Resource) -> None:
    """What it forbids is refused under its name, and the rest is not; documents that it tells apart are not alike."""
    guarded = policy if "getTag" not in policy else f'principal.hasTag("department") && {policy}'
    text = f'@id("no") forbid (principal, action == Action::"read", resource) when {{ {guarded} }};'
    policies = parse_access_policies({"own.cedar": PERMIT + text})

    assert _decide(text, refused) == Decision(False, ("no",))
    assert _decide(text, Resource()) == Decision(True, ("all",))
    assert _decide(text, refused, Action.WRITE) == Decision(True, ("all",))
    assert policies.alike(refused) != policies.alike(Resource())


def test_a_policy_can_ask_about_the_server() -> None:
    """About its region."""
    text = '@id("eu") forbid (principal, action, resource) when { context.server_region == "eu" };'
    assert _decide(text, Resource(), region="eu") == Decision(False, ("eu",))
    assert _decide(text, Resource(), region="us") == Decision(True, ("all",))


def test_documents_that_no_policy_tells_apart_are_alike() -> None:
    """Whatever the policies do not name has no say, not even where a name is written with escapes."""
    policies = parse_access_policies({"own.cedar": PERMIT + '@id("x") forbid (principal, action, resource) when '
                                      '{ resource["own\\u{65}r"] == "bob" };'})  # fmt: skip
    assert policies.asks_about == {"owner"}
    assert policies.alike(Resource("acme", "c", "bob", ("r",), ("l",), 3, "eu", ("e",))) == Resource(owner="bob")


def test_a_policy_that_cannot_be_evaluated_refuses() -> None:
    """Cedar would skip it, and with it what it forbids."""
    overflow = '@id("sum") forbid (principal, action, resource) when { resource.clearance + 9223372036854775807 > 0 };'
    assert not _decide(overflow, Resource(clearance=1)).allowed


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("permit (principal", "own.cedar: not Cedar policies: "),
        ("permit (principal, action, resource);", "own.cedar: policy 1 has no @id"),
        (PERMIT + PERMIT, 'own.cedar: the id "all" is used twice'),
        (
            '@id("a") permit (principal, action, resource) when { resource.title == "" };',
            "own.cedar: does not fit the schema: .*title",
        ),
        ('@id("a") permit (principal == ?principal, action, resource);', "own.cedar: templates"),
        ("", "no policies"),
    ],
)
def test_a_wrong_file_is_named_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    """The server does not start on policies that would not do what they say."""
    (tmp_path / "own.cedar").write_text(text)
    with pytest.raises(InvalidConfiguration, match=reason):
        load_access_policies(tmp_path)


def test_an_id_belongs_to_one_file(tmp_path: Path) -> None:
    """Decisions name policies by their ids alone."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.cedar").write_text(PERMIT)
    with pytest.raises(InvalidConfiguration, match=r'b\.cedar: the id "all" is taken by a policy in .*a\.cedar'):
        load_access_policies(tmp_path)


def test_the_version_names_what_is_in_force(tmp_path: Path) -> None:
    """The same text has the same version, another has another."""
    (tmp_path / "own.cedar").write_text(PERMIT)
    first = load_access_policies(tmp_path).version
    assert first == load_access_policies(tmp_path).version
    (tmp_path / "own.cedar").write_text(PERMIT + "// changed")
    assert load_access_policies(tmp_path).version != first


def test_what_is_asked_fits_the_schema() -> None:
    """Policies are checked against the schema, so what they are evaluated on must be as it says."""
    from server.access import policies  # noqa: PLC0415 - its private shapes are what is checked here

    document = policies._document("0", Resource("acme", "c", "o", ("r",), ("l",), 1, "eu", ("e",)))
    entities = json.dumps([policies._principal(ANN), document])
    assert len(cedarpy.Entities.from_json_str(entities, cedarpy.Schema.from_str(SCHEMA))) > 0
