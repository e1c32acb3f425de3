"""The freshness benchmark, and the freshness of the service itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import groundwire
from eval.freshness.benchmark import measure
from eval.serving import ServerProcess


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[groundwire.Client]:
    """A client of a server with the bundled models."""
    folder = tmp_path_factory.mktemp("server")
    settings = {"log_level": "warning"}
    with (
        ServerProcess(folder / "data", folder / "server.log", settings) as server,
        groundwire.connect(server.address) as connected,
    ):
        yield connected


@pytest.mark.parametrize("pairs", [40, pytest.param(10_000, marks=pytest.mark.long)])
def test_what_is_acknowledged_is_what_is_read(client: groundwire.Client, pairs: int) -> None:
    """By search and on the card, after stores and removals through documents and feeds, from several callers at once."""
    figures = measure(client, pairs, callers=4, seed=pairs)

    assert (figures.pairs, figures.stale) == (pairs, 0)


class _Late:
    """A client whose every read shows what the read before it should have."""

    def __init__(self, client: groundwire.Client) -> None:
        self.corpus = client.corpus
        self.retriever = self
        self._real = client.retriever
        self._held: dict[bool, object] = {}

    def Retrieve(self, request: object, timeout: float) -> object:
        found = self._real.Retrieve(request, timeout=timeout)  # type: ignore[arg-type]
        by_search = bool(request.spec.query)  # type: ignore[attr-defined]
        held = self._held.get(by_search, found)
        self._held[by_search] = found
        return held


def test_a_stale_read_is_counted(client: groundwire.Client) -> None:
    """All but the first, where two removals do not follow each other."""
    figures = measure(_Late(client), 12, callers=1, seed=3)  # type: ignore[arg-type]

    assert figures.stale > 6
