"""From a folder of weights to the model that serves."""

from __future__ import annotations

from pathlib import Path

from server.models.base import Embedder, EntailmentModel
from server.models.embedder import OnnxEmbedder
from server.models.entailment import OnnxEntailment
from server.models.fallback import FallbackEntailment
from server.models.scheduler import Scheduler
from server.models.stand_in import HashingEmbedder, LexicalEntailment
from server.models.token_classifier import KIND as TOKEN_CLASSIFIER
from server.models.token_classifier import OnnxTokenClassifier
from server.models.weights import Weights, open_weights, stated_kind


def load_embedder(folder: Path, scheduler: Scheduler) -> Embedder:
    """The embedder in `folder`, or a declared stand-in when nothing is there.

    Raises `InvalidConfiguration` when weights are there but wrong: changed, of another kind, or unreadable.
    """
    if not folder.exists():
        return HashingEmbedder()
    return OnnxEmbedder(open_weights(folder, "embedder"), scheduler)


def load_entailment(folder: Path, scheduler: Scheduler) -> EntailmentModel:
    """The judge of claims in `folder`, with a stand-in behind it; the declared stand-in alone when nothing is there.

    Raises `InvalidConfiguration` when weights are there but wrong: changed, of another kind, or unreadable.
    """
    if not folder.exists():
        return LexicalEntailment()
    weights = open_judge(folder)
    is_classifier = stated_kind(folder) == TOKEN_CLASSIFIER
    model = OnnxTokenClassifier(weights, scheduler) if is_classifier else OnnxEntailment(weights, scheduler)
    return FallbackEntailment(model, LexicalEntailment())


def open_judge(folder: Path) -> Weights:
    """The verified weights in `folder`, of either kind that judges claims; raises `InvalidConfiguration` for any other."""
    return open_weights(folder, TOKEN_CLASSIFIER if stated_kind(folder) == TOKEN_CLASSIFIER else "entailment")
