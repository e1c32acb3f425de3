"""Damage to the files of an index: they are a cache, so it must be noticed, and no answer may change."""

from __future__ import annotations

import random
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from server.deadline import NEVER
from server.stores.index.snapshot import SnapshotRejected, folder_of, load_snapshot
from server.stores.store import Store, StoreSettings, open_store
from tests.drafts import draft
from tests.fakes import WordEmbedder, anyone
from tests.long.mutations import damaged_bytes

TENANT = "acme"
WORDS = "copper kettle river delta green lamp harbour letters brass clock winter garden bridge signal paper".split()
QUESTIONS = ("copper kettle", "river delta 17", "green lamp near the harbour", "letters from 42")
DIMENSION = WordEmbedder().dimension
AXES = np.linalg.qr(np.random.default_rng(0).standard_normal((DIMENSION, 2)))[0].T


def store_settings(folder: Path) -> StoreSettings:
    """A store that gives even a few hundred chunks an inverted file."""
    return StoreSettings(folder, exact_limit=100)


def opened(folder: Path) -> Store:
    """The store in `folder`."""
    return open_store(store_settings(folder), embedder="words-1", dimension=DIMENSION)


def fill(folder: Path) -> None:
    """Documents of a few lines each, enough for several files, with some deleted again."""
    source = random.Random(0)
    with opened(folder) as store:
        stored = []
        for number in range(40):
            lines = [" ".join((*source.choices(WORDS, k=6), str(source.randrange(60)))) for _ in range(36)]
            made = draft(f"d{number}", "\n".join(lines), tenant=TENANT)
            stored.append(store.documents.put(replace(made, vectors=on_a_ring(number, len(lines)))))
        for each in stored:
            each.result()
        store.documents.delete([draft(f"d{number}", "x", tenant=TENANT).key for number in (3, 30)], anyone).result()
        wait_for_inverted_file(store)


def wait_for_inverted_file(store: Store, patience: float = 60.0) -> None:
    """Return when the background has made one; closing earlier would give it up."""
    until = time.monotonic() + patience
    while not any(part.dense.inverted for part in store.passages.view(TENANT, 0, NEVER).segments):
        assert time.monotonic() < until, "no inverted file was made"
        time.sleep(0.01)


def on_a_ring(seed: int, count: int) -> NDArray[np.float32]:
    """Unit vectors near a circle: between any two of them lie others, which an inverted file can find again."""
    random = np.random.default_rng(seed)
    angles = random.uniform(0, 2 * np.pi, (count, 1))
    vectors = np.cos(angles) * AXES[0] + np.sin(angles) * AXES[1] + 0.01 * random.standard_normal((count, DIMENSION))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def answers(folder: Path) -> list[list[tuple[int, float]]]:
    """The best ten chunks by vector and by words for each question, read as a restart reads them."""
    with opened(folder) as store:
        view = store.passages.view(TENANT, 0, NEVER)
        rankings = [view.lexical(question, None, 10) for question in QUESTIONS]
        rankings += [view.dense(on_a_ring(1_000 + number, 1)[0], None, 10) for number in range(8)]
        return [
            [
                (int(chunk), round(float(score), 4))
                for chunk, score in zip(ranking.chunk_ids, ranking.scores, strict=True)
            ]
            for ranking in rankings
        ]


def damage(index: Path, source: random.Random) -> None:
    """One file changed, or lost, or two of them swapped."""
    files = sorted(file for file in index.rglob("*") if file.is_file())
    file = source.choice(files)
    match source.randrange(6):
        case 0:
            file.unlink()
        case 1:
            other = source.choice([each for each in files if each != file])
            first, second = file.read_bytes(), other.read_bytes()
            file.write_bytes(second)
            other.write_bytes(first)
        case _:
            file.write_bytes(damaged_bytes(file.read_bytes(), source))


@pytest.mark.parametrize("tries", [12, pytest.param(150, marks=pytest.mark.long)])
def test_a_damaged_index_is_noticed_and_rebuilt(tmp_path: Path, tries: int) -> None:
    """Every damaged index is refused, and the answers are those from before the damage."""
    whole = tmp_path / "whole"
    fill(whole)
    before = answers(whole)

    for seed in range(tries):
        copy = tmp_path / f"copy-{seed}"
        shutil.copytree(whole, copy)
        damage(copy / "index", random.Random(seed))

        with pytest.raises(SnapshotRejected):
            load_snapshot(folder_of(copy / "index", TENANT), "words-1", DIMENSION)
        assert answers(copy) == before, f"seed {seed}"
        shutil.rmtree(copy)


def test_the_index_that_is_damaged_has_every_kind_of_file(tmp_path: Path) -> None:
    """Segments, inverted files and the manifest are all there to be damaged, and the answers are not empty."""
    fill(tmp_path)

    found = {file.suffix for file in (tmp_path / "index").rglob("*") if file.is_file()}

    assert found == {".npz", ".ivf", ".json"}
    assert all(np.array(ranking).size for ranking in answers(tmp_path))
