"""Other projects' splitters behind the same seam, with one that a test writes in a line."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace

import pytest

from eval.chunking.peers import peer_ranges
from server.commands.failure import CommandFailed

TEXT = "one two three four"


def stand_in(chunks: list[tuple[int, str]]) -> ModuleType:
    """A semantic-text-splitter that returns the given chunks."""
    package = ModuleType("semantic_text_splitter")
    splitter = SimpleNamespace(chunk_indices=lambda text: chunks)
    package.TextSplitter = SimpleNamespace(from_callback=lambda count, size, overlap: splitter)
    return package


def test_a_peer_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install."""
    monkeypatch.setitem(sys.modules, "semchunk", None)

    with pytest.raises(CommandFailed, match="pip install semchunk"):
        peer_ranges("semchunk", TEXT, 10, 0, len)


def test_wrong_offsets_are_put_right_and_strange_chunks_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk counts where its text stands; text that is not in the document does not count."""
    chunks = [(0, "one two"), (3, "three"), (9, "never written"), (14, "four")]
    monkeypatch.setitem(sys.modules, "semantic_text_splitter", stand_in(chunks))

    assert peer_ranges("semantic", TEXT, 10, 0, len) == [(0, 7), (8, 13), (14, 18)]
