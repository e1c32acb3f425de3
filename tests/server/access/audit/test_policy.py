"""What the audit keeps, by collection."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.access.audit.policy import AuditPolicy, load_audit_policy
from server.errors import InvalidConfiguration

POLICY = """
default: {content: text, keep_days: 365}
collections:
  hr: {keep_days: 30}
  manuals: {content: text}
"""


def policy(folder: Path, text: str = POLICY) -> AuditPolicy:
    """The policy in a file with a text."""
    (folder / "audit.yaml").write_text(text)
    return load_audit_policy(folder / "audit.yaml")


def test_the_strictest_rule_of_several_collections_counts(tmp_path: Path) -> None:
    """Text only where all allow it, and for as long as the shortest says."""
    kept = policy(tmp_path)
    assert [kept.keeps_text(names) for names in ((), ("manuals",), ("hr",), ("manuals", "hr"))] == [
        True,
        True,
        False,
        False,
    ]
    assert [kept.keep_days(names) for names in ((), ("manuals",), ("hr", "other"), ("manuals", "hr"))] == [
        365,
        0,
        30,
        30,
    ]


def test_without_a_file_only_hashes_are_kept_and_for_ever() -> None:
    """Nothing of content is anywhere but where it belongs."""
    assert not load_audit_policy(None).keeps_text(())
    assert load_audit_policy(None).keep_days(("any",)) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("default: {content: all}", "default.content: Input should be 'hashes' or 'text', not 'all'"),
        ("collections: {hr: {days: 3}}", "collections.hr.days: Extra inputs are not permitted, not 3"),
        ("[1]", "the file: Input should be a valid dictionary"),
        ("a: [", "not YAML"),
    ],
)
def test_a_wrong_policy_is_refused_at_start(tmp_path: Path, text: str, message: str) -> None:
    """With the file and the field."""
    with pytest.raises(InvalidConfiguration, match=r"audit\.yaml") as caught:
        policy(tmp_path, text)
    assert message in str(caught.value)
