"""From folders to models: what is there is served, what is missing is stood in for, what is wrong is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import InvalidConfiguration
from server.models.loading import load_embedder, load_entailment
from server.models.scheduler import Scheduler
from tests.fakes_models import write_weights


def test_weights_are_served(tmp_path: Path, scheduler: Scheduler) -> None:
    """Their versions are those of their config.json."""
    embedder = load_embedder(write_weights(tmp_path / "a", "embedder"), scheduler)
    entailment = load_entailment(write_weights(tmp_path / "b", "entailment"), scheduler)

    assert [embedder.version, entailment.version] == ["tiny-embedder", "tiny-entailment"]
    assert [embedder.degradation, entailment.degradation] == [None, None]


def test_a_token_classifier_judges_claims(tmp_path: Path, scheduler: Scheduler) -> None:
    """Its kind is read from its config.json, so one setting serves both kinds of judges."""
    folder = write_weights(tmp_path, "token_classifier", kind="token-classifier", labels=["supported", "unsupported"])

    [row] = load_entailment(folder, scheduler).score([("shop", "yes")])

    assert row[0] > 0.8


def test_missing_weights_are_stood_in_for_and_declared(tmp_path: Path, scheduler: Scheduler) -> None:
    """The service starts, and says in every reply what it lacks."""
    assert load_embedder(tmp_path / "nowhere", scheduler).degradation is not None
    assert load_entailment(tmp_path / "nowhere", scheduler).degradation is not None


@pytest.mark.parametrize("load", [load_embedder, load_entailment])
def test_wrong_weights_are_refused(tmp_path: Path, scheduler: Scheduler, load) -> None:
    """Changed weights are no missing weights: nothing stands in for them."""
    with pytest.raises(InvalidConfiguration):
        load(tmp_path, scheduler)
