from __future__ import annotations

import numpy as np
import pytest

from server.stores.index.analysis import terms_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Running dogs", "run dog"),
        ("The house of the owl", "house owl"),
        ("ﬁnance", "finance"),
        ("e-mail, please!", "e mail please"),
        ("NOT payable", "not payable"),
    ],
)
def test_texts_with_the_same_terms(one: str, other: str) -> None:
    """Case, endings, function words, punctuation and ligatures make no difference."""
    assert terms_of(one).tolist() == terms_of(other).tolist()


@pytest.mark.parametrize(("one", "other"), [("1.5 mg", "15 mg"), ("not paid", "paid"), ("A-17", "A-18")])
def test_texts_with_different_terms(one: str, other: str) -> None:
    """Numbers keep their points, and negations count."""
    assert terms_of(one).tolist() != terms_of(other).tolist()


def test_unspaced_scripts_are_indexed_as_pairs() -> None:
    """A word inside a sentence without spaces can be found."""
    assert np.isin(terms_of("東京"), terms_of("私は東京に住む")).all()


def test_nothing_yields_no_terms() -> None:
    """White space and punctuation alone are not indexed."""
    assert len(terms_of(" ... \n")) == 0
