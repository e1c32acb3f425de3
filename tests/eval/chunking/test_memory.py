"""The embedder that remembers."""

from __future__ import annotations

import numpy as np

from eval.chunking.memory import RememberingEmbedder
from tests.fakes import WordEmbedder


def test_each_text_is_embedded_once_and_comes_back_the_same() -> None:
    """Texts that come again, in one call or the next, are not sent to the model again."""
    model = WordEmbedder()
    embedder = RememberingEmbedder(model)

    first = embedder.embed(["a fee", "a day", "a fee"])
    again = embedder.embed(["a day", "a fee"])

    assert model.calls == [("a fee", "a day")]
    assert np.array_equal(first, WordEmbedder().embed(["a fee", "a day", "a fee"]))
    assert np.array_equal(again, first[[1, 0]])
    assert embedder.embed([]).shape == (0, embedder.dimension)
