"""The shapes of peers, cut down to a size for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra `models`")
pytest.importorskip("transformers", reason="needs the extra `models`")

from eval.judge_speed.command import SHAPES as NAMES
from eval.judge_speed.rates import measure_rates
from eval.judge_speed.shapes import SHAPES, write_shape
from server.models.scheduler import Tokens

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]

SEQUENCES = [Tokens(range(2, 2 + length), [0] * length) for length in (3, 17, 60)]
BERT_LIKE = {
    "vocab_size": 64,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
}
SMALL: dict[str, dict[str, Any]] = dict.fromkeys(NAMES, BERT_LIKE) | {
    "T5-base, encoder": {"vocab_size": 64, "d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2},
    "ModernBERT-base": {
        **BERT_LIKE,
        "pad_token_id": 0,
        "cls_token_id": 6,
        "sep_token_id": 7,
        "bos_token_id": 6,
        "eos_token_id": 7,
    },
}


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_is_exported_and_reads_pairs_of_any_length(tmp_path: Path, name: str) -> None:
    """As one of the models whose speed is compared."""
    path = write_shape(name, tmp_path, **SMALL[name])

    rates = measure_rates({name: path}, SEQUENCES, turns=1, left_out={})

    assert rates.tokens == 80
    assert all(rate > 0 for rate in rates.by_model[name].pairs_a_second.values())


def test_the_command_offers_all_shapes() -> None:
    """It must not import them to do so, since they need the extra."""
    assert set(NAMES) == set(SHAPES)
