"""The labelled pairs: read by set, cleaned, deduplicated, kept apart from every test set, and split by source."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ENTAILMENT, NEUTRAL, CONTRADICTION, UNSUPPORTED = "entailment", "neutral", "contradiction", "unsupported"
LONGEST_HYPOTHESIS = 80
"""Words. Longer hypotheses are whole answers, which the service splits into claims before it judges them."""

LICENCES = {
    "attributionbench": "Apache-2.0",
    "averitec": "none stated",
    "begin": "per subset",
    "boolq": "MIT",
    "cad_snli": "Apache-2.0",
    "condaqa": "Apache-2.0",
    "conjnli": "MIT",
    "contractnli": "CC BY 4.0",
    "covidfact": "none stated",
    "defacto": "MIT",
    "dnc": "per row",
    "factcg": "MIT",
    "fever_symmetric": "CC BY-SA",
    "fib": "CC BY 4.0",
    "fm2": "Apache-2.0",
    "healthver": "none stated",
    "help_part": "Creative Commons, variant not stated",
    "impli": "Apache-2.0",
    "infotabs": "Apache-2.0",
    "lingnli": "none stated",
    "mctest": "its own licence file",
    "med": "CC BY-SA",
    "monli": "none stated",
    "mpe": "none stated",
    "multirc": "MIT",
    "nan_nli": "none stated",
    "newprotocols": "CC BY-SA",
    "nli4ct": "none stated",
    "olora": "MIT",
    "ragtruth_response": "MIT",
    "ragtruth_sentence": "MIT",
    "rte123": "none stated",
    "scifact": "CC BY 4.0 (claims)",
    "seminli": "none stated",
    "tabfact": "MIT",
    "taxinli": "C-UDA",
    "tracie": "Apache-2.0",
    "watson_en": "none stated",
    "wice_claim": "CC BY-SA (text)",
}
"""Every set the recipe may train on. lila_qnli is absent: it shares 4,452 pairs with the test set equate."""

RAGTRUTH_SETS = frozenset({"ragtruth_sentence", "ragtruth_response"})


@dataclass(frozen=True, slots=True)
class Pair:
    """One labelled pair; `group` names what must stay on one side of a split (a premise, or a RAGTruth source)."""

    premise: str
    hypothesis: str
    label: str
    set_name: str
    group: str


def read_set(folder: Path, name: str) -> list[Pair]:
    """The cleaned rows of `folder`/`name`.jsonl.gz; unknown labels raise ValueError with the row's number."""
    pairs = []
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            row = json.loads(line)
            label = {"supported": ENTAILMENT}.get(row["label"], row["label"])
            if label not in (ENTAILMENT, NEUTRAL, CONTRADICTION, UNSUPPORTED):
                raise ValueError(f"{name} row {number}: label {row['label']!r}; expected one of the five in the README")
            premise, hypothesis = clean(row["premise"]), clean(row["hypothesis"])
            group = str(row["source_id"]) if "source_id" in row else premise
            pairs.append(Pair(premise, hypothesis, label, name, group))
    return pairs


def clean(text: str) -> str:
    """Undoes treebank brackets and spacing before punctuation, and collapses runs of blanks; newlines are kept."""
    for token, character in (("-LRB-", "("), ("-RRB-", ")"), ("-LSB-", "["), ("-RSB-", "]")):
        text = text.replace(token, character)
    text = re.sub(r"[ \t\r\f\v]+", " ", text)
    return re.sub(r" ([.,;:!?])(?=\s|$)", r"\1", text).strip()


def is_usable(pair: Pair) -> bool:
    """False for pairs with an empty side and for hypotheses that are longer than a claim."""
    return bool(pair.premise) and 0 < len(pair.hypothesis.split()) <= LONGEST_HYPOTHESIS


def held_out(group: str, share: float) -> bool:
    """Whether `group` belongs to the held-out `share` (0..1): decided by its hash, so no later row can change it."""
    digest = hashlib.sha256(group.encode()).digest()
    return int.from_bytes(digest[:4], "big") < share * 2**32


def words(text: str) -> list[str]:
    """Lower-case words and numbers, the form in which texts are compared for duplicates."""
    return re.findall(r"[a-z0-9]+", text.lower())


class Sketches:
    """MinHash sketches (Broder 1997) in locality-sensitive bands: finds pairs whose shingles overlap by about 0.8."""

    _ROWS, _BANDS = 4, 12
    _PRIME = np.uint64((1 << 61) - 1)

    def __init__(self) -> None:
        random = np.random.default_rng(20_240_229)
        count = self._ROWS * self._BANDS
        self._factor = random.integers(1, 1 << 29, size=(count, 1), dtype=np.uint64)
        self._offset = random.integers(0, 1 << 29, size=(count, 1), dtype=np.uint64)
        self._buckets: dict[bytes, list[frozenset[int]]] = {}

    def add(self, text: str) -> None:
        """Remembers `text`."""
        shingles = _shingles(text)
        for key in self._keys(shingles):
            self._buckets.setdefault(key, []).append(shingles)

    def has_near(self, text: str, overlap: float = 0.8) -> bool:
        """Whether a remembered text's shingles overlap with those of `text` by a Jaccard index of at least `overlap`."""
        shingles = _shingles(text)
        return any(
            len(shingles & other) >= overlap * len(shingles | other)
            for key in self._keys(shingles)
            for other in self._buckets.get(key, ())
        )

    def _keys(self, shingles: frozenset[int]) -> Iterator[bytes]:
        hashes = np.fromiter(shingles, dtype=np.uint64, count=len(shingles))
        lowest: NDArray[np.uint64] = ((hashes * self._factor + self._offset) % self._PRIME).min(axis=1)
        for band in range(self._BANDS):
            yield bytes([band]) + lowest[band * self._ROWS : (band + 1) * self._ROWS].tobytes()


def _shingles(text: str) -> frozenset[int]:
    tokens = ["", *words(text), ""]
    return frozenset(zlib.crc32(" ".join(tokens[at : at + 3]).encode()) for at in range(len(tokens) - 1))


def fingerprint(pair: Pair) -> str:
    """Premise and hypothesis as compared for exact duplicates."""
    return " ".join(words(pair.premise)) + " || " + " ".join(words(pair.hypothesis))


class SetApart:
    """Every row of the test sets, to keep training apart from."""

    def __init__(self, rows: Iterable[Pair]) -> None:
        self._exact: set[str] = set()
        self._near = Sketches()
        for row in rows:
            text = fingerprint(row)
            self._exact.add(text)
            self._near.add(text)

    def without(self, pairs: Iterable[Pair]) -> Iterator[Pair]:
        """`pairs` less those that repeat a test row exactly or nearly, whatever their label."""
        for pair in pairs:
            text = fingerprint(pair)
            if text not in self._exact and not self._near.has_near(text):
                yield pair


def without_repeats(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """`pairs` less later exact repeats, in whatever set, and less every pair whose repeats disagree on the label.

    Near repeats stay: minimal edits that change the label are what several sets are made of.
    """
    rows = list(pairs)
    labels: dict[str, set[str]] = {}
    for pair in rows:
        labels.setdefault(fingerprint(pair), set()).add(pair.label)
    seen: set[str] = set()
    for pair in rows:
        text = fingerprint(pair)
        if text not in seen and not _disagree(labels[text]):
            seen.add(text)
            yield pair


def _disagree(labels: set[str]) -> bool:
    return (ENTAILMENT in labels and len(labels) > 1) or {NEUTRAL, CONTRADICTION} <= labels
