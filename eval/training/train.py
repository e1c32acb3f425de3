"""The training loop: one phase after the other, resumable at any checkpoint, every draw from a seed.

Two facts about CPUs shaped it. bfloat16 is two to three times as fast as float32 on a processor with units for it (AVX-512
or AMX) and thirty times as slow on one with AVX2 alone, where it is emulated; so the processor decides, and the weights that the
optimiser moves are float32 in any case. And two threads that each take whole parts of a batch get further than two threads
that meet after every matrix product.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from random import Random

import numpy as np
import torch
import typer
from torch import Tensor

from eval.metrics.classification import auroc
from eval.training import recipe
from eval.training.batches import Batch, Example, collate, encode, in_order, load_tokenizer, plan
from eval.training.data import ENTAILMENT, Pair
from eval.training.network import judge_from_minilm
from eval.training.prepare import VALIDATION, as_served, read_pairs

WEIGHTS, STATE, CURVE = "weights.pt", "state.pt", "curve.json"
_THREADS, _PARTS = 2, 4
_HAS_BFLOAT16 = any(torch.cpu.get_capabilities().get(unit) for unit in ("amx_bf16", "avx512_bf16"))
_PRECISION = torch.bfloat16 if _HAS_BFLOAT16 else torch.float32
_HEAD_RATE_FACTOR = 4.0
_MATCHES_RATE_FACTOR, _BIAS_RATE_FACTOR = 6.0, 40.0
"""What starts at zero has further to go, the few numbers of attention's bias furthest: they are added to logits."""
_CHECKPOINT_SECONDS = 900.0
_NOTE_EVERY = 8
_LONGEST_GRADIENT = 1.0


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the learning curve: the batch's loss, or the mean AUROC over the validation sets."""

    phase: str
    step: int
    what: str
    value: float


def train(
    minilm: Path, work: Path, phases: Sequence[recipe.Phase] = recipe.PHASES, earlier: Path | None = None
) -> None:
    """Trains every one of `phases` from `work`/{phase}.jsonl.gz; writes the weights to `work`/weights.pt.

    Starts from the weights in `earlier`, or else from the published encoder in `minilm`. Continues from `work`/state.pt if
    an earlier call was interrupted, and then takes the same batches that it would have taken. `work`/curve.json has the
    learning curve.
    """
    torch.set_num_threads(1)
    run = Run(minilm, work, phases, earlier)
    for number, phase in enumerate(phases):
        if number >= run.phase:
            run.train(number, phase)
    torch.save(run.judge.state_dict(), work / WEIGHTS)


