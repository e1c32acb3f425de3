"""What the bundled model is trained on and how: the numbers of the recipe in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

SEED = 1
VALIDATION_SHARE = 0.05
"""Of the premises of a set, by hash."""
GENERAL_VALIDATION_SHARE = 0.03
"""Of those of the sets of the general phase, which are large."""
VALIDATION_ROWS = 60
"""Rows a set that the learning curve is measured on."""
CALIBRATION_ROWS = 150
"""Rows a set that the calibration is fitted on and thresholds are chosen by."""
RAGTRUTH_SHARE = 0.2
"""Of RAGTruth's sources, set aside with all sentences and answers made from them."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Pairs made by rule, by kind: changed claims, copied claims, bounds on numbers, rows of tables."""

    changed: int = 0
    copied: int = 0
    bounds: int = 0
    tables: int = 0


@dataclass(frozen=True, slots=True)
class Phase:
    """Part of one pass over a mixture.

    `rows` are the pairs a set at most, `rules` those made by rule; `steps` the batches taken, of about `batch_tokens`
    padded tokens each. After `warmup` steps the learning rate goes from `first_rate` to `last_rate` in a straight line.
    Weights whose name starts with one of `frozen` stay as they are.
    """

    name: str
    rows: Mapping[str, int]
    rules: Rules
    steps: int
    batch_tokens: int
    first_rate: float
    last_rate: float
    warmup: int
    frozen: tuple[str, ...]


GENERAL = Phase(
    name="general",
    rows={
        "lingnli": 40_000,
        "newprotocols": 18_000,
        "seminli": 13_000,
        "cad_snli": 12_000,
        "taxinli": 11_000,
        "watson_en": 7_000,
        "olora": 6_000,
        "conjnli": 5_000,
        "rte123": 5_000,
        "med": 3_000,
        "mpe": 3_000,
        "impli": 3_000,
        "monli": 2_000,
        "dnc": 2_000,
        "healthver": 2_000,
        "help_part": 1_500,
        "fm2": 1_500,
        "fever_symmetric": 1_000,
        "nan_nli": 300,
    },
    rules=Rules(),
    steps=603,
    batch_tokens=2_400,
    first_rate=8e-5,
    last_rate=8e-5,
    warmup=100,
    frozen=(),
)
"""Short sentence pairs first: most of what entailment means is learnt there at a quarter of the cost of a long pair."""

GROUNDED = Phase(
    name="grounded",
    rows={
        "ragtruth_sentence": 5_116,
        "lingnli": 10_000,
        "healthver": 3_200,
        "infotabs": 2_500,
        "seminli": 3_000,
        "taxinli": 2_500,
        "factcg": 2_400,
        "covidfact": 2_400,
        "fm2": 2_224,
        "wice_claim": 2_144,
        "newprotocols": 4_500,
        "watson_en": 2_000,
        "cad_snli": 2_000,
        "attributionbench": 1_600,
        "defacto": 1_600,
        "fib": 1_500,
        "tabfact": 1_200,
        "olora": 1_200,
        "rte123": 1_200,
        "begin": 1_172,
        "scifact": 1_036,
        "conjnli": 2_000,
        "fever_symmetric": 900,
        "multirc": 700,
        "averitec": 500,
        "contractnli": 500,
        "monli": 500,
        "med": 500,
        "condaqa": 400,
        "nli4ct": 200,
    },
    rules=Rules(changed=3_900, copied=1_300, bounds=3_000, tables=650),
    steps=1_345,
    batch_tokens=2_000,
    first_rate=7e-5,
    last_rate=0.0,
    warmup=50,
    frozen=("encoder.words", "encoder.positions"),
)
"""Claims against passages, made claims, and enough general pairs that nothing is forgotten; the rate falls to zero."""

WIDE = Phase(
    name="wide",
    rows={
        "lingnli": 26_000,
        "newprotocols": 15_000,
        "seminli": 11_000,
        "conjnli": 9_000,
        "taxinli": 9_000,
        "cad_snli": 9_000,
        "watson_en": 5_000,
        "ragtruth_sentence": 5_116,
        "olora": 4_000,
        "healthver": 3_200,
        "rte123": 3_000,
        "med": 2_500,
        "impli": 2_500,
        "infotabs": 2_500,
        "fib": 2_500,
        "factcg": 2_400,
        "covidfact": 2_400,
        "fm2": 2_224,
        "wice_claim": 2_144,
        "defacto": 2_000,
        "mpe": 2_000,
        "monli": 1_500,
        "tabfact": 1_500,
        "dnc": 1_500,
        "help_part": 1_200,
        "attributionbench": 1_197,
        "begin": 1_172,
        "scifact": 1_036,
        "fever_symmetric": 900,
        "multirc": 900,
        "contractnli": 700,
        "averitec": 460,
        "condaqa": 400,
        "nan_nli": 258,
        "nli4ct": 200,
    },
    rules=Rules(changed=6_000, copied=1_800, bounds=4_000, tables=900),
    steps=920,
    batch_tokens=2_400,
    first_rate=6e-5,
    last_rate=6e-5,
    warmup=60,
    frozen=("encoder.words", "encoder.positions"),
)
"""Both kinds at once and at one rate, which can be kept up for any number of steps; the next phase brings it down."""

SETTLING = replace(GROUNDED, name="settling", steps=450, batch_tokens=2_400, first_rate=6e-5, warmup=20)
"""The grounded mixture, drawn anew, while the rate falls to zero."""

PHASES = (GENERAL, GROUNDED, WIDE, SETTLING)
"""In order. A set that has fewer rows than asked for is repeated at most twice."""
