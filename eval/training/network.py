"""The network: a MiniLM encoder that reads premise and hypothesis together, and a head that compares them.

The encoder is BERT as published (Devlin et al. 2019, arXiv:1810.04805), in the size of all-MiniLM-L6-v2: 6 layers,
width 384, 12 heads, 22.6 M parameters. Its weights were trained for mean pooling (Reimers and Gurevych 2019,
arXiv:1908.10084), so the head pools means and not [CLS].

One thing is added: every token knows whether the other text has it too, and attention between the two has a bias of its own, for
each head of each layer. Exact matches as a feature are from reading comprehension (Chen et al. 2017, arXiv:1704.00051); both
parts start at zero, where the network is the published one.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

VOCABULARY, POSITIONS, WIDTH, LAYERS, HEADS, INNER = 30_522, 512, 384, 6, 12, 1_536
LABELS = ("entailment", "neutral", "contradiction")
MATCHES = 3
"""How much of a token's surroundings the other text repeats; see `match_levels`."""
LAST_SPECIAL = 102
"""The highest identifier of a special token in BERT's vocabulary."""
DROPPED = 0.1
"""The share of a layer's features that a row does without in training."""


class Layer(nn.Module):
    """One transformer layer with normalisation after each residual sum, as in BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.attended_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.widen = nn.Linear(WIDTH, INNER)
        self.narrow = nn.Linear(INNER, WIDTH)
        self.narrow_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.match_bias = nn.Parameter(torch.zeros(HEADS))

    def forward(self, states: Tensor, bias: Tensor, same: Tensor, chance: torch.Generator | None = None) -> Tensor:
        """States [rows, length, 384] to states; `bias` [rows, 1, 1, length] is very negative where there is padding.

        `same` [rows, 1, length, length] is 1 where a token meets itself in the other text, and each head learns what that weighs.
        """
        rows, length, _ = states.shape
        parts = self.query_key_value(states).view(rows, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        # Written out: on CPUs the backward pass of torch's fused attention takes as long as all the rest of a step.
        fit = torch.matmul(parts[0], parts[1].transpose(-1, -2)) * (WIDTH // HEADS) ** -0.5 + bias
        fit = fit + same * self.match_bias[:, None, None]
        mixed = torch.matmul(torch.softmax(fit, dim=-1), parts[2])
        mixed = mixed.transpose(1, 2).reshape(rows, length, WIDTH)
        states = self.attended_norm(states + thinned(self.attended(mixed), chance))
        return self.narrow_norm(states + thinned(self.narrow(functional.gelu(self.widen(states))), chance))


def thinned(states: Tensor, chance: torch.Generator | None) -> Tensor:
    """`states` without a tenth of their features, drawn from `chance`, the same ones for all tokens of a row; all without it.

    One draw a row instead of one a token costs nothing (Gal and Ghahramani 2016, arXiv:1512.05287).
    """
    if chance is None:
        return states
    kept = (torch.rand(states.shape[0], 1, states.shape[2], generator=chance) >= DROPPED).to(states.dtype)
    return states * (kept / (1.0 - DROPPED))


def met_again(input_ids: Tensor, token_type_ids: Tensor) -> Tensor:
    """Which tokens of one text are which of the other, bool [rows, length, length]; special ones and padding match nothing."""
    other_text = token_type_ids[:, :, None] != token_type_ids[:, None, :]
    return (input_ids[:, :, None] == input_ids[:, None, :]) & other_text & (input_ids[:, :, None] > LAST_SPECIAL)


def match_levels(same: Tensor) -> Tensor:
    """For each token, int64 [rows, length]: 0, the other text has it not; 1, it has; 2, it has it beside a neighbour of here."""
    pairs = functional.pad((same[:, :-1, :-1] & same[:, 1:, 1:]).any(-1).to(torch.int64), (0, 1))
    return same.any(-1).to(torch.int64) + torch.maximum(pairs, functional.pad(pairs[:, :-1], (1, 0)))


class Encoder(nn.Module):
    """Token identifiers to token states [rows, length, 384]."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.kinds = nn.Embedding(2, WIDTH)
        self.matches = nn.Embedding(2 * MATCHES, WIDTH)
        nn.init.zeros_(self.matches.weight)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        chance: torch.Generator | None = None,
    ) -> Tensor:
        """Three int64 arrays [rows, length] to the states of their tokens."""
        places = torch.arange(input_ids.shape[1], device=input_ids.device)
        same = met_again(input_ids, token_type_ids)
        matches = MATCHES * token_type_ids + match_levels(same)
        states = self.words(input_ids) + self.positions(places) + self.kinds(token_type_ids)
        states = self.norm(states + self.matches(matches))
        bias = (1.0 - attention_mask[:, None, None, :].to(states.dtype)) * -1e4
        same = same[:, None].to(states.dtype)
        for layer in self.layers:
            states = layer(states, bias, same, chance)
        return states

    def load_minilm(self, folder: Path) -> None:
        """Copies the published weights from `folder`/model.safetensors, joining query, key and value into one matrix."""
        source = load_file(folder / "model.safetensors")

        def put(target: nn.Module, name: str) -> None:
            for part, tensor in target.named_parameters(recurse=False):
                tensor.data.copy_(source[f"{name}.{part}"])

        put(self.words, "embeddings.word_embeddings")
        put(self.positions, "embeddings.position_embeddings")
        put(self.kinds, "embeddings.token_type_embeddings")
        put(self.norm, "embeddings.LayerNorm")
        for index, layer in enumerate(self.layers):
            assert isinstance(layer, Layer)
            name = f"encoder.layer.{index}"
            for part in ("weight", "bias"):
                joined = [source[f"{name}.attention.self.{which}.{part}"] for which in ("query", "key", "value")]
                getattr(layer.query_key_value, part).data.copy_(torch.cat(joined))
            put(layer.attended, f"{name}.attention.output.dense")
            put(layer.attended_norm, f"{name}.attention.output.LayerNorm")
            put(layer.widen, f"{name}.intermediate.dense")
            put(layer.narrow, f"{name}.output.dense")
            put(layer.narrow_norm, f"{name}.output.LayerNorm")


