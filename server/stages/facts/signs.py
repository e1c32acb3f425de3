"""What turns the sense of a clause: negations, words that deny by themselves, prefixes, opposites, and names that change places."""

from __future__ import annotations

import re

from server.stages.evidence import terms
from server.stages.facts.prefixes import without_prefix

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
NEGATOR = re.compile(
    r"(?i)\b(?:not(?! only\b)|never|no(?! longer than\b| more than\b| less than\b| fewer than\b| later "
    r"than\b|\. ?\d)|none|neither|nor|nobody|nothing|nowhere|without|cannot|[a-z]+n['’]t"
    r"|hardly|scarcely|unless|except(?:ing)?(?! that\b)|excluding|other than|non(?=-))\b"
)
NEGATIVE_WORD = re.compile(
    r"(?i)\b(?:prohibit(?:s|ed)?|forbid(?:s|den)?|bann?(?:ed|s)|refus(?:e|es|ed)|den(?:y|ies|ied)"
    r"|exclud(?:e|es|ed)|lack(?:s|ed|ing)?|fail(?:s|ed)?"
    r"|impossible|unable|absent|reject(?:s|ed)?|ineligible|invalid|void|exempt(?:ed)?|disallow(?:s|ed)?"
    r"|declin(?:e|es|ed) to(?! [$€£]?\d)|barred"
    r"|[a-z]{3,}-free|(?:smoke|dust|duty|tax|gluten|sugar|fat|lead|alcohol|nicotine|interest|rent|pain|toll|error|rust|odou?r|latex"
    r"|caffeine|dairy|lactose|nut|smoking) free"
    r"|[a-z]{4,}less(?<!\bunless)(?<!\bless)(?<!\bregardless)(?<!\bwireless)(?<!\bstainless))\b"
)
_NOT_THE_OTHER = re.compile(r"(?i),\s+(?:and |but )?not\s+(?!only\b)[^,;.]{1,40}(?=,)")
NEGATED_WORD = re.compile(r"(?i)\b(?:non(?=[a-z]{4})|in(?=(?:valid|eligible)\b))")
"""The prefix of a word that counts among the words of the sense without it."""
_NO_NEGATIVE = frozenset({"inflammable", "invaluable"})
ANTONYMS = [
    frozenset(pair.split("/"))
    for pair in (
        "before/after above/below over/under more/less more/fewer higher/lower larger/smaller bigger/smaller longer/shorter "
        "earlier/later faster/slower older/younger highest/lowest largest/smallest longest/shortest "
        "fastest/slowest loudest/quietest "
        "earliest/latest oldest/youngest most/least most/fewest maximum/minimum increase/decrease "
        "increases/decreases increased/decreased increasing/decreasing "
        "rose/fell rise/fall rises/falls rising/falling risen/fallen grew/fell grew/shrank grew/declined "
        "rose/declined rose/dropped up/down gain/loss gained/lost "
        "profit/loss profits/losses won/lost win/lose wins/loses buy/sell buys/sells bought/sold open/closed "
        "opens/closes opened/closed start/end starts/ends started/ended begin/end begins/ends began/ended "
        "include/exclude includes/excludes included/excluded including/excluding allow/forbid "
        "allowed/forbidden allows/forbids permitted/prohibited accept/reject "
        "accepts/rejects accepted/rejected approve/reject approved/rejected enable/disable enabled/disabled "
        "enables/disables on/off true/false with/without inside/outside indoors/outdoors internal/external "
        "first/last hot/cold warm/cold full/empty left/right north/south east/west northern/southern "
        "eastern/western public/private free/paid required/optional mandatory/optional mandatory/voluntary "
        "safe/dangerous safe/unsafe import/export imports/exports imported/exported lend/borrow "
        "lends/borrows lender/borrower buyer/seller employer/employee landlord/tenant client/provider "
        "parent/child teacher/student male/female men/women man/woman positive/negative strong/weak "
        "stronger/weaker better/worse best/worst "
        "heavy/light heavier/lighter wide/narrow deep/shallow early/late clockwise/anticlockwise "
        "clockwise/counterclockwise temporary/permanent "
        "daily/weekly weekly/monthly monthly/yearly monthly/annually daily/monthly quarterly/monthly "
        "weekdays/weekends morning/evening day/night summer/winter "
        "common/rare common/uncommon frequent/rare direct/indirect voluntary/compulsory senior/junior adult/child adults/children "
        "domestic/foreign domestic/international retail/wholesale gross/net debit/credit add/remove "
        "adds/removes added/removed attach/detach lock/unlock locked/unlocked "
        "connect/disconnect visible/hidden upper/lower top/bottom front/back front/rear vertical/horizontal "
        "minor/major majority/minority agree/disagree succeed/fail succeeded/failed "
        "presence/absence present/absent support/oppose supports/opposes supported/opposed arrive/depart "
        "arrives/departs arrived/departed arrival/departure pass/fail passed/failed arrive/leave arrives/leaves "
        "arriving/leaving stay/leave stays/leaves importing/exporting buying/selling enabling/disabling "
        "upload/download uploads/downloads uploaded/downloaded uploading/downloading encrypt/decrypt "
        "encrypted/decrypted enter/exit entry/exit entrance/exit send/receive sends/receives sent/received "
        "sending/receiving hire/fire hired/fired raise/lower raises/lowers raised/lowered raising/lowering "
        "expand/shrink expanded/shrank widen/narrow widened/narrowed improve/worsen improves/worsens "
        "improved/worsened strengthen/weaken strengthened/weakened accelerated/slowed tighten/loosen "
        "tightened/loosened alive/dead born/died wet/dry raw/cooked guilty/innocent urban/rural cheap/expensive "
        "cheaper/dearer thick/thin thicker/thinner softer/harder ascending/descending input/output fixed/variable "
        "erase/keep erased/kept delete/keep deleted/kept appointed/dismissed joined/left writing/orally "
        "writing/verbally alone/together lent/borrowed deposit/withdraw deposited/withdrawn longer/faster"
    ).split()
]
_CONVERSE = {
    "sell": "buy", "sells": "buys", "sold": "bought", "lend": "borrow", "lends": "borrows", "lent": "borrowed",
    "send": "receive", "sends": "receives", "sent": "received",
}  # fmt: skip
"""What the one who gives does, and what the one who takes does."""
_TO, _FROM = (re.compile(rf"(?i)\b{word}\s+(?P<whom>(?:the\s+)?\w+)") for word in ("to", "from"))
_WITHOUT = re.compile(r"(?i)\bwithout\s+(?:an?\s+|the\s+|any\s+)?\w+")
_NAME = re.compile(r"\b[A-Z][\w&'’-]*(?:\s+[A-Z][\w&'’-]*)*")
_PASSIVE = re.compile(
    r"(?i)\b(?:is|are|was|were|been|being|be)\s+(?:\w+ly\s+)?\w+(?:ed|en|ne|wn|ght|ld|de|id|un|ung|t)\b(?=[^.;]*\bby\b)"
)


