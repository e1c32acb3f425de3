from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from server.domain import Attributes, DocumentKey, Validity
from server.stores.chunk_ids import chunk_id
from server.stores.index.columns import ColumnWriter, Facts

STORED = datetime(2026, 3, 1, tzinfo=UTC)


def _facts(version_id: int, label: str = "x") -> Facts:
    attributes = Attributes(labels=(label,), metadata={"team": label}, validity=Validity(end=STORED))
    return Facts(version_id, DocumentKey("acme", "docs", str(version_id)), "text", attributes, STORED)


def _filled(*versions: Facts) -> ColumnWriter:
    """Columns with two chunks for each version."""
    writer = ColumnWriter()
    writer.add_versions(versions)
    ids = [chunk_id(facts.version_id, ordinal) for facts in versions for ordinal in (0, 1)]
    writer.add_rows(np.array(ids, dtype=np.int64))
    return writer


def test_values_select_the_rows_of_their_versions() -> None:
    """Any of several values will do; one that nothing has selects nothing."""
    columns = _filled(_facts(1, "x"), _facts(2, "y")).freeze()
    assert columns.rows(columns.entries_with("label", ["y"])).tolist() == [False, False, True, True]
    assert columns.rows(columns.entries_with("metadata:team", ["x", "y"])).all()
    assert not columns.entries_with("label", ["z"]).any()


def test_a_frozen_state_does_not_change() -> None:
    """Neither additions nor removals reach it."""
    writer = _filled(_facts(1, "x"))
    before = writer.freeze()
    writer.add_versions([_facts(2, "x")])
    writer.add_rows(np.array([chunk_id(2, 0)]))
    writer.remove_versions([1])
    assert before.rows(before.entries_with("label", ["x"]) & before.live).tolist() == [True, True]
    after = writer.freeze()
    assert after.rows(after.entries_with("label", ["x"]) & after.live).tolist() == [False, False, True]


def test_chunks_of_unknown_versions_are_never_live() -> None:
    """A snapshot may hold chunks whose document has gone since."""
    writer = _filled(_facts(1))
    writer.add_rows(np.array([chunk_id(77, 0)]))
    columns = writer.freeze()
    assert columns.rows(columns.live).tolist() == [True, True, False]


def test_clearing_drops_what_is_gone_and_nothing_else() -> None:
    """The rest is selected as before."""
    writer = _filled(_facts(1, "x"), _facts(2, "y"), _facts(3, "x"))
    writer.remove_versions([1])
    writer.clear()
    writer.remove_versions([2])
    columns = writer.freeze()
    assert columns.chunk_ids.tolist() == [chunk_id(version, ordinal) for version in (2, 3) for ordinal in (0, 1)]
    assert columns.rows(columns.live & columns.entries_with("label", ["x"])).tolist() == [False, False, True, True]


def test_times_default_to_those_of_storing_and_of_no_limit() -> None:
    """An open start is the distant past; what was observed at an unknown time was observed when it was stored."""
    columns = _filled(_facts(1)).freeze()
    micros = int(STORED.timestamp()) * 1_000_000
    assert (columns.observed_at[1], columns.valid_until[1]) == (micros, micros)
    assert columns.valid_from[1] == np.iinfo(np.int64).min


def test_entries_are_asked_one_by_one_what_all_are_asked_at_once() -> None:
    """Any of the values will do; an entry that came after the state was frozen is none of it."""
    writer = ColumnWriter()
    writer.add_versions([_facts(1, "x"), _facts(2, "y"), _facts(3, "z")])
    columns = writer.freeze()
    writer.add_versions([_facts(4, "x")])
    for values in (["x"], ["x", "z"], ["nowhere"], []):
        at_once = columns.entries_with("label", values)
        for entries in ([0, 1, 2, 3], [3, 3, 1], []):
            asked = np.array(entries, dtype=np.int32)
            assert columns.having("label", values, asked).tolist() == at_once[asked].tolist()
        assert columns.having("label", values, slice(None)).tolist() == at_once.tolist()
