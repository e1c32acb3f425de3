"""Which words of a claim and of the evidence are of one family."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from server.stages.facts.polarity import _overlap, _same_root

STEMS = st.frozensets(
    st.builds(
        lambda prefix, stem, suffix: prefix + stem + suffix,
        st.sampled_from(["", "un", "in", "dis", "non"]),
        st.sampled_from(["wash", "washab", "product", "inter", "in", "act", "und", "nonsens", "ünder"]),
        st.sampled_from(["", "l", "able", "ation"]),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(STEMS, STEMS)
def test_stems_that_begin_alike_are_all_that_can_be_of_one_family(some: frozenset[str], others: frozenset[str]) -> None:
    """Looking only among those finds what looking among all finds."""
    related = sum(1 for term in some if term in others or any(_same_root(term, other) for other in others))

    assert _overlap(some, others) == related
