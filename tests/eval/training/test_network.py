"""What a token knows of the other text; run where the extra `models` is installed."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from eval.training.network import Judge, match_levels, met_again

CLS, SEP, PAD = 101, 102, 0
IDS = torch.tensor([[CLS, 500, 600, 700, SEP, 600, 700, 800, 500, SEP, PAD, PAD]])
KINDS = torch.tensor([[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0]])
MASK = (IDS != PAD).long()


def test_tokens_meet_themselves_in_the_other_text_alone() -> None:
    """Special tokens and padding meet nothing."""
    same = met_again(IDS, KINDS)[0]
    assert {(one, other) for one, other in same.nonzero().tolist() if one < other} == {(1, 8), (2, 5), (3, 6)}
    assert torch.equal(same, same.T)


def test_a_match_beside_its_neighbour_says_more() -> None:
    """Two tokens in a row that the other text has in a row, one that it has elsewhere, one that it has not."""
    assert match_levels(met_again(IDS, KINDS)).tolist() == [[0, 1, 2, 2, 0, 2, 2, 0, 1, 0, 0, 0]]


def test_matches_count_once_they_are_learnt() -> None:
    """A new network makes nothing of them; their table and attention's bias each move the logits."""
    torch.manual_seed(0)
    judge = Judge().eval()
    with torch.no_grad():
        plain = judge(IDS, MASK, KINDS)
        judge.encoder.matches.weight[5] += torch.randn(384)
        with_table = judge(IDS, MASK, KINDS)
        judge.encoder.layers[0].match_bias += 2.0
        with_both = judge(IDS, MASK, KINDS)
    assert not torch.allclose(plain, with_table)
    assert not torch.allclose(with_table, with_both)
