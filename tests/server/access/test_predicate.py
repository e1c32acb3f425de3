from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.access.predicate import Predicate
from server.access.rules import Action
from server.domain import Attributes, DocumentKey, Filter, Query, Span, StoredChunk, Validity
from server.stores.base import PassageRecord
from server.stores.chunk_ids import chunk_id
from server.stores.index.columns import ColumnWriter, Facts
from server.stores.index.ranking import FEW
from tests.fakes import ACME, OPEN, OTHER

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def _facts(version_id: int, attributes: Attributes, collection: str = "docs", kind: str = "text") -> Facts:
    return Facts(version_id, DocumentKey("acme", collection, f"d{version_id}"), kind, attributes, NOW - 2 * DAY)


def _record(facts: Facts) -> PassageRecord:
    chunk = StoredChunk(0, Span(0, 1), 0, "x", "prose", (), "", 1, None, 1, 1)
    identity = chunk_id(facts.version_id, 0)
    return PassageRecord(identity, facts.key, 1, facts.type, "", facts.attributes, facts.stored_at, chunk)


def _selected(predicate: Predicate, *documents: Facts) -> list[bool]:
    """Which of the documents are selected, the same where they are all that there is and beside many others."""
    alone, among_many = (_selected_among(predicate, documents, others) for others in (0, 2 * FEW))
    assert alone == among_many
    return alone


def _selected_among(predicate: Predicate, documents: Sequence[Facts], others: int) -> list[bool]:
    """The same beside a document of `others` chunks, which anyone may read."""
    writer = ColumnWriter()
    writer.add_versions([*documents, _facts(1_000, Attributes())])
    ids = [chunk_id(facts.version_id, 0) for facts in documents]
    writer.add_rows(np.array([*ids, *(chunk_id(1_000, ordinal) for ordinal in range(others))], dtype=np.int64))
    columns = writer.freeze()
    allowed = predicate.allowed(columns)
    rows = columns.live_rows() if allowed is None else allowed
    return np.isin(np.arange(len(documents)), rows).tolist()


def _asking(**query: Any) -> Predicate:
    return Predicate.of(Query(ACME, "q", **query), OPEN.rights(ACME, Action.READ), NOW)


def _conditions() -> Iterator[Any]:
    """A predicate, a document that it allows, and one that differs only in what the predicate asks about."""
    plain = _facts(1, Attributes())

    def case(name: str, predicate: Predicate, allowed: Facts, refused: Facts = plain) -> Any:
        return pytest.param(predicate, allowed, refused, id=name)

    yield case("collection", _asking(filter=Filter(collections=("hr",))), _facts(2, Attributes(), collection="hr"))
    yield case("document", _asking(filter=Filter(document_ids=("d2",))), _facts(2, Attributes()))
    yield case("type", _asking(filter=Filter(types=("pdf", "html"))), _facts(2, Attributes(), kind="pdf"))
    yield case("region", _asking(filter=Filter(regions=("eu",))), _facts(2, Attributes(region="eu")))
    yield case("label", _asking(filter=Filter(labels=("a", "b"))), _facts(2, Attributes(labels=("b", "c"))))
    entity = _facts(2, Attributes(entity_keys=("customer/42",)))
    yield case("entity", _asking(filter=Filter(entity_keys=("customer/42",))), entity)
    both = Filter(metadata={"team": "blue", "year": "2026"})
    right, half = ({"team": "blue", "year": "2026"}, {"team": "blue", "year": "2025"})
    yield case(
        "metadata", _asking(filter=both), _facts(2, Attributes(metadata=right)), _facts(3, Attributes(metadata=half))
    )
    ended, future = Attributes(validity=Validity(end=NOW)), Attributes(validity=Validity(start=NOW + DAY))
    yield case("expired", _asking(), plain, _facts(2, ended))
    yield case("expired, asked about then", _asking(as_of=NOW - DAY), _facts(2, ended), _facts(3, future))
    yield case("not yet valid", _asking(), plain, _facts(2, future))
    old, new = Attributes(observed_at=NOW - 9 * DAY), Attributes(observed_at=NOW - DAY)
    yield case("age", _asking(max_age=2 * DAY), _facts(2, new), _facts(3, old))
    yield case("age when stored", _asking(max_age=2 * DAY), plain, _facts(3, old))
    yield case("rights", _asking(), plain, _facts(2, Attributes(readers=("hr",))))


@pytest.mark.parametrize(("predicate", "allowed", "refused"), list(_conditions()))
def test_each_condition_is_checked_before_and_after_the_search(
    predicate: Predicate, allowed: Facts, refused: Facts
) -> None:
    """On the columns, and again on the record."""
    assert _selected(predicate, allowed, refused) == [True, False]
    assert predicate.holds(_record(allowed))
    assert not predicate.holds(_record(refused))


def test_another_tenants_record_is_refused() -> None:
    """Columns hold one tenant only; records are checked for it."""
    foreign = Predicate.of(Query(OTHER, "q"), OPEN.rights(OTHER, Action.READ), NOW)
    assert not foreign.holds(_record(_facts(1, Attributes())))


def test_what_is_closed_now_is_closed_in_its_past() -> None:
    """An earlier version is read by those alone who may see it as it was and the document as it is."""
    as_it_was, closed = _record(_facts(1, Attributes())), Attributes(readers=("board",))
    assert _asking().holds(as_it_was)
    assert not _asking().holds(replace(as_it_was, superseded_by=closed))
    assert not _asking().holds(replace(as_it_was, attributes=closed, superseded_by=Attributes()))


def test_no_condition_allows_every_live_row() -> None:
    """None spares the search a mask where there are many."""
    writer = ColumnWriter()
    writer.add_versions([_facts(1, Attributes())])
    writer.add_rows(np.array([chunk_id(1, ordinal) for ordinal in range(FEW + 1)]))
    assert _asking().allowed(writer.freeze()) is None


_values = st.sampled_from(["a", "b", "c"])
_some = st.lists(_values, max_size=2).map(tuple)
_times = st.none() | st.integers(-3, 3).map(lambda days: NOW + days * DAY)
_pairs = st.dictionaries(_values, _values, max_size=2)
_attributes = st.builds(
    Attributes,
    labels=_some,
    entity_keys=_some,
    region=_values,
    validity=st.builds(Validity, _times, _times),
    observed_at=_times,
    metadata=_pairs,
)
_filters = st.builds(
    Filter, collections=_some, labels=_some, entity_keys=_some, regions=_some, types=_some, metadata=_pairs
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(_attributes, _values, _values), min_size=1, max_size=5), _filters, _times, st.booleans())
def test_both_evaluations_agree(
    documents: list[tuple[Attributes, str, str]], conditions: Filter, as_of: datetime | None, fresh: bool
) -> None:
    """Whatever the documents and the query, the search ranks exactly what the records then confirm."""
    predicate = _asking(filter=conditions, as_of=as_of, max_age=DAY if fresh else None)
    facts = [_facts(number, *document) for number, document in enumerate(documents, start=1)]
    assert _selected(predicate, *facts) == [predicate.holds(_record(each)) for each in facts]
