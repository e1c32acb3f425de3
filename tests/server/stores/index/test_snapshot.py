from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from server.stores.index.analysis import terms_of
from server.stores.index.segment import Entry, Segment, consolidate, segment_of
from server.stores.index.snapshot import Origin, SnapshotRejected, load_snapshot, save_snapshot

ORIGIN = Origin("acme", 7, "stamp", "words-1", 8)


def _segment(first: int, count: int) -> Segment:
    random = np.random.default_rng(first)
    vectors = random.standard_normal((count, 8)).astype(np.float16)
    texts = [f"otter number {first + row}" for row in range(count)]
    return segment_of([Entry(first + row, terms_of(texts[row]), vectors[row]) for row in range(count)], 8)


@pytest.fixture(scope="module")
def segments() -> tuple[Segment, ...]:
    """One segment with an inverted file, one without."""
    return (consolidate([_segment(0, 400)]), _segment(1_000, 5))


def test_a_snapshot_comes_back_as_it_was(tmp_path: Path, segments: tuple[Segment, ...]) -> None:
    """Both indexes answer to the bit as before."""
    save_snapshot(tmp_path, ORIGIN, segments)
    snapshot = load_snapshot(tmp_path, "words-1", 8)
    assert snapshot.origin == ORIGIN
    query = np.eye(8, dtype=np.float32)[0]
    for before, after in zip(segments, snapshot.segments, strict=True):
        assert before.chunk_ids.tolist() == after.chunk_ids.tolist()
        assert before.dense.search(query, None, 9)[1].tobytes() == after.dense.search(query, None, 9)[1].tobytes()
        assert before.lexical.rows.tolist() == after.lexical.rows.tolist()


def test_any_changed_byte_is_found(tmp_path: Path, segments: tuple[Segment, ...]) -> None:
    """In whatever file, at whatever place: nothing of it is read as an index."""
    save_snapshot(tmp_path, ORIGIN, segments)
    random = np.random.default_rng(5)
    files = sorted(tmp_path.iterdir())
    assert {file.suffix for file in files} >= {".npz", ".json"}
    for file in files:
        whole = file.read_bytes()
        for place in random.integers(0, len(whole), 20).tolist():
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(SnapshotRejected):
                load_snapshot(tmp_path, "words-1", 8)
        file.write_bytes(whole)
    load_snapshot(tmp_path, "words-1", 8)


def test_a_missing_or_cut_file_is_found(tmp_path: Path, segments: tuple[Segment, ...]) -> None:
    """The message names the file."""
    save_snapshot(tmp_path, ORIGIN, segments)
    name = f"{segments[1].name}.npz"
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-1])
    with pytest.raises(SnapshotRejected, match=f"{name} is damaged"):
        load_snapshot(tmp_path, "words-1", 8)
    (tmp_path / name).unlink()
    with pytest.raises(SnapshotRejected, match=f"{name} cannot be read"):
        load_snapshot(tmp_path, "words-1", 8)


def test_another_embedders_snapshot_is_refused(tmp_path: Path, segments: tuple[Segment, ...]) -> None:
    """Its vectors mean something else."""
    save_snapshot(tmp_path, ORIGIN, segments)
    with pytest.raises(SnapshotRejected, match="vectors of words-1, not of words-2"):
        load_snapshot(tmp_path, "words-2", 8)


def test_saving_again_writes_only_what_is_new(tmp_path: Path, segments: tuple[Segment, ...]) -> None:
    """And removes what the new snapshot does not name."""
    save_snapshot(tmp_path, ORIGIN, segments)
    kept = tmp_path / f"{segments[0].name}.npz"
    written_at = kept.stat().st_mtime_ns
    later = _segment(2_000, 3)
    save_snapshot(tmp_path, replace(ORIGIN, revision=8), (segments[0], later))
    assert kept.stat().st_mtime_ns == written_at
    assert {file.stem for file in tmp_path.glob("*.npz")} == {segments[0].name, later.name}


def test_a_folder_without_a_snapshot_is_refused(tmp_path: Path) -> None:
    """The caller rebuilds."""
    with pytest.raises(SnapshotRejected, match="manifest cannot be read"):
        load_snapshot(tmp_path / "none", "words-1", 8)