class Run:
    """The weights, the optimiser of the current phase and the learning curve."""

    def __init__(self, minilm: Path, work: Path, phases: Sequence[recipe.Phase], earlier: Path | None) -> None:
        self._work, self._phases = work, phases
        self._tokenizer = load_tokenizer(minilm / "tokenizer.json")
        self.judge = judge_from_minilm(minilm, recipe.SEED)
        if earlier is not None:
            self.judge.load_state_dict(torch.load(earlier, weights_only=True))
        self._fast = deepcopy(self.judge).to(_PRECISION)
        self._begin(phases[0])
        self._pool = ThreadPoolExecutor(_THREADS, initializer=torch.set_num_threads, initargs=(1,))
        self._curve: list[Point] = []
        self.phase, self._step = 0, 0
        if (work / STATE).exists():
            self._load()

    def train(self, number: int, phase: recipe.Phase) -> None:
        """Takes the steps of `phase` that are left."""
        if number != self.phase:
            self.phase, self._step = number, 0
            self._begin(phase)
        examples = encode(self._tokenizer, read_pairs(self._work / f"{phase.name}.jsonl.gz"))
        batches = plan([len(example.ids) for example in examples], phase.batch_tokens, recipe.SEED)[: phase.steps]
        saved = time.monotonic()
        while self._step < len(batches):
            self._set_rate(phase, len(batches))
            loss = self._update([examples[index] for index in batches[self._step]])
            if self._step % _NOTE_EVERY == 0:
                self._note(phase, "loss", loss)
            self._step += 1
            if time.monotonic() - saved > _CHECKPOINT_SECONDS or self._step == len(batches):
                self._note(phase, "validation AUROC", self._validation_auroc())
                self._save()
                saved = time.monotonic()

    def _begin(self, phase: recipe.Phase) -> None:
        """A new optimiser, for the weights that `phase` trains."""
        for judge in (self.judge, self._fast):
            for name, tensor in judge.named_parameters():
                tensor.requires_grad_(not name.startswith(phase.frozen))
        self._parameters = [tensor for tensor in self.judge.parameters() if tensor.requires_grad]
        self._fast_parameters = [tensor for tensor in self._fast.parameters() if tensor.requires_grad]
        head = [*self.judge.compare.parameters(), *self.judge.decide.parameters()]
        named = [(name, tensor) for name, tensor in self.judge.encoder.named_parameters() if tensor.requires_grad]
        groups: list[dict[str, object]] = [
            {"params": [tensor for name, tensor in named if "match" not in name], "factor": 1.0},
            {"params": head, "factor": _HEAD_RATE_FACTOR},
            {"params": [tensor for name, tensor in named if "matches" in name], "factor": _MATCHES_RATE_FACTOR},
            {
                "params": [tensor for name, tensor in named if "match_bias" in name],
                "factor": _BIAS_RATE_FACTOR,
                "weight_decay": 0.0,
            },
        ]
        self._optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.01, fused=True)

    def _set_rate(self, phase: recipe.Phase, steps: int) -> None:
        rate = phase.first_rate + (phase.last_rate - phase.first_rate) * self._step / steps
        rate *= min(1.0, (self._step + 1) / phase.warmup)
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group["factor"]

    def _update(self, examples: Sequence[Example]) -> float:
        """One step along the gradients of the parts of a batch, which the threads take as they come free; its loss."""
        parts = [examples[first::_PARTS] for first in range(min(_PARTS, len(examples)))]
        total = 0.0
        seeds = [hash((recipe.SEED, self.phase, self._step, part)) for part in range(len(parts))]
        for gradients, loss in self._pool.map(self._gradients, parts, repeat(len(examples)), seeds):
            total += loss
            for parameter, gradient in zip(self._parameters, gradients, strict=True):
                parameter.grad = gradient.float() if parameter.grad is None else parameter.grad.add_(gradient)
        torch.nn.utils.clip_grad_norm_(self._parameters, _LONGEST_GRADIENT)
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self._refresh()
        return total

    def _refresh(self) -> None:
        """The weights that gradients are computed with, from those that the optimiser moves."""
        with torch.no_grad():
            for fast, exact in zip(self._fast.parameters(), self.judge.parameters(), strict=True):
                if exact.requires_grad:
                    fast.copy_(exact)

    def _gradients(self, part: Sequence[Example], rows: int, seed: int) -> tuple[tuple[Tensor, ...], float]:
        batch = collate(part)
        chance = torch.Generator().manual_seed(seed)
        loss = losses(self._fast(*tensors(batch), chance).float(), torch.from_numpy(batch.targets)).sum() / rows
        return torch.autograd.grad(loss, self._fast_parameters), loss.item()

    def _validation_auroc(self) -> float:
        """The mean over sets of the AUROC, each hypothesis against its most relevant premise."""
        by_set: dict[str, list[Pair]] = {}
        for pair in read_pairs(self._work / f"{VALIDATION}.jsonl.gz"):
            by_set.setdefault(pair.set_name, []).append(pair)
        areas: list[float] = []
        for pairs in by_set.values():
            shown = [as_served(pair, Random(0)) for pair in pairs[: recipe.VALIDATION_ROWS]]
            area = auroc([pair.label == ENTAILMENT for pair in shown], self._entailed(shown))
            areas += [] if area is None else [area]
        return float(np.mean(areas))

    def _entailed(self, pairs: Sequence[Pair]) -> list[float]:
        scores = np.zeros(len(pairs))
        with torch.no_grad():
            for indices, batch in in_order(encode(self._tokenizer, pairs)):
                scores[indices] = torch.softmax(self._fast(*tensors(batch)).float(), dim=-1)[:, 0].numpy()
        found: list[float] = scores.tolist()
        return found

    def _note(self, phase: recipe.Phase, what: str, value: float) -> None:
        self._curve.append(Point(phase.name, self._step, what, round(value, 4)))
        typer.echo(f"{phase.name} {self._step}/{phase.steps} {what} {value:.4f}")

    def _save(self) -> None:
        """Writes the state beside the old one first, so that an interruption leaves one of the two whole."""
        state = {
            "judge": self.judge.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "phase": self.phase,
            "step": self._step,
            "curve": [(point.phase, point.step, point.what, point.value) for point in self._curve],
        }
        torch.save(state, self._work / f"{STATE}.new")
        (self._work / f"{STATE}.new").replace(self._work / STATE)
        (self._work / CURVE).write_text(json.dumps(state["curve"]) + "\n", encoding="utf-8")

    def _load(self) -> None:
        state = torch.load(self._work / STATE, weights_only=True)
        self.judge.load_state_dict(state["judge"])
        self._fast.load_state_dict(state["judge"])
        self._begin(self._phases[state["phase"]])
        self._optimizer.load_state_dict(state["optimizer"])
        self.phase, self._step = state["phase"], state["step"]
        self._curve = [Point(*point) for point in state["curve"]]


def losses(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy by row; target 3 ("unsupported") asks for neutral or contradiction, whichever, by their sum."""
    known = torch.log_softmax(logits, dim=-1)
    unsupported = torch.logsumexp(known[:, 1:], dim=-1, keepdim=True)
    return -torch.cat([known, unsupported], dim=-1).gather(1, targets[:, None])[:, 0]


def tensors(batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """The three inputs of the network, in its order."""
    return (
        torch.from_numpy(batch.input_ids),
        torch.from_numpy(batch.attention_mask),
        torch.from_numpy(batch.token_type_ids),
    )