class Judge(nn.Module):
    """Premise and hypothesis in one sequence to three logits, in the order of `LABELS`.

    The head sees the mean state of the premise's tokens, that of the hypothesis's, their absolute difference and their
    product, and the maximum over the hypothesis's tokens, since one wrong word or number is enough to refute a claim
    and would drown in a mean.
    """

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.compare = nn.Linear(5 * WIDTH, WIDTH)
        self.decide = nn.Linear(WIDTH, len(LABELS))

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor,
        chance: torch.Generator | None = None,
    ) -> Tensor:
        """Three int64 arrays [rows, length] to logits [rows, 3], in the type of the weights.

        In training, `chance` draws which features each row does without.
        """
        states = self.encoder(input_ids, attention_mask, token_type_ids, chance)
        is_hypothesis = (token_type_ids * attention_mask)[:, :, None].to(states.dtype)
        is_premise = ((1 - token_type_ids) * attention_mask)[:, :, None].to(states.dtype)
        premise = (states * is_premise).sum(1) / is_premise.sum(1).clamp(min=1.0)
        hypothesis = (states * is_hypothesis).sum(1) / is_hypothesis.sum(1).clamp(min=1.0)
        sharpest = (states + (is_hypothesis - 1.0) * 1e4).amax(1)
        features = torch.cat(
            [premise, hypothesis, (premise - hypothesis).abs(), premise * hypothesis, sharpest], dim=-1
        )
        return self.decide(functional.gelu(self.compare(features)))


def judge_from_minilm(folder: Path, seed: int) -> Judge:
    """A judge with the published encoder and a head drawn from `seed`."""
    torch.manual_seed(seed)
    judge = Judge()
    judge.encoder.load_minilm(folder)
    for linear in (judge.compare, judge.decide):
        nn.init.normal_(linear.weight, std=1.0 / math.sqrt(linear.in_features))
        nn.init.zeros_(linear.bias)
    return judge
