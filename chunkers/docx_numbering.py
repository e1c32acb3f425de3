"""The numbers that Word shows before paragraphs and does not store: "4.2", "(a)", "Article IV"."""

import re
from typing import NamedTuple
from xml.etree.ElementTree import Element

_PLACE = re.compile(r"%([1-9])")
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)


class _Level(NamedTuple):
    start: int
    form: str
    pattern: str


class Numbering:
    """Counts numbered paragraphs in document order (ECMA-376 part 1, section 17.9)."""

    def __init__(self, root: Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._lists: dict[str, str] = {}
        if root is not None:
            self._levels = {one.get("abstractNumId", ""): _levels(one) for one in root.findall("abstractNum")}
            for number in root.findall("num"):
                self._lists[number.get("numId", "")] = _value(number.find("abstractNumId"))

    def label(self, list_id: str, level: int) -> str:
        """Count one more paragraph of a list at a level (0 is outermost) and return its label; "-" for a bullet."""
        definition = self._lists.get(list_id, "")
        levels = self._levels.get(definition, {})
        own = levels.get(level, _Level(1, "bullet", ""))
        counts = self._counts.setdefault(definition, [None] * 10)
        current = counts[level]
        counts[level] = own.start if current is None else current + 1
        counts[level + 1 :] = [None] * (len(counts) - level - 1)
        if own.form in {"bullet", "none"}:
            return "-" if own.form == "bullet" else ""

        def number(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            shown = levels.get(at, own)
            count = counts[at]
            return _formatted(shown.start if count is None else count, shown.form)

        return _PLACE.sub(number, own.pattern).strip()


def _levels(definition: Element) -> dict[int, _Level]:
    levels = {}
    for level in definition.findall("lvl"):
        start = _value(level.find("start"), "1")
        levels[int(level.get("ilvl", "0"))] = _Level(
            int(start) if start.isdecimal() else 1,
            _value(level.find("numFmt"), "decimal"),
            _value(level.find("lvlText")),
        )
    return levels


def _value(element: Element | None, default: str = "") -> str:
    return default if element is None else element.get("val", default)


def _formatted(number: int, form: str) -> str:
    if form in {"lowerLetter", "upperLetter"}:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters if form == "lowerLetter" else letters.upper()
    if form in {"lowerRoman", "upperRoman"}:
        roman = _roman(number)
        return roman if form == "lowerRoman" else roman.upper()
    return f"{number:02d}" if form == "decimalZero" else str(number)


def _roman(number: int) -> str:
    digits = []
    for value, letters in _ROMAN:
        digits.append(letters * (number // value))
        number %= value
    return "".join(digits)
