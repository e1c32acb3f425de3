"""Pairs made by rule, labelled by construction: what changes when one number, date, name or word of a claim changes.

Every rule feeds both classes. A substitution in the claim alone makes a supported claim false; the same substitution
in claim and premise leaves it supported; so neither the new word nor the act of changing predicts the label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from eval.training.data import CONTRADICTION, ENTAILMENT, UNSUPPORTED, Pair
from server.stages.evidence import sentence_spans

RULES = "rules"
"""The name of the set of pairs that are made here."""

MONTHS = "January February March April May June July August September October November December".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
OPPOSITES = (
    ("increased", "decreased"), ("increase", "decrease"), ("increases", "decreases"), ("rose", "fell"),
    ("more", "less"), ("higher", "lower"), ("highest", "lowest"), ("largest", "smallest"), ("larger", "smaller"),
    ("before", "after"), ("first", "last"), ("won", "lost"), ("older", "younger"), ("always", "never"),
    ("north", "south"), ("east", "west"), ("northern", "southern"), ("eastern", "western"), ("male", "female"),
    ("accepted", "rejected"), ("approved", "rejected"), ("opened", "closed"), ("begin", "end"), ("began", "ended"),
    ("includes", "excludes"), ("with", "without"), ("inside", "outside"), ("above", "below"), ("buy", "sell"),
    ("bought", "sold"), ("early", "late"), ("earlier", "later"), ("public", "private"), ("positive", "negative"),
    ("allowed", "forbidden"), ("possible", "impossible"), ("legal", "illegal"), ("married", "unmarried"),
    ("safe", "dangerous"), ("common", "rare"), ("old", "new"), ("long", "short"), ("hot", "cold"), ("man", "woman"),
    ("men", "women"), ("boy", "girl"), ("father", "mother"), ("son", "daughter"), ("brother", "sister"),
    ("husband", "wife"), ("king", "queen"), ("day", "night"), ("all", "none"), ("most", "few"), ("up", "down"),
)  # fmt: skip
OPPOSITE = {word: other for pair in OPPOSITES for word, other in (pair, pair[::-1])}
SPELLED = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen twenty"
).split()
_SPELLED = dict(zip(SPELLED, range(2, 21), strict=True))
_UNITS = (("percent", "%"), ("kilometres", "km"), ("kilograms", "kg"), ("million", "billion"), ("miles", "kilometres"))

NUMBER = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})+(?![\w-])(?!\.\d)|(?<![\w.,-])\d+(?:\.\d+)?(?![\w-])(?!,\d)")
NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)+\b|(?<=[a-z,] )[A-Z][a-z]{2,}\b")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has been|have been|can|could|will|would|should|must|may|does|did|do)\b(?! not\b|n't)"
)
_NEGATED = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|must|does|did|do) not\b|\b(is|are|was|were|did|does|do)n't\b"
)


@dataclass(frozen=True, slots=True)
class Substitution:
    """`old` becomes `new` wherever it stands as a whole word; `label` is that of the changed claim."""

    old: str
    new: str
    label: str

    def __call__(self, text: str) -> str:
        """`text` with the substitution made."""
        return re.sub(rf"(?<![\w]){re.escape(self.old)}(?![\w])", lambda _: self.new, text)


def number_substitution(pair: Pair, random: Random) -> Substitution | None:
    """Another number of the same make: near, far, or one that the premise uses for something else."""
    found = NUMBER.findall(pair.hypothesis)
    if not found:
        return _spelled_substitution(pair, random)
    old = random.choice(found)
    others = [number for number in set(NUMBER.findall(pair.premise)) if number not in found]
    if others and random.random() < 0.4:
        return Substitution(old, random.choice(sorted(others)), UNSUPPORTED)
    new = another_number(old, random)
    return Substitution(old, new, CONTRADICTION) if new != old and new not in pair.premise else None


def another_number(old: str, random: Random) -> str:
    """A number written like `old`, near it or far from it; a number of four digits without a comma changes like a year."""
    plain = old.replace(",", "")
    if "." in plain:
        decimals = len(plain.split(".")[1])
        return f"{float(plain) * random.choice((0.5, 0.8, 1.1, 1.5, 2.0)):.{decimals}f}"
    value = int(plain)
    if 1_000 <= value <= 2_100 and "," not in old:
        return str(value + random.choice((-40, -10, -3, -2, -1, 1, 2, 3, 10, 40)))
    step = max(1, round(value * random.choice((0.1, 0.3, 0.5, 1.0))))
    new = value + step if random.random() < 0.5 or step >= value else value - step
    return f"{new:,}" if "," in old else str(new)


def _spelled_substitution(pair: Pair, random: Random) -> Substitution | None:
    found = [word for word in SPELLED if re.search(rf"\b{word}\b", pair.hypothesis)]
    if not found:
        return None
    old = random.choice(found)
    new = random.choice([word for word in SPELLED if word != old])
    return None if re.search(rf"\b{new}\b", pair.premise) else Substitution(old, new, CONTRADICTION)


def calendar_substitution(pair: Pair, random: Random) -> Substitution | None:
    """Another month or day of the week, one that the premise does not name."""
    for names in (MONTHS, DAYS):
        found = [name for name in names if re.search(rf"\b{name}\b", pair.hypothesis) and name in pair.premise]
        free = [name for name in names if name not in pair.premise]
        if found and free:
            return Substitution(random.choice(found), random.choice(free), CONTRADICTION)
    return None


def name_substitution(pair: Pair, names: Sequence[str], random: Random) -> Substitution | None:
    """Another name: half the time one of the premise, otherwise one of `names`, of as many words if there is one."""
    found = [name for name in NAME.findall(pair.hypothesis) if name in pair.premise]
    if not found:
        return None
    old = random.choice(found)
    own = sorted({name for name in NAME.findall(pair.premise) if name not in pair.hypothesis and old not in name})
    pool = own if own and random.random() < 0.5 else names
    alike = [name for name in pool if name.count(" ") == old.count(" ") and name not in pair.hypothesis]
    return Substitution(old, random.choice(alike), UNSUPPORTED) if alike else None


def opposite_substitution(pair: Pair, random: Random) -> Substitution | None:
    """The opposite of a word that claim and premise share."""
    found = [
        word
        for word in re.findall(r"\b[a-z]+\b", pair.hypothesis)
        if word in OPPOSITE and re.search(rf"\b{word}\b", pair.premise) and OPPOSITE[word] not in pair.premise
    ]
    if not found:
        return None
    old = random.choice(found)
    return Substitution(old, OPPOSITE[old], CONTRADICTION)


def unit_substitution(pair: Pair, random: Random) -> Substitution | None:
    """Another magnitude or unit behind a number."""
    found = [
        (old, new) for two in _UNITS[3:] for old, new in (two, two[::-1]) if re.search(rf"\d {old}\b", pair.hypothesis)
    ]
    if not found:
        return None
    old, new = random.choice(found)
    return None if new in pair.premise else Substitution(old, new, CONTRADICTION)


def negated(claim: str) -> str | None:
    """`claim` with its first auxiliary negated, or with its negation taken away; None if it has neither."""
    if match := _NEGATED.search(claim):
        return claim[: match.start()] + (match.group(1) or match.group(2)) + claim[match.end() :]
    if match := _AUXILIARY.search(claim):
        first = match.group(1).split(" ")
        return claim[: match.start()] + " ".join([first[0], "not", *first[1:]]) + claim[match.end() :]
    return None


def mutations(pair: Pair, names: Sequence[str], random: Random) -> Iterator[Pair]:
    """A supported pair changed in one place: in the claim alone, then in both texts; one kind of change, drawn."""
    rules: list[Callable[[], Substitution | None]] = [
        lambda: number_substitution(pair, random),
        lambda: number_substitution(pair, random),
        lambda: calendar_substitution(pair, random),
        lambda: name_substitution(pair, names, random),
        lambda: opposite_substitution(pair, random),
        lambda: unit_substitution(pair, random),
    ]
    random.shuffle(rules)
    change = next((found for rule in rules if (found := rule())), None)
    if change is not None and change(pair.hypothesis) != pair.hypothesis:
        yield replace(pair, hypothesis=change(pair.hypothesis), label=change.label)
        if change.new not in pair.premise:
            yield replace(pair, premise=change(pair.premise), hypothesis=change(pair.hypothesis), label=ENTAILMENT)
            yield replace(pair, premise=change(pair.premise), label=change.label)
    elif opposite := negated(pair.hypothesis):
        yield replace(pair, hypothesis=opposite, label=CONTRADICTION)


def copied_claims(passage: str, foreign: Sequence[str], random: Random) -> Iterator[Pair]:
    """Claims made of the passage's own sentences (supported), and of one joined with a foreign sentence (unsupported)."""
    sentences = [
        passage[start:end] for start, end in sentence_spans(passage) if 5 <= len(passage[start:end].split()) <= 30
    ]
    if len(sentences) < 2:
        return
    first, second = random.sample(sentences, 2)
    yield Pair(passage, first, ENTAILMENT, RULES, passage)
    yield Pair(passage, f"{first} {second}", ENTAILMENT, RULES, passage)
    other = random.choice(foreign)
    joined = f"{first} {other}" if random.random() < 0.5 else f"{other} {first}"
    yield Pair(passage, joined, UNSUPPORTED, RULES, passage)
    without = " ".join(sentence for sentence in sentences if sentence != first)
    yield Pair(without, first, UNSUPPORTED, RULES, passage)


