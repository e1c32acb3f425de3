"""What names one thing exactly: addresses, telephone numbers, versions, order numbers, clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.domain import Span


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier, its `form` ("e-mail", "version" ...) and its `key`, by which two are compared."""

    span: Span
    form: str
    key: str


_FORMS = [
    ("e-mail", re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")),
    ("address", re.compile(r"\b(?:https?://|www\.)[^\s<>\"')\]]*[^\s<>\"')\].,;:!?*]")),
    ("address", re.compile(r"(?i)\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|eu|example|gov|edu|dev|ai|co\.uk|de|fr)(?:/[\w./-]*\w)?\b")),
    ("telephone", re.compile(r"(?<![\w+])(?:\+\d{1,3}[ .()-]{0,2}(?:\(?\d{1,5}\)?[ .-]?){2,5}\d|\(?0\d{2,5}\)?[ -]\d{3,}(?:[ "
        r"-]?\d{2,})*|\d{3}-\d{3}-\d{4}|1-8\d\d-\d{3}-\d{4})(?!\w)")),
    ("version", re.compile(r"(?i)\b(?:v(?:ersion|er\.)?|firmware|release|edition|build)\s?(?P<key>\d+(?:\.\d+)*(?:-?(?:alpha"
        r"|beta|rc)\.?\d*)?)\b(?![,.]\d|\s?%)")),
    ("version", re.compile(r"(?<![\w.,])(?!\d{1,2}\.\d{1,2}\.(?:1[5-9]|20|21)\d\d\b)(?P<key>\d+(?:\.\d+){2,3}"
        r"(?:-?(?:alpha|beta|rc)\.?\d*)?)(?![\w]|\.\d)")),
    ("reference", re.compile(r"(?i)\b(?:clause|section|article|schedule|annex|appendix|chapter|paragraph|table|figure|step|item"
        r"|§)\s?(?P<key>\d+(?:\.\d+)*(?:\([a-z]\))?|(?<=\s)(?-i:[A-Z])\b)(?!\d|[.,]\d|\s?%)")),
    ("code", re.compile(r"(?<![\w-])(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)+(?![\w-])")),
    ("code", re.compile(r"(?<![\w-])(?=\w*\d)(?=\w*[A-Z])(?!\d+(?:GB|MB|TB|KB|MHz|GHz|kHz|Hz|W|V|A|K|M|B|C|F|L|J|MW|GW|MP"
        r"|Mbps|Gbps|MPa|Wh|Ah)\b)(?!Q[1-4]\b|FY\d|F[012]\d\b)[A-Z]+\d+[A-Z0-9]*(?![\w-])")),
    ("code", re.compile(r"#\d{2,}\b")),
]  # fmt: skip
_DIGIT = re.compile(r"\d")
_OF_DIGITS = frozenset({"telephone", "version", "code"})
"""Forms that have a digit, so that a text without one has none of them."""


_NUMBERED = re.compile(r"\d.*-.*\d")


def find_identifiers(text: str) -> list[Identifier]:
    """The identifiers of `text`, in order and disjoint; addresses before what they contain."""
    found: list[Identifier] = []
    has_digits = bool(_DIGIT.search(text))
    for form, pattern in _FORMS:
        if form in _OF_DIGITS and not has_digits:
            continue
        for match in pattern.finditer(text):
            span = Span(*match.span())
            if any(span.start < other.span.end and other.span.start < span.end for other in found):
                continue
            found.append(Identifier(span, form, _key(form, match)))
    return sorted(found, key=lambda identifier: identifier.span)


def find_codes(text: str) -> list[Identifier]:
    """Those of the identifiers of `text` that are codes; texts without any are done with soon."""
    if not any(form == "code" and pattern.search(text) for form, pattern in _FORMS):
        return []
    return [identifier for identifier in find_identifiers(text) if identifier.form == "code"]


def agrees(claimed: Identifier, found: Identifier) -> bool:
    """Whether both name the same thing; "2.4" does not name 2.4.0."""
    return claimed.key == found.key and (
        claimed.form == found.form or {claimed.form, found.form} <= {"version", "code", "reference"}
    )


def comparable(claimed: Identifier, found: Identifier) -> bool:
    """Whether the two are of one form, and codes of one pattern ("ORD-70412" and "ORD-70418")."""
    if claimed.form != found.form:
        return False
    return claimed.form != "code" or _pattern(claimed.key) == _pattern(found.key)


def _pattern(code: str) -> str:
    return re.sub(r"\d+", "9", re.split(r"[-\d]", code, maxsplit=1)[0])


def _key(form: str, match: re.Match[str]) -> str:
    if form == "telephone":
        return re.sub(r"\D", "", match.group())
    if "key" in match.groupdict():
        return str(match.group("key")).lower()
    key = match.group().casefold().rstrip("/")
    if form == "code" and not _NUMBERED.search(key):
        # "GATA3" and "GATA-3" are one protein; "A1-23" and "A12-3" are two orders.
        key = key.replace("-", "")
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", key) if form == "address" else key
