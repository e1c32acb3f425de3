"""Names of people, organisations, places and products: those of the claim must stand in the evidence that bears it out.

A name is a run of capitalised words. It is found again by any of its distinctive words, by its initials, or under a usual alias;
titles and company forms do not distinguish. At the start of a sentence capitals say nothing, so a lone first word is a name
only where the evidence writes it as one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.domain import Span

_TOKEN = r"(?:[A-Z]\.(?:[A-Z]\.)*(?=\s[A-Z])|[A-Z]\.(?:[A-Z]\.)+|(?:[A-ZÀ-ÖØ-Þ][\w&]*(?:[’'-][\w]+)*|[a-z]+[A-Z]\w*)(?:[’']s)?)"
_NAME = re.compile(
    rf"(?<![\w-]){_TOKEN}(?:[ \u00a0]+(?:(?:of|de|van|von|der|la|le|del|di|al|bin|&)[ \u00a0]+)*{_TOKEN})*"
)
_LONG_NAME = re.compile(rf"(?<![\w-]){_TOKEN}(?:,?[ \u00a0]+(?:(?:of|and|for|the|on|in|&)[ \u00a0]+){{0,2}}{_TOKEN})+")
"""A name with the small words in it that otherwise stand between names."""
_NO_NAMES = frozenset(
    "I I'm I'll I've The A An This That These Those It Its He She They We You His Her Their Our Your My "
    "There Here In On At By For From With Without "
    "Under After Before During Since Until When While If Although Though Because As And But Or So Yes No "
    "Not Both Either Neither All Any Each Every "
    "Some Most Many Few Several Other Another One Two Three Four Five Six Seven Eight Nine Ten What "
    "Which Who Where How Why Please Note Also Then Once Only "
    "However Moreover Furthermore Therefore Thus Additionally Finally First Second Third According Based "
    "Overall Do Don't Does Did Is Are Was Were Has Have "
    "Can Could May Might Must Should Will Would Mr Mrs Ms Dr Prof Sir Lord Lady Dame Miss Ltd Limited "
    "Inc Corp Corporation Company Co Plc PLC GmbH LLC AG SA "
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July "
    "August September October November December "
    "EUR USD GBP CHF JPY Q1 Q2 Q3 Q4 FY FYs AM PM OK".split()
)
_ALIASES = [
    frozenset(group.split("/"))
    for group in (
        "us/usa/united states/united states of america/america/american",
        "uk/united kingdom/great britain/britain/british",
        "eu/european union",
        "un/united nations",
        "uae/united arab emirates",
        "netherlands/holland/dutch",
        "germany/german",
        "france/french",
        "spain/spanish",
        "england/english",
        "switzerland/swiss",
        "denmark/danish",
        "poland/polish",
        "scotland/scottish/scots",
        "wales/welsh",
        "ireland/irish",
        "greece/greek/greeks",
        "turkey/turkish/turks",
        "sweden/swedish/swedes",
        "finland/finnish",
        "norway/norwegian/norwegians",
        "belgium/belgian",
        "iceland/icelandic",
        "czech republic/czech/czechia",
        "croatia/croatian/croats",
        "serbia/serbian/serbs",
        "china/chinese",
        "thailand/thai",
        "philippines/filipino/philippine",
        "peru/peruvian",
        "argentina/argentine/argentinian",
        "cyprus/cypriot",
        "israel/israeli",
        "iraq/iraqi",
        "europe/european",
        "asia/asian",
        "nyc/new york city/new york",
        "la/los angeles",
        "ceo/chief executive officer/chief executive",
        "cfo/chief financial officer",
        "cto/chief technology officer",
        "ai/artificial intelligence",
        "vat/value added tax/value-added tax",
        "world war i/world war one/first world war/ww1/wwi",
        "world war ii/world war two/second world war/ww2/wwii",
        "covid/covid 19/covid19/coronavirus/sars cov 2/sars cov/2019 ncov/novel coronavirus/sarscov2",
    )
]
_STATES = {
    name.replace("_", " "): code
    for name, code in (
        pair.split("/")
        for pair in (
            "alabama/AL alaska/AK arizona/AZ arkansas/AR california/CA colorado/CO connecticut/CT delaware/DE florida/FL "
            "georgia/GA "
            "hawaii/HI idaho/ID illinois/IL indiana/IN iowa/IA kansas/KS kentucky/KY louisiana/LA maine/ME maryland/MD "
            "massachusetts/MA michigan/MI minnesota/MN mississippi/MS missouri/MO montana/MT nebraska/NE nevada/NV "
            "new_hampshire/NH new_jersey/NJ new_mexico/NM new_york/NY north_carolina/NC north_dakota/ND ohio/OH oklahoma/OK "
            "oregon/OR pennsylvania/PA rhode_island/RI south_carolina/SC south_dakota/SD tennessee/TN texas/TX utah/UT vermont/VT "
            "virginia/VA washington/WA west_virginia/WV wisconsin/WI wyoming/WY"
        ).split()
    )
}
"""Postal codes, which stand for the names in addresses."""
_KINDS = frozenset(
    "university college school institute academy hospital clinic museum gallery library theatre theater club hotel inn church "
    "cathedral palace castle airport station bank river lake mountain island islands county city town township province street "
    "road avenue square park team band party league foundation airlines airways corporation company group".split()
)
"""What a name ends with and may be called without, as long as nothing else by that name has another kind."""
_NAME_GOES_ON = re.compile(r"[ \u00a0](?:of[ \u00a0])?[A-Z]")
_GENERIC = frozenset(
    "the of and de van von der la le del di al bin mr mrs ms dr prof sir inc ltd limited corp "
    "corporation company co plc gmbh llc group".split()
)
_NUMBERS = {
    written: ways
    for ways in zip(
        "one two three four five six seven eight nine ten".split(),
        "i ii iii iv v vi vii viii ix x".split(),
        "1 2 3 4 5 6 7 8 9 10".split(),
        strict=True,
    )
    for written in ways
}
"""The ways to write each number that may end a name."""
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ACRONYM = re.compile(r"\b[A-Z]{3,6}(?=s?\b)")
_OWNER = re.compile(r"(?:[’']s|(?<=s)[’'])(?=(?P<blank>[ \u00a0]+))")
_POSSESSIVE = re.compile(r"'s?(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Entity:
    """A name and where it stands; `is_opening` when only its place at the start of a sentence may have made it a capital."""

    span: Span
    name: str
    is_opening: bool = False


def find_entities(text: str) -> Iterator[Entity]:
    """The names in `text`, in order; a headline, which writes most words with capitals, tells none."""
    if _is_headline(text):
        return
    for run in _runs(text):
        start, name = run.start, run.of(text)
        opening = not text[:start].strip(" \"'“‘(*_-–—•>|0123456789.):\n\t") or bool(
            re.search(r"[.!?:]\s+[\"'“‘(]?$", text[:start])
        )
        words = name.split()
        while words and _is_no_name(words[0]):
            start += len(words[0]) + 1
            name = name[len(words[0]) :].lstrip()
            words = words[1:]
            opening = False
        while words and _is_no_name(words[-1]) and not _goes_on_a_name(words):
            name = name[: -len(words[-1])].rstrip()
            words = words[:-1]
        name = re.sub(r"[’']s$", "", name)
        if not name or (len(name) < 2 and not name.isdigit()):
            continue
        start = text.index(name, min(start, len(text)))
        distinct = len(words) > 1 or name.isupper() or any(letter.isupper() or letter.isdigit() for letter in name[1:])
        yield Entity(Span(start, start + len(name)), name, opening and not distinct)


def _runs(text: str) -> Iterator[Span]:
    """The runs of capitalised words; a possessive ends one ("Robin Ashdown's Brisel" are two names)."""
    for match in _NAME.finditer(text):
        start = match.start()
        for owner in _OWNER.finditer(match.group()):
            yield Span(start, match.start() + owner.end())
            start = match.start() + owner.end() + len(owner.group("blank"))
        yield Span(start, match.end())


def _is_no_name(word: str) -> bool:
    """Whether it is a usual word, written with a capital or, for emphasis, in capitals alone ("NOT")."""
    return word in _NO_NAMES or (word.isupper() and len(word) > 2 and word.capitalize() in _NO_NAMES)


def _goes_on_a_name(words: Sequence[str]) -> bool:
    """Whether the last of `words` is a part of the name before it: "Ltd", or a number ("Elizabeth I", "Terminal Two")."""
    return words[-1].lower() in _GENERIC or (len(words) > 1 and words[-1].lower() in _NUMBERS)


def _is_headline(text: str) -> bool:
    words = [word for word in _WORD.findall(text) if len(word) > 3 and word.isalpha()]
    capitals = sum(word[0].isupper() for word in words)
    return len(words) >= 5 and capitals >= 0.8 * len(words)


def names_same(name: str, text: str) -> bool:
    """Whether `text` names the thing `name`: a distinctive word of it, its initials, or an alias."""
    return mentions(name, folded(text), text)


def mentions(name: str, folded_text: str, text: str) -> bool:
    """`names_same`, for a text that was `folded` before."""
    if _has_umlauts(name) or _has_umlauts(text):
        # "Müller" may be written "Mueller" as well as "Muller".
        written_out = text.translate(_WRITTEN_OUT)
        if _mentions(name.translate(_WRITTEN_OUT), folded(written_out), written_out):
            return True
    return _mentions(name, folded_text, text)


def _has_umlauts(text: str) -> bool:
    return not text.isascii() and any(letter in text for letter in "äöüßÄÖÜ")


def _mentions(name: str, folded_text: str, text: str) -> bool:
    wanted = folded(name).strip()
    if f" {wanted} " in folded_text or any(f" {other} " in folded_text for other in _respelt(name, wanted)):
        return True
    words = [word for word in wanted.split() if word not in _GENERIC]
    if any(f" {alias} " in folded_text for group in _ALIASES if wanted in group for alias in group):
        return True
    if name.isupper() and 2 <= len(name) <= 6 and _spelt_out(name, text):
        return True
    if wanted in _STATES and re.search(rf"\b{_STATES[wanted]}\b", text):
        return True
    if len(words) > 1:
        initials = "".join(word[0] for word in words)
        if f" {initials} " in folded_text and re.search(rf"\b{initials.upper()}\b", text):
            return True
        if _in_short(name, text):
            return True
        return all(f" {word} " in folded_text or _inflected(word, folded_text) for word in words) or (
            len(words[-1]) > 2 and f" {words[-1]} " in folded_text and not _another(name, text)
        )
    return bool(words) and (_inflected(words[0], folded_text) or (name.isupper() and f" {wanted}s " in folded_text))


def abbreviated(entity: Entity, claim: str, text: str) -> bool:
    """Whether `text` has the initials of the long name around `entity` in the claim: CDC for what "Disease Control" is part of."""
    for match in _LONG_NAME.finditer(claim):
        if match.start() <= entity.span.start and entity.span.end <= match.end():
            initials = "".join(word[0] for word in _WORD.findall(match.group()) if word[0].isupper())
            return any(acronym in initials for acronym in _ACRONYM.findall(text))
    return False


def folded(text: str) -> str:
    """The words of `text` in lower case, without accents and possessives, with one blank around each."""
    if not text.isascii():
        text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    plain = _POSSESSIVE.sub("", text.lower().replace(".", "").replace("’", "'"))
    return f" {' '.join(_WORD.findall(plain))} "


def _respelt(name: str, wanted: str) -> Iterator[str]:
    """The other ways to write a word of two parts ("wifi" for "Wi-Fi", "wi fi" for "WiFi"), or a number that ends a name."""
    if re.fullmatch(r"[^\W\d_]{2,}[-‑][^\W\d_]{2,}", name):
        yield wanted.replace(" ", "")
    if parts := re.fullmatch(r"(?P<first>[A-Z][a-z]+)(?P<second>[A-Z][a-z]+)", name):
        yield f"{parts['first']} {parts['second']}".lower()
    before, _, number = wanted.rpartition(" ")
    if before and number in _NUMBERS:
        yield from (f"{before} {other}" for other in _NUMBERS[number] if other != number)


def _in_short(name: str, text: str) -> bool:
    """Whether the text has the name without the word for its kind ("Yale" for "Yale University"), or without "of France"."""
    words = name.split()
    if words[-1].lower() in _KINDS:
        words = words[:-1]
    elif "of" in words[2:]:
        words = words[: words.index("of", 2)]
    else:
        return False
    short = r"\s+".join(map(re.escape, words))
    return any(
        not _NAME_GOES_ON.match(text, found.end()) for found in re.finditer(rf"(?<![\w-]){short}(?![\w-])", text)
    )


def _another(name: str, text: str) -> bool:
    """Whether the text gives the last word of the name another first one wherever it has it ("Jane Smith" for "John Smith")."""
    last = re.sub(r"[’']s$", "", name.rsplit(maxsplit=1)[-1])
    preceding = re.findall(rf"(?:(\S+)[ \u00a0])?\b{re.escape(last)}\b", text)
    return bool(preceding) and all(
        word[:1].isupper() and word not in _NO_NAMES and word not in name and not _ends_sentence(word)
        for word in preceding
    )


def _ends_sentence(word: str) -> bool:
    """Whether the word before a name belongs to the sentence or clause before; an initial ("J.") does not."""
    return word[-1:] in ".!?;:,)" and len(word) > 2


def _spelt_out(acronym: str, text: str) -> bool:
    pattern = r"\b" + r"[\w’'-]*,?\s+(?:(?:of|and|for|the|in|on|&)\s+)?".join(map(re.escape, acronym)) + r"[\w’'-]*"
    return bool(re.search(pattern, text, re.IGNORECASE))


def _inflected(word: str, folded_text: str) -> bool:
    """A plural, an adjective ("German" for "Germany"), or a compound that has the word."""
    if len(word) < 4:
        return False
    stem = word[: max(4, len(word) - 2)]
    return any(
        other.startswith(stem) and abs(len(other) - len(word)) <= 3
        for other in re.findall(rf" ({re.escape(stem)}\w*)", folded_text)
    )
