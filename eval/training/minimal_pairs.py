"""A sentence against itself with one thing changed: a bound, a negation, a quantifier, two names, a word of the same kind.

Sentences are of the training sets, labels follow from the change. Every rule also yields pairs in which the change is
made on both sides, or means the same, so that neither the new words nor the act of changing predict the label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

from eval.training.augment import MONTHS, NAME, NUMBER, OPPOSITE, RULES, another_number, negated
from eval.training.data import CONTRADICTION, ENTAILMENT, NEUTRAL, UNSUPPORTED, Pair
from eval.training.lexicon import IS_A, KIND_OF, KINDS, SAME_AS

_LOWER = ("more than", "over", "at least", "greater than", "no less than", "a minimum of")
_UPPER = ("less than", "fewer than", "at most", "under", "up to", "no more than", "a maximum of")
_INCLUSIVE = frozenset({"at least", "at most", "no less than", "a minimum of", "up to", "no more than", "a maximum of"})
_BOUND_BEFORE = re.compile(rf"(?:than|least|most|over|under|about|up to|mum of|passage|Row|{'|'.join(MONTHS)}) $")
_WORD = re.compile(r"\b[A-Za-z]+\b")
_QUANTIFIED = re.compile(r"^(All|Every|Some|No|Most|Many|Few|Several)\b (?=\w)")
_JOINS_EQUALS = re.compile(r"\b(?:and|or|with|between|both|than|married|met|like|equals?|is|was)\b|,", re.IGNORECASE)


def bound_pairs(sentence: str, random: Random) -> Iterator[Pair]:
    """A sentence with a number against itself with another number or a bound on it; up to four pairs, all three labels.

    An exact number decides every bound and excludes every other number; a bound entails itself and looser ones, and
    leaves the exact number open. Sentences that already state a bound, and days of a month, are left alone.
    """
    found = [match for match in NUMBER.finditer(sentence) if not _BOUND_BEFORE.search(sentence[: match.start()])]
    if not found:
        return
    match = random.choice(found)
    other = match.group() if random.random() < 0.15 else another_number(match.group(), random)
    value, bound = (float(number.replace(",", "")) for number in (match.group(), other))
    if bound <= 0:
        return
    phrase = random.choice(_LOWER + _UPPER)
    holds = (bound < value if phrase in _LOWER else bound > value) or (bound == value and phrase in _INCLUSIVE)

    def with_number(text: str) -> str:
        return sentence[: match.start()] + text + sentence[match.end() :]

    bounded, changed, same_bound = (
        with_number(f"{phrase} {other}"),
        with_number(other),
        with_number(f"{phrase} {match.group()}"),
    )
    pairs = [(sentence, bounded, ENTAILMENT if holds else CONTRADICTION), (bounded, bounded, ENTAILMENT)]
    if bound != value:
        pairs += [
            (bounded, sentence, NEUTRAL if holds else CONTRADICTION),
            (sentence, changed, CONTRADICTION),
            (same_bound, bounded, ENTAILMENT if holds else NEUTRAL),
        ]
    for premise, hypothesis, label in random.sample(pairs, min(4, len(pairs))):
        yield Pair(premise, hypothesis, label, RULES, sentence)


def negation_pairs(sentence: str, random: Random) -> Iterator[Pair]:
    """A sentence and its negation, which contradict each other and entail themselves."""
    opposite = negated(sentence)
    if opposite is None:
        return
    pairs = [
        (sentence, opposite, CONTRADICTION),
        (opposite, sentence, CONTRADICTION),
        (opposite, opposite, ENTAILMENT),
        (sentence, sentence, ENTAILMENT),
    ]
    for premise, hypothesis, label in random.sample(pairs, 2):
        yield Pair(premise, hypothesis, label, RULES, sentence)


_FOLLOWS: dict[str, dict[str, str]] = {
    "all": {"all": ENTAILMENT, "some": ENTAILMENT, "most": ENTAILMENT, "no": CONTRADICTION},
    "most": {"all": NEUTRAL, "some": ENTAILMENT, "most": ENTAILMENT, "no": CONTRADICTION},
    "some": {"all": NEUTRAL, "some": ENTAILMENT, "most": NEUTRAL, "no": CONTRADICTION},
    "no": {"all": CONTRADICTION, "some": CONTRADICTION, "most": CONTRADICTION, "no": ENTAILMENT},
}
"""What follows from a statement about all, most, some or none of a thing, for a thing that there is."""


def quantifier_pairs(sentence: str, random: Random) -> Iterator[Pair]:
    """A sentence that begins with a quantifier and a plural, with two quantifiers of the four."""
    match = _QUANTIFIED.match(sentence)
    if match is None or match.group(1) == "Every" or not re.match(r"\w+s\b", sentence[match.end() :]):
        return
    rest = sentence[match.end() :]
    for _ in range(2):
        first, second = random.choice(sorted(_FOLLOWS)), random.choice(sorted(_FOLLOWS))
        premise, hypothesis = f"{first.capitalize()} {rest}", f"{second.capitalize()} {rest}"
        yield Pair(premise, hypothesis, _FOLLOWS[first][second], RULES, sentence)


def role_pairs(sentence: str, random: Random) -> Iterator[Pair]:
    """Two names of a sentence that change places; nothing where the words between them may join equals."""
    names = [match for match in NAME.finditer(sentence) if match.start() == 0 or sentence[match.start() - 1] == " "]
    for first, second in pairwise(names):
        between = sentence[first.end() : second.start()]
        if 1 <= len(between.split()) <= 6 and not _JOINS_EQUALS.search(between) and first.group() != second.group():
            turned = sentence[: first.start()] + second.group() + between + first.group() + sentence[second.end() :]
            yield Pair(sentence, turned, UNSUPPORTED, RULES, sentence)
            same = random.choice((sentence, turned))
            yield Pair(same, same, ENTAILMENT, RULES, sentence)
            return


def word_pairs(sentence: str, random: Random, *, is_scene: bool = False) -> Iterator[Pair]:
    """One word of a sentence against another of its kind, its kind itself, an opposite, or a word that means the same.

    Another word of its kind contradicts what describes one scene, and is merely not stated elsewhere.
    """
    words = [match for match in _WORD.finditer(sentence) if _can_change(match.group())]
    if not words:
        return
    match = random.choice(words)
    word, before, after = match.group(), sentence[: match.start()], sentence[match.end() :]
    if other := SAME_AS.get(word):
        yield _changed(sentence, before, other, after, ENTAILMENT)
    if other := OPPOSITE.get(word):
        yield _changed(sentence, before, other, after, CONTRADICTION)
    kind = KIND_OF.get(word)
    if kind is None:
        return
    sibling = random.choice([each for each in KINDS[kind].split() if each != word])
    changed = _changed(sentence, before, sibling, after, CONTRADICTION if is_scene else UNSUPPORTED)
    yield changed
    if random.random() < 0.7:
        yield Pair(changed.hypothesis, changed.hypothesis, ENTAILMENT, RULES, sentence)
    if kind in IS_A and re.search(r"\b[Aa]n? $", before):
        wider = _changed(sentence, before, kind, after, ENTAILMENT)
        yield wider
        yield replace(wider, premise=wider.hypothesis, hypothesis=sentence, label=NEUTRAL)


def _can_change(word: str) -> bool:
    return word in KIND_OF or word in SAME_AS or word in OPPOSITE


def _changed(sentence: str, before: str, word: str, after: str, label: str) -> Pair:
    """`sentence` against itself with `word` in between, after the article that it needs."""
    if article := re.search(r"\b([Aa])n? $", before):
        before = before[: article.start()] + article.group(1) + ("n " if word[0] in "aeiou" else " ")
    return Pair(sentence, before + word + after, label, RULES, sentence)


def among(pair: Pair, others: Sequence[str], random: Random) -> Pair:
    """`pair` with one to four of `others`, sentences about something else, before and after its premise."""
    drawn = random.sample(others, random.randint(1, 4))
    at = random.randint(0, len(drawn))
    return replace(pair, premise=" ".join([*drawn[:at], pair.premise, *drawn[at:]]))