_ROW = re.compile(r"Row \d+: ([^\n]*?)\.(?= Row \d+:|$)")


def table_claims(passage: str, random: Random) -> Iterator[Pair]:
    """Claims about two cells of a row of a table written as "Row 1: a is x, b is y.", true and with another row's cell."""
    rows = [
        [tuple(cell.split(" is ", 1)) for cell in row.split(", ") if " is " in cell] for row in _ROW.findall(passage)
    ]
    rows = [row for row in rows if len(row) >= 2]
    if len(rows) < 2:
        return
    row, other = random.sample(rows, 2)
    (key, key_value), (column, value) = random.sample(row, 2)
    wrong = dict(other).get(column)
    if not wrong or wrong == value or key_value in dict(other).values():
        return
    for shown, label in ((value, ENTAILMENT), (wrong, CONTRADICTION)):
        claim = random.choice((
            f"The {column} is {shown} where the {key} is {key_value}.",
            f"{key_value} has {shown} as its {column}.",
            f"For {key} {key_value}, the {column} is {shown}.",
        ))  # fmt: skip
        yield Pair(passage, claim, label, RULES, passage)


def names_in(texts: Sequence[str]) -> list[str]:
    """The distinct names in `texts`, sorted."""
    return sorted({name for text in texts for name in NAME.findall(text)})
