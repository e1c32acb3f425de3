"""A folder of weights and the proof that it is what its config.json says.

A folder holds model.onnx, tokenizer.json and config.json; the last one names kind, version and the SHA-256 of the other
two.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.errors import InvalidConfiguration

BUNDLED = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Weights:
    """A folder whose files have the hashes that its config.json states; made by `open_weights`."""

    folder: Path
    version: str
    max_tokens: int
    config: Mapping[str, Any]

    @property
    def model(self) -> Path:
        """The ONNX graph."""
        return self.folder / "model.onnx"

    @property
    def tokenizer(self) -> Path:
        """The tokenizer in the format of the `tokenizers` library."""
        return self.folder / "tokenizer.json"

    def text(self, key: str) -> str:
        """The string at `key` of config.json, or `InvalidConfiguration`."""
        value = self.config.get(key)
        if not isinstance(value, str) or not value:
            raise self._wrong(key, "a non-empty string")
        return value

    def number(self, key: str) -> int:
        """The positive whole number at `key` of config.json, or `InvalidConfiguration`."""
        value = self.config.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
            raise self._wrong(key, "a whole number above 0")
        return value

    def texts(self, key: str) -> Sequence[str]:
        """The list of strings at `key` of config.json, or `InvalidConfiguration`."""
        value = self.config.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(key, "a list of strings")
        return value

    def _wrong(self, key: str, needed: str) -> InvalidConfiguration:
        return InvalidConfiguration(
            f"{self.folder / 'config.json'}: {key!r} must be {needed}, not {self.config.get(key)!r}"
        )


def stated_kind(folder: Path) -> str:
    """The kind that `folder`/config.json states, not verified in any way; "" when it states none."""
    return str(_read_config(folder / "config.json").get("kind", ""))


def open_weights(folder: Path, kind: str) -> Weights:
    """The weights in `folder`, verified to be of `kind` ("embedder", "entailment" ...) and to have the hashes they state.

    Raises `InvalidConfiguration`, naming the file, when anything is missing, of another kind, or was changed.
    """
    config = _read_config(folder / "config.json")
    if config.get("kind") != kind:
        raise InvalidConfiguration(f"{folder / 'config.json'}: 'kind' must be {kind!r}, not {config.get('kind')!r}")
    stated = Weights(folder, "", 0, config)
    for path, key in ((stated.model, "model_sha256"), (stated.tokenizer, "tokenizer_sha256")):
        _check_hash(path, stated.text(key))
    return Weights(folder, stated.text("version"), stated.number("max_tokens"), config)


def _read_config(path: Path) -> Mapping[str, Any]:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidConfiguration(f"{path}: cannot be read as JSON: {error}") from error
    if not isinstance(config, dict):
        raise InvalidConfiguration(f"{path}: must hold a JSON object, not {type(config).__name__}")
    return config


def _check_hash(path: Path, stated: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InvalidConfiguration(f"{path}: cannot be read: {error}") from error
    if found != stated:
        raise InvalidConfiguration(f"{path}: has SHA-256 {found}, but config.json beside it states {stated}")
