"""From the raw sets to the rows of every phase, the validation rows and the manifest."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from random import Random
from typing import TypeVar

from eval.training import recipe
from eval.training.augment import RULES, copied_claims, mutations, names_in, table_claims
from eval.training.data import (
    ENTAILMENT,
    LICENCES,
    RAGTRUTH_SETS,
    UNSUPPORTED,
    Pair,
    SetApart,
    held_out,
    is_usable,
    read_set,
    without_repeats,
)
from eval.training.exchanges import exchanges, order_pairs
from eval.training.minimal_pairs import among, bound_pairs, negation_pairs, quantifier_pairs, role_pairs, word_pairs
from server.stages.evidence import Evidence

VALIDATION, MANIFEST = "validation", "manifest.json"
_SHORTEST_CLAIM, _LONGEST_BOUNDED = 5, 30
_STATEMENT_SETS = ("ragtruth_sentence", "wice_claim")
_SCENE_SETS = ("cad_snli", "mpe")
_PASSAGE_SETS = (
    "ragtruth_sentence", "wice_claim", "factcg", "boolq", "multirc", "mctest", "fib", "defacto", "begin", "attributionbench",
    "contractnli", "nli4ct", "condaqa", "scifact", "averitec",
)  # fmt: skip
_SHARE_AMONG_OTHERS = 0.3
_MOST_REPEATS = 2
_TELLING_CLAIM = 8
"""Words. Shorter hypotheses ("A man is outside.") recur by chance, and so with either label."""
_AS_RELEVANT = 0.9
_MUTATED_SETS = ("ragtruth_sentence", "wice_claim", "factcg", "fm2", "covidfact", "scifact", "lingnli", "conjnli")


Source = TypeVar("Source", str, Pair)


def prepare(data: Path, work: Path) -> None:
    """Writes `work`/{general,grounded,validation}.jsonl.gz and manifest.json from `data`/train and `data`/test."""
    work.mkdir(parents=True, exist_ok=True)
    tests = SetApart(
        row for path in sorted((data / "test").glob("*.jsonl.gz")) for row in read_set(data / "test", set_name(path))
    )
    read = {name: read_set(data / "train", name) for name in LICENCES if name != "ragtruth_response"}
    usable = [pair for pairs in read.values() for pair in pairs if is_usable(pair)]
    kept = list(tests.without(without_repeats(usable)))
    training, validation = split(kept)
    write_pairs(work / f"{VALIDATION}.jsonl.gz", telling(validation))
    set_aside = {pair.group for pair in validation}
    for phase in recipe.PHASES:
        # A rule may happen upon a test row, or upon a sentence that is a premise set aside elsewhere.
        rows = [pair for pair in phase_rows(phase, training) if pair.group not in set_aside]
        write_pairs(work / f"{phase.name}.jsonl.gz", tests.without(rows))
    manifest = {
        "recipe": {phase.name: asdict(phase) for phase in recipe.PHASES},
        "sets": {
            name: {
                "licence": LICENCES[name],
                "sha256": hashlib.sha256((data / "train" / f"{name}.jsonl.gz").read_bytes()).hexdigest(),
                "rows": len(rows),
                "kept": sum(pair.set_name == name for pair in kept),
            }
            for name, rows in read.items()
        },
        "files": {
            path.name: hashlib.sha256(gzip.decompress(path.read_bytes())).hexdigest()
            for path in sorted(work.glob("*.jsonl.gz"))
        },
    }
    (work / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def set_name(path: Path) -> str:
    """The name of the set in the file `path`."""
    return path.name.removesuffix(".jsonl.gz")


def split(pairs: Iterable[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Training and validation rows; no group (premise or RAGTruth source) is on both sides, within a set or across.

    Nor is a claim of some length: beside another premise it would be judged by what training said of it.
    """
    rows = list(pairs)
    aside = {pair.group for pair in rows if held_out(pair.group, _aside_share(pair))}
    training = [pair for pair in rows if pair.group not in aside]
    known = {pair.hypothesis for pair in training if len(pair.hypothesis.split()) >= _TELLING_CLAIM}
    return training, [pair for pair in rows if pair.group in aside and pair.hypothesis not in known]


def telling(validation: Sequence[Pair]) -> list[Pair]:
    """The rows of sets that have enough of them for a figure by set to mean something."""
    counts = Counter(pair.set_name for pair in validation)
    return [pair for pair in validation if counts[pair.set_name] >= recipe.LEAST_VALIDATION_ROWS]


def _aside_share(pair: Pair) -> float:
    if pair.set_name in RAGTRUTH_SETS:
        return recipe.RAGTRUTH_SHARE
    return recipe.GENERAL_VALIDATION_SHARE if pair.set_name in recipe.GENERAL.rows else recipe.VALIDATION_SHARE


def phase_rows(phase: recipe.Phase, training: Sequence[Pair]) -> list[Pair]:
    """The rows of one phase: every set's share, premises cut as in serving, and pairs made by rule."""
    random = Random(f"{recipe.SEED} {phase.name}")
    by_set: dict[str, list[Pair]] = {}
    for pair in training:
        by_set.setdefault(pair.set_name, []).append(pair)
    rows = [
        as_served(pair, random)
        for name, count in phase.rows.items()
        for pair in sample(by_set.get(name, []), count, random)
    ]
    return rows + made_by_rule(by_set, phase.rules, random)


