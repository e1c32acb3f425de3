"""Claims that lean on what was said before: "It weighs 2.4 kg", "Its tank holds 3 litres", "11 hours".

A pronoun that opens a claim is read as the subject of the claim before it, or as what the question asks about. Where no subject of
the right number is found, the claim stays as it stands: a wrong name would be worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from server.stages.claims import Claim

_FRAGMENT = 4
"""A statement of fewer words is read with the question ("How long does it last?" "11 hours.")."""
_LONGEST_SUBJECT = 8
_PRONOUN = re.compile(
    r"(?P<lead>(?:(?:On|In|At|For|With|After|Before|By|During|From|Since|Until)\s[^,]{1,60},\s+|(?:Also|However|Moreover|Then|And|But),?\s+)?)"
    r"(?P<pronoun>(?:It|They|He|She|This|These|it|they|he|she)(?=\s+(?:also\s+|still\s+|only\s+|now\s+|then\s+|is|are|was|were|has|have"
    r"|had|can|cannot|may|must|will|would|should|does|do|did|[a-z]+(?:s|ed|t|n|d|e|w|k|p|l|y|r|g|h)\b))"
    r"|(?:Its|Their|His|Her|its|their|his|her)(?=\s+[a-z]))\b"
)
_NO_SUBJECT = frozenset(
    "it they he she this these there you we i that those on in at for with after before by during from since until under "
    "without".split()
)
_ARTICLES = frozenset("the a an each every all our your".split())
_POSSESSIVE = frozenset({"its", "their", "his", "her"})
_PLURAL = frozenset({"they", "their", "these"})
_OF_PEOPLE = frozenset({"he", "she", "his", "her"})
_VERB = (
    r"is|are|was|were|has|have|had|can|cannot|could|may|might|must|shall|should|will|would|does|do|did|costs?|takes?|holds?|weighs?|lasts?"
    r"|needs?|comes?|runs?|opens?|closes?|offers?|includes?|contains?|requires?|provides?|supports?|allows?|applies|apply|begins?|starts?"
    r"|ends?|works?|makes?|gives?|sells?|sold|bought|acquired|founded|lives?|won|lost|rose|fell|grew|became|began|left|joined|moved|met"
)
_SUBJECT = re.compile(
    rf"(?:(?:On|In|At|For|With|After|Before|By|During|From|Since|Until|Under)\s[^,]{{1,60}},\s+)?"
    rf"(?P<subject>(?:(?:The|A|An|Each|Every|All|This|Our|Your|the|a"
    rf"|an)\s+)?[\w'’&.-]+(?:\s+[\w'’&.-]+){{0,{_LONGEST_SUBJECT - 1}}}?)"
    rf"\s+(?:(?:also|now|still|only|usually|always|never|then)\s+)?(?:{_VERB}|[a-z]{{3,}}(?:es|ed)|(?<=[A-Z0-9])\s?[a-z]+s)\b"
)
_NAMED_THEN_VERB = re.compile(r"(?P<subject>(?:The\s+)?[A-Z][\w'’&-]*(?:\s+[A-Z0-9][\w'’&-]*)*)\s+[a-z]+s\b")
_ASKED_ABOUT = re.compile(
    r"\b(?P<subject>(?:the\s+|an?\s+|our\s+|my\s+|your\s+)?(?:[a-z-]+\s+){0,3}[A-Z][\w'’&-]*(?:\s+(?:[A-Z][\w'’&-]*|\d[\w.-]*))*)"
    r"|\b(?P<plain>(?:the|an?|my|your|our)\s+[a-z-]+(?:\s+(?:of\s+the\s+)?[a-z-]+)?)\b"
)
_PREPOSED = re.compile(r"^(?:On|In|At|For|With|After|Before|By|During|From|Since|Until|Under|Without)\b.*\s(?=the\s)")
_VERB_COMES_LAST = re.compile(r"(?i)\b(?:do|does|did)\b")
_ASKING = frozenset(
    "how what when where which who whose why can could do does did is are was were may must should will would".split()
)


def resolve_references(parts: Sequence[Claim], question: str) -> tuple[Claim, ...]:
    """`parts` with `resolved` given for those that cannot be understood alone; each depends on the parts before it alone."""
    resolved: list[Claim] = []
    subject = _asked_about(question)
    for part in parts:
        if not part.is_checkable:
            resolved.append(part)
            continue
        claim = _resolve(part, subject, question)
        if claim.statement == part.statement:
            # What a resolved claim is about stays what the next one is about.
            subject = _subject(claim.statement) or subject
        resolved.append(claim)
    return tuple(resolved)


def _resolve(part: Claim, subject: str, question: str) -> Claim:
    match = _PRONOUN.match(part.statement)
    if match and subject and _can_be(match.group("pronoun").lower(), subject):
        named = subject
        if match.group("pronoun").lower() in _POSSESSIVE:
            named += "’" if subject.endswith("s") else "’s"
        opens = match.start("pronoun") == 0
        named = named[:1].upper() + named[1:] if opens else named
        text = part.statement[: match.start("pronoun")] + named + part.statement[match.end("pronoun") :]
        return replace(part, statement=text, resolved=text)
    if question and len(part.statement.split()) < _FRAGMENT:
        return replace(part, resolved=f"{question.strip()} {part.statement}")
    return part


def _can_be(pronoun: str, subject: str) -> bool:
    """Whether the subject has the pronoun's number, and is a name where the pronoun is a person's."""
    words = subject.split()
    bare = [word for word in words if word.lower() not in {"the", "a", "an", "our", "your", "my"}]
    if pronoun in _OF_PEOPLE:
        return bool(bare) and all(word[:1].isupper() and word.isalpha() for word in bare)
    head = subject.split(" of ", maxsplit=1)[0].rsplit(maxsplit=1)[-1]
    is_plural = head.endswith("s") and not head.endswith(("ss", "us", "is")) and head.islower()
    return is_plural == (pronoun in _PLURAL) or (pronoun in _PLURAL and head[:1].isupper())


def _subject(statement: str) -> str:
    """What the statement is about: its grammatical subject, if that is no pronoun; empty when it cannot be told."""
    for pattern in (_SUBJECT, _NAMED_THEN_VERB):
        match = pattern.match(statement)
        if match is None:
            continue
        subject = _PREPOSED.sub("", match.group("subject").strip())
        first = subject.split()[0].lower()
        if first not in _NO_SUBJECT and len(subject) > 3:
            return subject[:1].lower() + subject[1:] if first in _ARTICLES else subject
    return ""


def _asked_about(question: str) -> str:
    if _VERB_COMES_LAST.search(question):
        question = re.sub(r"\s+[a-z]+\s*\?*\s*$", "", question)
    for match in _ASKED_ABOUT.finditer(question):
        subject = match.group("subject") or match.group("plain")
        words = subject.split()
        while words and words[0].lower() in _ASKING:
            words = words[1:]
        if words and not (len(words) == 1 and words[0].lower() in {"the", "a", "an", "my", "your", "our"}):
            return " ".join(words)
    return ""
