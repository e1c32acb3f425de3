from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.stores.store import Store, StoreSettings, open_store
from tests.fakes import WordEmbedder


@pytest.fixture
def embedder() -> WordEmbedder:
    """An embedder that needs no model."""
    return WordEmbedder()


@pytest.fixture
def store(tmp_path: Path, embedder: WordEmbedder) -> Iterator[Store]:
    """An empty store for the embedder's vectors."""
    settings = StoreSettings(tmp_path / "data")
    with open_store(settings, embedder=embedder.version, dimension=embedder.dimension) as opened:
        yield opened
