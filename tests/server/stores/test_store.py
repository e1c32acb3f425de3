"""A store over its restarts: what was acknowledged is there, whatever became of the index files."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from server.deadline import NEVER
from server.errors import InvalidConfiguration
from server.stores.index.snapshot import load_snapshot
from server.stores.index.tenant import TenantView
from server.stores.store import Store, StoreSettings, open_store
from tests.drafts import draft
from tests.fakes import WordEmbedder, anyone

TEXTS = [f"The otter number {number} swims\nand its hare runs {number} miles" for number in range(30)]


def _open(folder: Path, embedder: str = "words-1", **settings: int) -> Store:
    return open_store(StoreSettings(folder, **settings), embedder=embedder, dimension=64)  # type: ignore[arg-type]


def _fill(store: Store) -> None:
    for future in [store.documents.put(draft(str(number), text)) for number, text in enumerate(TEXTS)]:
        future.result()
    store.documents.delete([draft("3", "").key], anyone).result()
    store.documents.put(draft("4", "The seal sleeps")).result()


def _replies(view: TenantView) -> list[tuple[list[int], bytes]]:
    vector = WordEmbedder().embed(["an otter swims"])[0]
    rankings = (view.dense(vector, None, 20), view.lexical("otter 7 seal", None, 20))
    return [(ranking.chunk_ids.tolist(), ranking.scores.tobytes()) for ranking in rankings]


def _view(store: Store) -> TenantView:
    return store.passages.view("acme", 0, NEVER)


@pytest.fixture
def replies(tmp_path: Path) -> list[tuple[list[int], bytes]]:
    """What a filled store answered before it was closed."""
    with _open(tmp_path) as store:
        _fill(store)
        return _replies(_view(store))


def test_a_restart_changes_no_reply(tmp_path: Path, replies: list[tuple[list[int], bytes]]) -> None:
    """From the snapshot, to the bit."""
    with _open(tmp_path) as store:
        assert _replies(_view(store)) == replies
        assert _view(store).revision > 0


@pytest.mark.parametrize("damage", ["removed", "changed", "foreign"])
def test_a_damaged_index_is_rebuilt(tmp_path: Path, replies: list[tuple[list[int], bytes]], damage: str) -> None:
    """From the records, to the bit."""
    for file in (tmp_path / "index").glob("*/*.npz"):
        body = bytearray(file.read_bytes())
        body[len(body) // 2] ^= 0xFF
        file.write_bytes(body) if damage == "changed" else None
    if damage == "removed":
        shutil.rmtree(tmp_path / "index")
    if damage == "foreign":
        # The records went through another history since, as a restored backup may have.
        with sqlite3.connect(tmp_path / "records.sqlite") as connection:
            connection.execute("UPDATE revisions SET stamp = 'another'")
    with _open(tmp_path) as store:
        assert _replies(_view(store)) == replies


def test_what_was_rebuilt_is_saved_again(tmp_path: Path, replies: list[tuple[list[int], bytes]]) -> None:
    """The start after the next one is fast again."""
    shutil.rmtree(tmp_path / "index")
    _open(tmp_path).close()
    (folder,) = (tmp_path / "index").iterdir()
    assert len(load_snapshot(folder, "words-1", 64).segments) == 1


def test_an_older_snapshot_is_caught_up(tmp_path: Path, replies: list[tuple[list[int], bytes]]) -> None:
    """With what was written and deleted after it, as a crash leaves it."""
    shutil.copytree(tmp_path / "index", tmp_path / "older")
    with _open(tmp_path) as store:
        store.documents.put(draft("5", "The otter moved away")).result()
        store.documents.delete([draft("6", "").key], anyone).result()
        after = _replies(_view(store))
    shutil.rmtree(tmp_path / "index")
    (tmp_path / "older").rename(tmp_path / "index")
    with _open(tmp_path) as store:
        assert _replies(_view(store)) == after != replies


def test_another_embedder_finds_no_vectors_but_all_words(tmp_path: Path, replies: object) -> None:
    """Its own are still to be made."""
    with _open(tmp_path, embedder="words-2") as store:
        view = _view(store)
        assert view.unembedded(None) == len(store.documents.unembedded(0, 1_000)) == 2 * (len(TEXTS) - 2) + 1
        assert len(view.dense(np.ones(64, dtype=np.float32), None, 5).chunk_ids) == 0
        assert len(view.lexical("seal", None, 5).chunk_ids) == 1


def test_a_large_tenant_gets_an_inverted_file_in_the_background(tmp_path: Path) -> None:
    """However far it got by the end, the next start answers as before."""
    with _open(tmp_path, exact_limit=20, save_every=10) as store:
        _fill(store)
        before = _replies(_view(store))
    with _open(tmp_path, exact_limit=1_000) as store:
        assert len(_view(store).segments) < 10
        assert _replies(_view(store)) == before


def test_a_directory_in_use_is_refused(tmp_path: Path) -> None:
    """Two processes would not see each other's writes."""
    with _open(tmp_path), pytest.raises(InvalidConfiguration, match="in use by process"):
        _open(tmp_path)


def test_a_failed_start_leaves_the_directory_free(tmp_path: Path) -> None:
    """After the mistake is corrected the next start succeeds."""
    with pytest.raises(InvalidConfiguration):
        open_store(StoreSettings(tmp_path, url="cobol://x/y"), embedder="words-1", dimension=64)
    _open(tmp_path).close()
