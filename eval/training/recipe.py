"""What the bundled model is trained on and how: the numbers of the recipe in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SEED = 1
VALIDATION_SHARE = 0.05
"""Of the premises of a set, by hash."""
GENERAL_VALIDATION_SHARE = 0.03
"""Of those of the sets of the general phase, which are large."""
LEAST_VALIDATION_ROWS = 20
"""Rows of a set, below which it is left out of validation."""
VALIDATION_ROWS = 60
"""Rows a set that the learning curve is measured on."""
CALIBRATION_ROWS = 150
"""Rows a set that the calibration is fitted on and thresholds are chosen by."""
RAGTRUTH_SHARE = 0.2
"""Of RAGTruth's sources, set aside with all sentences and answers made from them."""


EARLIER_SHARE = 0.5
"""Of the weights of the version before, in the mean that ships; chosen on validation rows (docs/model.md)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Pairs made by rule, by kind: `augment` has the first three, `exchanges` the last two, `minimal_pairs` the others."""

    changed: int = 0
    copied: int = 0
    tables: int = 0
    bounds: int = 0
    negations: int = 0
    quantifiers: int = 0
    roles: int = 0
    words: int = 0
    exchanges: int = 0
    orders: int = 0


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
        "lingnli": 60_000,
        "newprotocols": 40_000,
        "seminli": 16_000,
        "conjnli": 16_000,
        "cad_snli": 12_000,
        "taxinli": 11_000,
        "mpe": 8_000,
        "watson_en": 7_000,
        "impli": 6_000,
        "olora": 6_000,
        "dnc": 5_000,
        "med": 5_000,
        "rte123": 5_000,
        "help_part": 3_000,
        "monli": 2_700,
        "healthver": 2_000,
        "fm2": 1_500,
        "fever_symmetric": 1_000,
        "nan_nli": 300,
    },
    rules=Rules(),
    steps=1_650,
    batch_tokens=6_000,
    first_rate=1e-4,
    last_rate=1e-4,
    warmup=200,
    frozen=(),
)
"""Short sentence pairs first: most of what entailment means is learnt there at a quarter of the cost of a long pair."""

GROUNDED_SETS = {
    "ragtruth_sentence": 7_000,
    "infotabs": 7_000,
    "tabfact": 5_000,
    "fib": 5_000,
    "healthver": 3_800,
    "fm2": 3_400,
    "covidfact": 4_000,
    "wice_claim": 4_000,
    "factcg": 3_100,
    "attributionbench": 3_400,
    "begin": 3_400,
    "boolq": 2_000,
    "mctest": 2_000,
    "defacto": 2_500,
    "multirc": 2_000,
    "fever_symmetric": 1_800,
    "contractnli": 1_800,
    "nli4ct": 1_500,
    "condaqa": 1_800,
    "scifact": 1_500,
    "averitec": 900,
    "tracie": 800,
}
"""Claims against passages: rows a pass."""

