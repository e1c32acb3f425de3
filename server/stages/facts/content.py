"""The words of a text that say something, with its facts as one each: what claims and sentences are laid side by side by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from server.domain import Span
from server.stages.evidence import terms
from server.stages.facts.agreement import Agreement
from server.stages.facts.comparison import compare_facts
from server.stages.facts.reading import Fact, read_facts

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_LABEL = re.compile(r"(?<=[a-z] )A\b")
"""A letter that names something ("terminal A"), though it is spelt like the article."""
_LIGHT = terms(
    "only just also then still now already always each every per about remaining other respectively while whereas"
)
OF_BOTH = re.compile(
    r"(?i)\b(?:than(?! [$€£]?\d)|both|respectively|together|total|sum|combined|unlike|same|difference|average|compared|instead"
    r"|overall|altogether|not|never|no|nor|neither|without|cannot|\w+n['’]t)\b"
)
"""Words of a claim that speaks of the two things at once, or denies: it may take from both."""
PREPOSITIONS = frozenset(
    "at by for from in into of on onto to until till with within without after before during since under over above below".split()
)


@dataclass(frozen=True, slots=True)
class Token:
    """A content word, or a whole fact, of a text: the word's stem, where it stands, and the small word before it."""

    stem: str
    span: Span
    before: str
    fact: Fact | None = None


@lru_cache(maxsize=8192)
def content_of(text: str) -> tuple[Token, ...]:
    """The content words and facts of a text, in order; small words stay with the word that they stand before."""
    facts = sorted(read_facts(text).all, key=lambda fact: fact.span)
    found = [Token("", fact.span, _word_before(text, fact.span.start), fact) for fact in facts]
    labels = {match.start() for match in _LABEL.finditer(text)}
    for match in _WORD.finditer(text):
        span = Span(*match.span())
        if any(span.start < fact.span.end and fact.span.start < span.end for fact in facts):
            continue
        stems = ["a"] if span.start in labels else sorted(terms(match.group()) - _LIGHT)
        found += [Token(stem, span, _word_before(text, span.start)) for stem in stems]
    return tuple(sorted(found, key=lambda token: token.span))


def _word_before(text: str, start: int) -> str:
    """The preposition before a word, with nothing but an article between; else the word itself."""
    words = re.findall(r"[^\W\d_]+", text[max(0, start - 30) : start].lower())
    while words and words[-1] in {"the", "a", "an", "its", "their", "our", "your"}:
        words.pop()
    return words[-1] if words else ""


def has(tokens: Sequence[Token], wanted: Token) -> bool:
    """Whether one of the words is the one wanted."""
    return any(is_same(token, wanted) for token in tokens)


def is_same(one: Token, other: Token) -> bool:
    """Whether two words have one stem, or two facts bear each other out."""
    if one.fact is not None and other.fact is not None:
        return same_fact(one.fact, other.fact)
    return one.fact is None and other.fact is None and one.stem == other.stem


def same_fact(one: Fact, other: Fact) -> bool:
    """Whether one of two facts bears out the other."""
    return Agreement.BORNE_OUT in {compare_facts(one, other), compare_facts(other, one)}
