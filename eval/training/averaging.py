"""One model from two that were trained from the same start: the mean of their weights, which costs nothing to serve.

Wortsman et al. 2022, Model soups (arXiv:2203.05482): fine-tuned models of one pretrained encoder lie in one basin, and between
them are models that do better than either where the two err differently.
"""

from __future__ import annotations

from pathlib import Path

import torch

AVERAGED = "averaged.pt"


def average(own: Path, other: Path, share: float, to: Path) -> None:
    """Writes the weights in `own` with `share` (0..1) of those in `other` to `to`, float32.

    Raises ValueError unless both have the same parts.
    """
    ours = torch.load(own, weights_only=True)
    theirs = torch.load(other, weights_only=True)
    if {name: part.shape for name, part in ours.items()} != {name: part.shape for name, part in theirs.items()}:
        raise ValueError(f"{own} and {other} are weights of different networks and cannot be averaged")
    torch.save({name: (1.0 - share) * part.float() + share * theirs[name].float() for name, part in ours.items()}, to)
