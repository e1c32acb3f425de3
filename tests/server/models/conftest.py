"""One scheduler a test, closed at its end; the bundled models, loaded once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.models.embedder import OnnxEmbedder
from server.models.entailment import OnnxEntailment
from server.models.scheduler import Scheduler
from server.models.weights import BUNDLED, open_weights


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    """Two threads."""
    scheduler = Scheduler(threads=2)
    yield scheduler
    scheduler.close()


@pytest.fixture(scope="session")
def bundled_embedder() -> Iterator[OnnxEmbedder]:
    """The embedder that ships."""
    scheduler = Scheduler(threads=2)
    yield OnnxEmbedder(open_weights(BUNDLED / "embedder", "embedder"), scheduler)
    scheduler.close()


@pytest.fixture(scope="session")
def bundled_entailment() -> Iterator[OnnxEntailment]:
    """The judge that ships."""
    scheduler = Scheduler(threads=2)
    yield OnnxEntailment(open_weights(BUNDLED / "entailment", "entailment"), scheduler)
    scheduler.close()
