"""The best of many scores, however they are found."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from server.stores.index.ranking import best


@given(st.lists(st.integers(0, 40), max_size=400), st.integers(1, 20))
def test_the_best_are_the_first_of_all_in_order(values: list[int], count: int) -> None:
    """Of equals, the earlier ones, at the cut as well."""
    scores = np.array(values, dtype=np.float32)
    rows = np.arange(len(scores)) + 7
    found, found_scores = best(rows, scores, count)
    order = np.argsort(-scores, kind="stable")[:count]
    assert found.tolist() == rows[order].tolist()
    assert found_scores.tolist() == scores[order].tolist()
