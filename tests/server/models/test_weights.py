"""Weights are what their config.json says, or the server does not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.errors import InvalidConfiguration
from server.models.weights import BUNDLED, open_weights
from tests.fakes_models import write_weights


@pytest.mark.parametrize("kind", ["embedder", "entailment"])
def test_the_bundled_weights_have_the_hashes_they_state(kind: str) -> None:
    """What ships is what was exported."""
    assert open_weights(BUNDLED / kind, kind).version


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_changed_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    """One more byte anywhere is found before anything is served."""
    folder = write_weights(tmp_path, "entailment")
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")

    with pytest.raises(InvalidConfiguration, match=rf"{name}: has SHA-256 [0-9a-f]{{64}}, but config.json beside it"):
        open_weights(folder, "entailment")


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    """Half a folder is no model."""
    folder = write_weights(tmp_path, "entailment")
    (folder / "tokenizer.json").unlink()

    with pytest.raises(InvalidConfiguration, match=r"tokenizer\.json: cannot be read"):
        open_weights(folder, "entailment")


def test_weights_of_another_kind_are_refused(tmp_path: Path) -> None:
    """An embedder cannot judge, and the message says which kind was needed."""
    folder = write_weights(tmp_path, "embedder")

    with pytest.raises(InvalidConfiguration, match="'kind' must be 'entailment', not 'embedder'"):
        open_weights(folder, "entailment")


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_a_config_that_is_no_json_object_is_refused(tmp_path: Path, text: str) -> None:
    """Whatever stands in config.json, the error is about config.json."""
    folder = write_weights(tmp_path, "entailment")
    (folder / "config.json").write_text(text)

    with pytest.raises(InvalidConfiguration, match=r"config\.json"):
        open_weights(folder, "entailment")


@pytest.mark.parametrize("wrong", [0, -1, "256", None, True, 2.5])
def test_a_length_that_is_no_positive_whole_number_is_refused(tmp_path: Path, wrong: object) -> None:
    """The key, the rule and what stood there are named."""
    folder = write_weights(tmp_path, "entailment", max_tokens=wrong)

    with pytest.raises(InvalidConfiguration, match=f"'max_tokens' must be a whole number above 0, not {wrong!r}"):
        open_weights(folder, "entailment")