BROAD = Phase(
    name="broad",
    rows={
        **{name: 2 * count // 3 for name, count in GENERAL.rows.items()},
        **GROUNDED_SETS,
    },
    rules=Rules(
        changed=9_000,
        copied=2_500,
        tables=1_500,
        bounds=14_000,
        negations=4_000,
        quantifiers=500,
        roles=3_000,
        words=14_000,
    ),
    steps=2_400,
    batch_tokens=6_000,
    first_rate=1e-4,
    last_rate=6e-5,
    warmup=60,
    frozen=(),
)
"""Both kinds of sets at once, and pairs made by rule."""

SETTLING = Phase(
    name="settling",
    rows={
        **{name: count // 4 for name, count in GENERAL.rows.items()},
        **GROUNDED_SETS,
    },
    rules=Rules(
        changed=4_500,
        copied=1_500,
        tables=800,
        bounds=6_000,
        negations=1_500,
        quantifiers=300,
        roles=1_200,
        words=5_000,
    ),
    steps=1_300,
    batch_tokens=6_000,
    first_rate=6e-5,
    last_rate=0.0,
    warmup=20,
    frozen=("encoder.words", "encoder.positions"),
)
"""Mostly claims against passages, drawn anew, while the rate falls to zero."""

GOING_ON = Phase(
    name="going-on",
    rows={
        "lingnli": 24_000,
        "newprotocols": 14_000,
        "seminli": 8_000,
        "conjnli": 8_000,
        "taxinli": 7_000,
        "cad_snli": 6_000,
        "watson_en": 6_000,
        "impli": 6_000,
        "olora": 5_000,
        "mpe": 4_000,
        "rte123": 4_000,
        "dnc": 3_000,
        "med": 1_500,
        "monli": 1_000,
        "help_part": 1_000,
        "nan_nli": 250,
        "infotabs": 7_000,
        "ragtruth_sentence": 5_000,
        "tabfact": 5_000,
        "boolq": 4_000,
        "mctest": 4_000,
        "covidfact": 4_000,
        "factcg": 3_100,
        "fib": 3_000,
        "healthver": 2_500,
        "defacto": 2_500,
        "fm2": 2_000,
        "multirc": 2_000,
        "contractnli": 1_800,
        "attributionbench": 1_600,
        "begin": 1_500,
        "nli4ct": 1_500,
        "wice_claim": 1_400,
        "condaqa": 1_200,
        "scifact": 1_200,
        "fever_symmetric": 1_000,
        "averitec": 500,
        "tracie": 500,
    },
    rules=Rules(
        changed=7_000,
        copied=2_000,
        tables=1_500,
        bounds=6_000,
        negations=2_000,
        quantifiers=300,
        roles=2_500,
        words=7_000,
    ),
    steps=2_200,
    batch_tokens=6_000,
    first_rate=7e-5,
    last_rate=0.0,
    warmup=60,
    frozen=(),
)
"""More of everything, from the weights that shipped before: hardly a row twice, since those were known by heart."""

BINDING = Phase(
    name="binding",
    rows={
        "lingnli": 14_880,
        "newprotocols": 8_680,
        "seminli": 4_960,
        "conjnli": 4_960,
        "taxinli": 4_340,
        "cad_snli": 3_720,
        "watson_en": 3_720,
        "impli": 3_720,
        "olora": 3_100,
        "mpe": 2_480,
        "rte123": 2_480,
        "dnc": 1_860,
        "med": 930,
        "monli": 620,
        "help_part": 620,
        "nan_nli": 155,
        "infotabs": 4_340,
        "ragtruth_sentence": 4_960,
        "tabfact": 3_100,
        "boolq": 2_480,
        "mctest": 2_480,
        "covidfact": 2_480,
        "factcg": 1_922,
        "fib": 1_860,
        "healthver": 1_550,
        "defacto": 1_550,
        "fm2": 1_240,
        "multirc": 1_240,
        "contractnli": 1_116,
        "attributionbench": 1_488,
        "begin": 1_488,
        "nli4ct": 930,
        "wice_claim": 868,
        "condaqa": 744,
        "scifact": 744,
        "fever_symmetric": 620,
        "averitec": 558,
        "tracie": 310,
    },
    rules=Rules(
        changed=5_000,
        copied=1_500,
        tables=1_000,
        bounds=7_000,
        negations=1_500,
        quantifiers=200,
        roles=2_500,
        words=5_000,
        exchanges=16_000,
        orders=1_800,
    ),
    steps=1_500,
    batch_tokens=6_000,
    first_rate=6e-5,
    last_rate=0.0,
    warmup=30,
    frozen=(),
)
"""Statements of a passage with two parts exchanged, among some of everything drawn anew: who goes with what."""

PHASES = (GENERAL, BROAD, SETTLING, GOING_ON, BINDING)
"""In order. A set that has fewer rows than asked for is read twice."""
