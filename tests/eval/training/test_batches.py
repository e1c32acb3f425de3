"""Batches hold every example once, within their budget of tokens."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.training.batches import Example, collate, plan

LENGTHS = st.lists(st.integers(5, 256), min_size=1, max_size=120)


@settings(deadline=None)
@given(LENGTHS, st.integers(0, 5))
def test_a_plan_takes_every_example_once(lengths: list[int], seed: int) -> None:
    """Nothing is lost or repeated, whatever the seed."""
    taken = np.concatenate(plan(lengths, 1_000, seed))
    assert sorted(taken.tolist()) == list(range(len(lengths)))


@settings(deadline=None)
@given(LENGTHS)
def test_a_batch_pads_to_no_more_tokens_than_the_budget(lengths: list[int]) -> None:
    """Only an example that is too long alone goes over."""
    for batch in plan(lengths, 1_000, seed=1):
        longest = max(lengths[index] for index in batch)
        assert len(batch) == 1 or -(-longest // 8) * 8 * len(batch) <= 1_000


def test_the_same_seed_gives_the_same_plan() -> None:
    """What an interrupted run relies on."""
    lengths = [7, 30, 12, 250, 64, 64, 9] * 9
    first, second = plan(lengths, 500, seed=4), plan(lengths, 500, seed=4)
    assert [batch.tolist() for batch in first] == [batch.tolist() for batch in second]


def test_padding_belongs_to_neither_side() -> None:
    """Mask and kinds are zero behind the last token; kinds are one from the hypothesis on."""
    short = Example(np.array([101, 5, 102, 6, 102], dtype=np.int32), split=3, target=0)
    long = Example(np.arange(1, 11, dtype=np.int32), split=4, target=3)
    batch = collate([short, long])
    assert batch.input_ids.shape == (2, 16)
    assert batch.attention_mask.sum(axis=1).tolist() == [5, 10]
    assert batch.token_type_ids[0].tolist()[:6] == [0, 0, 0, 1, 1, 0]
    assert batch.targets.tolist() == [0, 3]
