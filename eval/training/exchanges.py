"""A passage against its own statements with two parts exchanged: two subjects, two phrases, two words before one noun.

What a passage says of one thing, said of another that it speaks of too, shares every word with it: only who goes with what
tells the two apart. Each exchange is made in the claim alone, which no longer follows, and in the passage as well, which then
states it; so neither the words nor the act of exchanging predict the label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from random import Random

from eval.training.augment import RULES
from eval.training.data import CONTRADICTION, ENTAILMENT, UNSUPPORTED, Pair
from server.stages.evidence import sentence_spans

_SHORTEST, _LONGEST = 4, 35
"""Words of a statement."""
_MOST_TRIED = 40

_PRONOUN = re.compile(
    r"(?i)^(?:it|they|he|she|we|you|i|this|that|these|those|there|here|who|what|which|when|if|as|but|and|so|one)\b"
)
_VERBS = {
    "one": (
        "is was has does costs takes lasts begins starts ends closes opens pays gets receives needs requires"
        " includes contains covers offers provides uses weighs runs lives works plays makes shows gives leads"
        " stands begins belongs comes goes leaves keeps stays"
    ),
    "many": (
        "are were have do cost take last begin start end close open pay get receive need require include"
        " contain cover offer provide use weigh run live work play make show give lead stand belong come go"
        " leave keep stay"
    ),
    "any": (
        "had will can may must should could would did said became won lost rose fell grew left met took gave"
        " made led wrote built began ended started opened closed moved died joined founded played worked lived"
        " released published received announced reported found showed bought sold signed agreed refused won"
    ),
}
"""Verbs by the number of their subject."""
_NUMBER_OF = {verb: number for number, verbs in _VERBS.items() for verb in verbs.split()}
_SUBJECT = re.compile(rf"^((?:[A-Z][\w'’-]*|\d+)(?: [\w'’-]+){{0,5}}?) ({'|'.join(sorted(_NUMBER_OF))}) (?=\w)")

_PREPOSITIONS = "by with from in at to for after before during until against under on into near through"
_HEAD = (
    r"(?:[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3}|(?:the|a|an|his|her|its|their|this|every|each) [a-z][\w-]+(?: [a-z][\w-]+)?"
    r"|\d+(?:[.,]\d+)*(?: [a-z]+)?)"
)
_AFTER = (
    r"(?=[.,;:!?]|$| (?:and|or|but|in|on|at|of|for|with|from|to|by|before|after|during|until|who|which|that|while|when|is|was|are"
    r"|were)\b)"
)
_PHRASE = re.compile(rf"\b({'|'.join(_PREPOSITIONS.split())}) ({_HEAD}){_AFTER}")

_MODIFIED = re.compile(r"\b(?=([a-z][a-z-]{2,}|[A-Z][a-z]+) ([a-z]{3,})\b)")
_NO_MODIFIER = frozenset(
    "the and for was were are had has have his her its their this that with from into when while which who whom whose been being"
    " not but also will would can could may might should must did does all any some many more most such than then there these"
    " those they them she him you your our one two out over under after before about because between during until only very just"
    " said says made make took take got get".split()
)

_CLAUSE = r"(?:(?:he|she|they|it|we|I|the|a|an|his|her|their|its|[A-Z]\w+)\b[^,;:.]{8,})"
_ORDERED = re.compile(rf"^({_CLAUSE}) (before|after) ({_CLAUSE})\.$")
_ORDER_WORD = re.compile(r"\b(?:before|after|until|happens|happened)\b")
_FINITE = re.compile(
    rf"\b(?:{'|'.join(sorted(_NUMBER_OF))}|came|went|got|put|said|saw|ran|told|sent|kept|[a-z]{{3,}}ed)\b"
)


@dataclass(frozen=True, slots=True)
class _Part:
    """Characters [start, end) of the passage that can stand where others of its `kind` do; `text` is what they say there."""

    start: int
    end: int
    kind: str
    text: str


def exchanges(passage: str, random: Random) -> Iterator[Pair]:
    """Two parts of a passage exchanged; up to four pairs, nothing where no two parts can be."""
    statements = [
        (start, end)
        for start, end in sentence_spans(passage)
        if _SHORTEST <= len(passage[start:end].split()) <= _LONGEST
    ]
    parts = [part for start, end in statements for part in _parts(passage, start, end)]
    two = [(one, other) for one, other in combinations(parts[:_MOST_TRIED], 2) if _exchangeable(one, other)]
    if not two:
        return
    # A kind first, so that phrases, of which there are most, leave room for the others.
    kind = random.choice(sorted({one.kind.split()[0] for one, _ in two}))
    first, second = random.choice([pair for pair in two if pair[0].kind.split()[0] == kind])
    exchanged = _exchanged(passage, first, second)
    at = random.choice(
        [span for span in statements if any(span[0] <= part.start < span[1] for part in (first, second))]
    )
    claim, turned = passage[slice(*at)], _statement(passage, at, first, second)
    if claim == turned or turned in passage:
        return
    yield Pair(passage, turned, UNSUPPORTED, RULES, passage)
    yield Pair(exchanged, turned, ENTAILMENT, RULES, passage)
    if random.random() < 0.5:
        yield Pair(passage, claim, ENTAILMENT, RULES, passage)
        yield Pair(exchanged, claim, UNSUPPORTED, RULES, passage)


def order_pairs(sentence: str, random: Random) -> Iterator[Pair]:
    """What came before what, told from the other side, which follows, and turned round, which contradicts."""
    found = _ORDERED.match(sentence)
    if found is None:
        return
    first, word, second = found.groups()
    if not all(_FINITE.search(clause) and not _ORDER_WORD.search(clause) for clause in (first, second)):
        return
    other = "after" if word == "before" else "before"
    same, turned = f"{_opening(second)} {other} {_within(first)}.", f"{_opening(second)} {word} {_within(first)}."
    pairs = [
        (sentence, same, ENTAILMENT),
        (sentence, turned, CONTRADICTION),
        (turned, turned, ENTAILMENT),
        (turned, sentence, CONTRADICTION),
        (same, sentence, ENTAILMENT),
    ]
    for premise, hypothesis, label in random.sample(pairs, 4):
        yield Pair(premise, hypothesis, label, RULES, sentence)


def _parts(passage: str, start: int, end: int) -> Iterator[_Part]:
    text = passage[start:end]
    subject = _SUBJECT.match(text)
    if subject is not None and not _PRONOUN.match(text):
        yield _Part(start, start + subject.end(1), f"subject {_NUMBER_OF[subject.group(2)]}", subject.group(1))
    for phrase in _PHRASE.finditer(text):
        shape = "digit" if phrase.group(2)[0].isdigit() else "name" if phrase.group(2)[0].isupper() else "noun"
        yield _Part(
            start + phrase.start(2), start + phrase.end(2), f"phrase {phrase.group(1)} {shape}", phrase.group(2)
        )
    for modified in _MODIFIED.finditer(text):
        word, noun = modified.groups()
        if word.lower() not in _NO_MODIFIER and noun not in _NO_MODIFIER and modified.start() > 0:
            yield _Part(start + modified.start(1), start + modified.end(1), f"modifier {noun}", word)


def _exchangeable(one: _Part, other: _Part) -> bool:
    if one.text.lower() == other.text.lower() or not (one.end <= other.start or other.end <= one.start):
        return False
    kinds = {one.kind, other.kind}
    return len(kinds) == 1 or kinds in ({"subject one", "subject any"}, {"subject many", "subject any"})


def _exchanged(passage: str, one: _Part, other: _Part) -> str:
    first, second = sorted((one, other), key=lambda part: part.start)
    return passage[: first.start] + second.text + passage[first.end : second.start] + first.text + passage[second.end :]


def _statement(passage: str, at: tuple[int, int], one: _Part, other: _Part) -> str:
    """The statement at a place of the passage, with the parts of the two that it has in each other's place."""
    text = passage[slice(*at)]
    for part, new in sorted(((one, other.text), (other, one.text)), key=lambda item: -item[0].start):
        if at[0] <= part.start < at[1]:
            text = text[: part.start - at[0]] + new + text[part.end - at[0] :]
    return text


def _opening(clause: str) -> str:
    return clause[0].upper() + clause[1:]


def _within(clause: str) -> str:
    opens = clause.split(maxsplit=1)[0]
    return (
        clause[0].lower() + clause[1:]
        if opens in {"He", "She", "They", "It", "We", "The", "A", "An", "His", "Her", "Their", "Its"}
        else clause
    )