def negators(text: str) -> list[str]:
    """The negations of `text`, and its words that deny by themselves; "X, not Y," denies nothing that is said of X."""
    said = _NOT_THE_OTHER.sub(" ", text)
    return [match.group() for match in NEGATOR.finditer(said)] + [
        match.group() for match in NEGATIVE_WORD.finditer(said)
    ]


def negations(text: str, other: str) -> int:
    """How often `text` negates, prefixes included where `other` has the bare word ("unavailable" beside "available").

    What is a negative word ("invalid") or an antonym ("unlocked") by itself turns the sense once, not twice.
    """
    text = _set_aside(text, other)
    bare = {word.lower() for word in _TOKEN.findall(other)} - {word.lower() for word in _TOKEN.findall(text)}
    prefixed = sum(
        1
        for word in _TOKEN.findall(text)
        if (plain := without_prefix(word)) in bare
        and word.lower() not in _NO_NEGATIVE
        and not NEGATIVE_WORD.fullmatch(word)
        and {word.lower(), plain} not in ANTONYMS
    )
    return len(negators(text)) + prefixed


def _set_aside(text: str, other: str) -> str:
    """`text` without what it does without, where `other` does not speak of that: "allowed without flash" allows."""
    if len(negators(text)) != 1:
        return text
    lacking = _WITHOUT.search(text)
    return text[: lacking.start()] if lacking and not terms(lacking.group()) & terms(other) else text


def told_by_the_other(text: str, other: str, pair: tuple[str, str]) -> bool:
    """Whether the opposites of `pair` tell one deal from its two sides: "was sold to Medora", "Medora bought"."""
    for giving, taking, (gives, takes) in ((text, other, pair), (other, text, pair[::-1])):
        given, taken = (re.search(rf"(?i)\b{word}\b", said) for word, said in ((gives, giving), (takes, taking)))
        if _CONVERSE.get(gives) != takes or not given or not taken:
            continue
        giver, taker = _FROM.search(taking, taken.end()), _TO.search(giving, given.end())
        if (taker and terms(taker["whom"]) & terms(taking[: taken.start()])) or (
            giver and terms(giver["whom"]) & terms(giving[: given.start()])
        ):
            return True
    return False


def antonyms(text: str, other: str) -> list[tuple[str, str]]:
    """Pairs of opposites, the first only in `text`, the second only in `other`."""
    here = {word.lower() for word in _TOKEN.findall(text)}
    there = {word.lower() for word in _TOKEN.findall(other)}
    found = []
    for pair in ANTONYMS:
        mine, theirs = (here - there) & pair, (there - here) & pair
        if len(mine) == len(theirs) == 1 and mine != theirs and not pair <= here and not pair <= there:
            found.append((mine.pop(), theirs.pop()))
    # What denies by itself ("prohibited") is counted among the negations.
    found = [pair for pair in found if not any(NEGATIVE_WORD.fullmatch(word) for word in pair)]
    # "more" is the opposite of both "less" and "fewer": one word turns the sense once.
    return list({mine: (mine, theirs) for mine, theirs in found}.values())


def change_places(text: str, other: str) -> bool:
    """Whether two names that `text` and `other` share have changed places around the same verb, active or passive."""
    here, there = _names(text), _names(other)
    shared = [name for name in here if name in there]
    if len(shared) != 2 or len(set(shared)) != 2:
        return False
    first, second = shared
    if first in second or second in first:
        return False
    if re.search(rf"{re.escape(first)}\W+(?:and|or|,)\W+(?:the\s+)?{re.escape(second)}", text) or re.search(
        rf"{re.escape(first)}\W+(?:and|or|,)\W+|{re.escape(second)}\W+(?:and|or|,)\W+{re.escape(first)}", other
    ):
        return False
    turned = (text.index(first) < text.index(second)) != (other.index(first) < other.index(second))
    return turned != (bool(_PASSIVE.search(text)) != bool(_PASSIVE.search(other)))


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(re.sub(r"^(?:The|A|An)\s+", "", match.group()) for match in _NAME.finditer(text)))
