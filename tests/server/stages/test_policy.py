"""Policies: read, checked, named and versioned."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import InvalidConfiguration, InvalidInput
from server.stages.policy import load_policies, parse_policy

SMALL = "{name: strict, revision: 2, categories: {legal: {route: false, pass_confidence: 0.9}}}"


def test_the_default_policy_routes_the_high_stakes_categories() -> None:
    """Out of the box, four categories always go to a person."""
    policy = load_policies().get("")
    assert [name for name, rule in policy.categories.items() if rule.route] == [
        "regulatory",
        "financial_figures",
        "medical",
        "legal",
    ]


def test_a_version_names_the_policy_and_what_it_means() -> None:
    """Comments and layout do not change a version; values do."""
    one = parse_policy(SMALL, "a")
    same = parse_policy(f"# a comment\n{SMALL}", "b")
    other = parse_policy(SMALL.replace("0.9", "0.8"), "c")
    assert one.version == same.version != other.version
    assert one.version.startswith("strict@2:")


def test_a_folder_adds_policies_and_may_replace_the_default(tmp_path: Path) -> None:
    """One file, one policy; the name inside counts."""
    (tmp_path / "x.yaml").write_text(SMALL)
    (tmp_path / "y.yaml").write_text(SMALL.replace("strict", "default"))
    policies = load_policies(tmp_path)
    assert policies.names == ("default", "strict")
    assert policies.get("").revision == 2


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("name: [", "not YAML"),
        ("- a", "mapping"),
        ("{name: x, revision: 1, categories: {}, thresholds: {supported: 2}}", "thresholds.supported"),
        ("{name: x, revision: 1, categories: {}, treshold: 1}", "treshold"),
        ("{name: X y, revision: 1, categories: {}}", "name"),
    ],
)
def test_a_wrong_policy_is_refused_by_field(text: str, named: str) -> None:
    """The message names the file and the field."""
    with pytest.raises(InvalidConfiguration, match=named) as caught:
        parse_policy(text, "strict.yaml")
    assert caught.value.message.startswith("strict.yaml")


def test_two_files_with_one_name_are_refused(tmp_path: Path) -> None:
    """Which of them applies must not depend on the order of files."""
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(SMALL)
    with pytest.raises(InvalidConfiguration, match="taken"):
        load_policies(tmp_path)


def test_an_unknown_policy_is_the_callers_mistake() -> None:
    """The error lists what there is."""
    with pytest.raises(InvalidInput, match="known: default"):
        load_policies().get("lenient")


def test_the_strictest_threshold_of_the_categories_applies() -> None:
    """A category can only raise the bar."""
    policy = parse_policy(SMALL, "a")
    assert policy.pass_confidence(()) == 0.5
    assert policy.pass_confidence(("legal",)) == 0.9
