"""Rights: the fixed rules and the policies together, on single documents and on columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from server.access.control import AccessControl, Rights
from server.access.policies import AccessPolicies, Decision, parse_access_policies
from server.access.rules import Action
from server.domain import Attributes, Caller, DocumentKey, Resource
from server.stores.chunk_ids import chunk_id
from server.stores.index.columns import Columns, ColumnWriter, Facts
from server.stores.index.ranking import FEW
from tests.fakes import ACME, OPEN, OTHER

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NO_DRAFTS = """
@id("all") permit (principal, action, resource);
@id("no-drafts") forbid (principal, action, resource) when { resource.labels.contains("draft") };
"""


def _policies(text: str = NO_DRAFTS) -> AccessPolicies:
    return parse_access_policies({"own.cedar": text})


def _rights(caller: Caller = ACME, text: str = NO_DRAFTS) -> Rights:
    return AccessControl(lambda: _policies(text)).rights(caller, Action.READ)


def _facts(number: int, attributes: Attributes) -> Facts:
    return Facts(number, DocumentKey("acme", "docs", f"d{number}"), "text", attributes, NOW)


def _among(rights: Rights, writer: ColumnWriter) -> list[bool]:
    columns = writer.freeze()
    return rights.among(columns, columns.live.copy()).tolist()


def test_policies_come_on_top_of_the_fixed_rules() -> None:
    """Neither lets through what the other refuses, and only a policy is named."""
    rights = _rights()
    assert rights.decide(Resource("acme")) == Decision(True, ("all",))
    assert rights.decide(Resource("acme", labels=("draft",))) == Decision(False, ("no-drafts",))
    assert rights.decide(Resource("other")) == Decision(False)
    assert not rights.allows(Resource("acme", clearance=1))


def test_the_same_is_decided_on_columns() -> None:
    """Entry by entry, those that are gone aside; later documents find their place, and so does what is left of them."""
    kinds = (Attributes(), Attributes(labels=("draft",)), Attributes(readers=("hr",)), Attributes())
    writer, rights = ColumnWriter(), _rights()
    writer.add_versions([_facts(number, each) for number, each in enumerate(kinds, start=1)])
    assert _among(rights, writer) == [False, True, False, False, True]
    writer.remove_versions([1])
    writer.add_versions([_facts(5, Attributes(labels=("final",))), _facts(6, Attributes(labels=("draft",)))])
    assert _among(rights, writer) == [False, False, False, False, True, True, False]
    writer.clear()
    assert _among(rights, writer) == [False, False, False, True, True, False]


def test_only_what_is_asked_for_is_decided() -> None:
    """Entries that the query leaves out stay out."""
    writer = ColumnWriter()
    writer.add_versions([_facts(1, Attributes()), _facts(2, Attributes())])
    columns = writer.freeze()
    assert _rights().among(columns, np.array([False, False, True])).tolist() == [False, False, True]


def _few(rights: Rights, columns: Columns, *, decide_all: bool = True) -> list[int] | None:
    rows = rights.few_rows(columns, decide_all=decide_all)
    return None if rows is None else rows.tolist()


def _write(writer: ColumnWriter, first: int, *documents: Attributes) -> Columns:
    """Documents of one chunk each, numbered from `first`."""
    writer.add_versions([_facts(number, each) for number, each in enumerate(documents, start=first)])
    writer.add_rows(np.array([chunk_id(number, 0) for number in range(first, first + len(documents))], dtype=np.int64))
    return writer.freeze()


def test_few_rows_are_found_once_and_followed() -> None:
    """Rows that came since are added, those that are gone stay, and a look back sees no row of later."""
    closed = Attributes(readers=("hr",))
    writer, rights = ColumnWriter(), _rights()
    before = _write(writer, 1, Attributes(), closed, Attributes(labels=("draft",)), Attributes())
    assert _few(rights, before) == [0, 3]
    after = _write(writer, 5, closed, Attributes())
    assert _few(rights, after) == [0, 3, 5]
    assert _few(rights, before) == [0, 3]
    writer.remove_versions([4])
    assert _few(rights, writer.freeze()) == [0, 3, 5]
    writer.clear()
    assert _few(rights, writer.freeze()) == [0, 4]


def test_a_row_whose_version_is_gone_is_no_row_to_find() -> None:
    """Nothing is known of it, so nothing allows it."""
    writer = ColumnWriter()
    writer.add_rows(np.array([chunk_id(1, 0)]))
    assert _few(_rights(), writer.freeze()) == []


def test_many_rows_are_not_listed() -> None:
    """Neither while they are many nor from the rows that came when they were; but again when they are few of more."""
    writer, rights = ColumnWriter(), _rights()
    assert _few(rights, _write(writer, 1, *[Attributes()] * (FEW + 1))) is None
    assert _few(rights, _write(writer, 1_000, Attributes())) is None
    closed = [Attributes(readers=("hr",))] * 20 * FEW
    assert _few(rights, _write(writer, 2_000, *closed)) == list(range(FEW + 2))


def test_few_rows_are_not_found_at_the_price_of_many_decisions() -> None:
    """A query with a filter decides on what the filter leaves alone."""
    text = '@id("all") permit (principal, action, resource) when { resource.entity_keys != ["none"] };'
    writer, rights = ColumnWriter(), _rights(text=text)
    columns = _write(writer, 1, *[Attributes(entity_keys=(f"customer/{number}",)) for number in range(300)])
    assert _few(rights, columns, decide_all=False) is None
    assert not rights._decided


def test_who_acts_for_another_may_what_both_may() -> None:
    """Whichever of the two lacks a right."""
    reader = replace(ACME, groups=("hr",))
    resource = Resource("acme", readers=("hr",))
    assert _rights(replace(reader, on_behalf_of=reader)).allows(resource)
    assert not _rights(replace(reader, on_behalf_of=ACME)).allows(resource)
    assert not _rights(replace(ACME, on_behalf_of=reader)).allows(resource)
    assert not _rights(replace(ACME, on_behalf_of=OTHER)).allows(Resource("acme"))


def test_policies_must_permit_both_as_well() -> None:
    """The application and the user whom it acts for."""
    text = '@id("ann") permit (principal, action, resource) when { principal.subject == "ann" };'
    app = replace(ACME, subject="app", on_behalf_of=ACME)
    assert _rights(ACME, text).allows(Resource("acme"))
    assert not _rights(app, text).allows(Resource("acme"))
    assert not _rights(replace(ACME, on_behalf_of=replace(app, on_behalf_of=None)), text).allows(Resource("acme"))


def test_a_change_of_policies_or_of_rights_is_in_force_at_once() -> None:
    """What was decided before is not asked again."""
    in_force = [_policies()]
    control = AccessControl(lambda: in_force[0])
    draft = Resource("acme", labels=("draft",))
    assert not control.rights(ACME, Action.READ).allows(draft)
    in_force[0] = _policies('@id("all") permit (principal, action, resource);')
    assert control.rights(ACME, Action.READ).allows(draft)
    secret = Resource("acme", clearance=1)
    assert control.rights(replace(ACME, clearance=1), Action.READ).allows(secret)
    assert not control.rights(ACME, Action.READ).allows(secret)


def test_actions_are_decided_apart() -> None:
    """What may be written need not be readable."""
    secret = Resource("acme", clearance=1)
    assert OPEN.rights(ACME, Action.WRITE).allows(secret)
    assert not OPEN.rights(ACME, Action.READ).allows(secret)


def test_callers_of_equal_rights_share_decisions() -> None:
    """Those of others never."""
    assert OPEN.rights(ACME, Action.READ) is OPEN.rights(replace(ACME), Action.READ)
    for other in (
        replace(ACME, groups=("hr",)),
        replace(ACME, roles=("admin",)),
        replace(ACME, clearance=1),
        replace(ACME, region="eu"),
        replace(ACME, subject="bob"),
        replace(ACME, tenant="other"),
        replace(ACME, attributes={"a": "b"}),
        replace(ACME, on_behalf_of=ACME),
    ):
        assert OPEN.rights(other, Action.READ) is not OPEN.rights(ACME, Action.READ)
