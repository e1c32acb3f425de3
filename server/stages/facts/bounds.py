"""Words that make a number one end of what it says: "more than 5", "up to 30 days", "18 or older".

Two kinds must not be confused. "Sold more than 500 units" says of a quantity on which side of 500 it lies, and 620 units bear
it out.
"Goods may be returned within 30 days" says what the limit is, and a limit of 14 days does not bear it out, although whoever
keeps to 14 days keeps to 30.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.domain import Span


@dataclass(frozen=True, slots=True)
class Bound:
    """`side` is 1 for a lower end and -1 for an upper one; `span` holds the words and the number.

    `is_limit`: the number is the limit that a rule sets, not a mark that a quantity passes. `is_strict`: the number itself is
    outside.
    """

    side: int
    span: Span
    is_limit: bool = False
    is_strict: bool = False


_STRICT_MOST = r"less than|fewer than|under|below|short of"
_STRICT_LEAST = r"(?:more|greater|larger|longer|higher|older) than|over|above|exceed(?:s|ed|ing)?|in excess of|beyond"
_LIMIT_MOST = (
    r"at most|up to|(?:no|not) (?:more|longer|greater|higher) than|a maximum of|maximum(?: of)?|max\.?|as much as"
    r"|as many as"
    r"|(?:do(?:es)? not|shall not|must not|may not|cannot|not) exceed(?:ing)?|within|no later than|limited to|capped at"
)
_LIMIT_LEAST = r"a minimum of|minimum(?: of)?|min\.?|starting at|upwards of"
_LEAST = r"at least|(?:no|not) (?:less|fewer) than"
_BEFORE = re.compile(
    rf"(?i)(?:\b(?:(?P<limit_most>{_LIMIT_MOST})|(?P<limit_least>{_LIMIT_LEAST})|(?P<least>{_LEAST})"
    rf"|(?P<strict_most>{_STRICT_MOST})|(?P<strict_least>{_STRICT_LEAST}))|(?P<sign>[<>≤≥]))"
    r"\s*(?:the|a|an|or equal to)?\s*(?:[A-Z]{3}\s?|[€$£¥]\s?)?$"
)
_AFTER = re.compile(
    r"(?i)\s*(?:(?P<least>or (?:more|over|above|older|longer|higher|greater|later)|and (?:more|over|above|older|up|later)\b|\+)"
    r"|(?P<most>or (?:less|fewer|under|below|younger|shorter|lower|earlier)|and (?:under|below|younger)|at (?:the )?most))"
)
_NEGATED = re.compile(r"(?i)\b(?:not|never|no)\s+$")
_RULE = re.compile(
    r"(?i)\b(?:must|shall|should|requir\w+|needs?|needed|may|limit\w*|allow\w*|permit\w*|entitle\w*|eligib\w*|deadline|threshold"
    r"|minimum|maximum|appl(?:y|ies)|free|unless|if|when)\b"
)
"""Words by which a sentence sets a rule."""
_CONDITION = re.compile(
    r"(?i)\b(?:orders?|purchases?|amounts?|sums?|payments?|invoices?|expenses?|transactions?|claims?|children|people|persons|customers"
    r"|users|employees|adults|parcels?|contracts?|values?|trips?|stays?|patients|costs?|loans?|deposits?|balances?|transfers?|gifts?"
    r"|discounts?|bookings?|repairs?|those|anyone|everyone|worth|costing|aged)\s(?:of\s)?$"
)
_CASE = re.compile(
    r"(?i)\b(?:an?|my|your|our|this|that)\s(?:[a-z-]+\s)?(?:order|purchase|amount|sum|payment|invoice|expense|transaction|parcel|package"
    r"|letter|trip|stay|loan|deposit|transfer|gift|booking|bill|bag|suitcase|delay|absence|request|delivery)\s"
    r"(?:(?:of|worth|costing|weighing|lasting)\s)(?:[A-Z]{3}\s?|[€$£¥]\s?)?$"
)
_LOOKED_BACK, _LOOKED_AROUND = 30, 90


def find_bound(text: str, number: Span) -> Bound | None:
    """What bounds the number at `number`, or None."""
    lead_start = max(0, number.start - _LOOKED_BACK)
    lead = text[lead_start : number.start]
    before = _BEFORE.search(lead)
    if before:
        kind = str(before.lastgroup)
        side = _side(kind, before.group())
        negated = _NEGATED.search(lead[: before.start()])
        opening = negated.start() if negated else before.start()
        is_rule = bool(_RULE.search(_sentence_around(text, number))) or bool(_CONDITION.search(lead[: before.start()]))
        is_limit = kind.startswith("limit") or is_rule or bool(negated)
        is_strict = (kind.startswith("strict") or before.group()[:1] in "<>") and not negated
        return Bound(-side if negated else side, Span(lead_start + opening, number.end), is_limit, is_strict)
    after = _AFTER.match(text, number.end)
    if after:
        return Bound(1 if after.group("least") else -1, Span(number.start, after.end()), is_limit=True)
    return None


def is_case(text: str, number: Span) -> bool:
    """Whether the number is that of one case, to which a rule applies: "an order of 75 euros"."""
    return bool(_CASE.search(text[max(0, number.start - _LOOKED_AROUND) : number.start]))


def _side(kind: str, words: str) -> int:
    if kind == "sign":
        return 1 if words[0] in ">≥" else -1
    return 1 if kind.endswith("least") else -1


def _sentence_around(text: str, number: Span) -> str:
    """The sentence of the number, as far as it is near."""
    before = re.split(r"[.!?;]\s", text[max(0, number.start - _LOOKED_AROUND) : number.start])[-1]
    after = re.split(r"[.!?;](?:\s|$)", text[number.end : number.end + _LOOKED_AROUND])[0]
    return f"{before} {after}"