def sample(pairs: Sequence[Pair], count: int, random: Random) -> list[Pair]:
    """`count` of `pairs`, supported and unsupported ones alike; where there are too few, each up to `_MOST_REPEATS` times."""
    supported = [pair for pair in pairs if pair.label == ENTAILMENT]
    others = [pair for pair in pairs if pair.label != ENTAILMENT]
    if any(pair.label == UNSUPPORTED for pair in others):
        return _draw(supported, count // 2, random) + _draw(others, count - count // 2, random)
    return _draw(pairs, count, random)


def _draw(pairs: Sequence[Pair], count: int, random: Random) -> list[Pair]:
    shuffled = random.sample(pairs, len(pairs))
    return (shuffled * _MOST_REPEATS)[:count]


def as_served(pair: Pair, random: Random) -> Pair:
    """`pair` with one of the premises by which the service would judge its hypothesis, mostly the most relevant one.

    The next one takes its place only if it holds about as much of the hypothesis: a supported one needs to be supported by it.
    """
    first, *others = Evidence([pair.premise]).premises(pair.hypothesis)
    takes_next = random.random() < 0.35 and others and others[0].relevance >= _AS_RELEVANT * first.relevance
    return replace(pair, premise=(others[0] if takes_next else first).text)


def made_by_rule(by_set: Mapping[str, Sequence[Pair]], counts: recipe.Rules, random: Random) -> list[Pair]:
    """About as many pairs of every kind as `counts` says, made by the rules of `augment` from training rows."""
    supported = [
        pair
        for name in _MUTATED_SETS
        for pair in by_set.get(name, [])
        if pair.label == ENTAILMENT and len(pair.hypothesis.split()) >= _SHORTEST_CLAIM
    ]
    names = names_in([pair.hypothesis for pair in supported])
    foreign = [pair.hypothesis for pair in supported if pair.set_name in _STATEMENT_SETS]
    short = _short_sentences(pair for pairs in by_set.values() for pair in pairs)
    scenes = _short_sentences(pair for name in _SCENE_SETS for pair in by_set.get(name, []))

    def changed(pair: Pair) -> list[Pair]:
        return list(mutations(as_served(pair, random), names, random))[:2]

    def copied(pair: Pair) -> list[Pair]:
        made = list(copied_claims(as_served(pair, random).premise, foreign, random))
        return random.sample(made, min(2, len(made)))

    def tables(pair: Pair) -> list[Pair]:
        return [as_served(made, random) for made in table_claims(pair.premise, random)]

    passages = [pair for name in _PASSAGE_SETS for pair in by_set.get(name, [])]

    def exchanged(pair: Pair) -> list[Pair]:
        return list(exchanges(as_served(pair, random).premise, random))

    def minimal(pairs: Iterable[Pair]) -> list[Pair]:
        return [among(pair, short, random) if random.random() < _SHARE_AMONG_OTHERS else pair for pair in pairs]

    made = [
        *_make(changed, supported, counts.changed, random),
        *_make(copied, supported, counts.copied, random),
        *_make(tables, by_set.get("tabfact", []), counts.tables, random),
        *_make(lambda text: minimal(bound_pairs(text, random)), short, counts.bounds, random),
        *_make(lambda text: minimal(negation_pairs(text, random)), short, counts.negations, random),
        *_make(lambda text: minimal(quantifier_pairs(text, random)), short, counts.quantifiers, random),
        *_make(lambda text: minimal(role_pairs(text, random)), short, counts.roles, random),
        *_make(lambda text: minimal(word_pairs(text, random)), short, counts.words // 2, random),
        *_make(lambda text: minimal(word_pairs(text, random, is_scene=True)), scenes, counts.words // 2, random),
        *_make(exchanged, passages, counts.exchanges, random),
        *_make(lambda text: minimal(order_pairs(text, random)), short, counts.orders, random),
    ]
    return [replace(pair, set_name=RULES) for pair in made]


def _short_sentences(pairs: Iterable[Pair]) -> list[str]:
    texts = {text for pair in pairs for text in (pair.premise, pair.hypothesis)}
    return sorted(text for text in texts if len(text.split()) <= _LONGEST_BOUNDED)


def _make(rule: Callable[[Source], list[Pair]], sources: Sequence[Source], count: int, random: Random) -> list[Pair]:
    """Pairs that `rule` makes of `sources`, drawn without repetition, until there are `count` or no source is left."""
    made: list[Pair] = []
    for source in random.sample(sources, len(sources)):
        if len(made) >= count:
            break
        made += rule(source)
    return made


def write_pairs(path: Path, pairs: Iterable[Pair]) -> None:
    """One JSON object a line, gzip."""
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=4) as lines:
        for pair in pairs:
            lines.write(json.dumps(asdict(pair), ensure_ascii=False) + "\n")


def read_pairs(path: Path) -> list[Pair]:
    """What `write_pairs` wrote."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [Pair(**json.loads(line)) for line in lines]
