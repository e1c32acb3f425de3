"""The names of a table's columns, from the one or more rows in which it writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from server.stages.facts.reading import read_facts

_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_FOOTNOTE = re.compile(r"\(\d{1,2}\)|\*+")
_WORD = re.compile(r"[^\W\d_]{2,}|[$€£¥%]")
_FIGURE_ALONE = re.compile(r"[\s$€£¥()%.,\d–—−-]*\d[\s$€£¥()%.,\d–—−-]*(?:bps|x|%)?")
_MEASURE = re.compile(r"(?i)thousand|million|billion|'000|’000|[$€£¥]")
_PERCENT = re.compile(r"(?i)%|\bper\s?cent")
_SPACED_YEAR = re.compile(r"(?<!\d )\b([12]) (\d) (\d) (\d)\b(?! \d)")
_EXCEPT = re.compile(r"(?i),?\s*except\b[^)|;]*")
"""What some columns are exempt from, which is a denial of nothing and the unit of none ("in thousands, except percentages")."""
_ORDINALS = ("first", "second", "third", "fourth")
_ENDS_OPEN = re.compile(
    r"(?i)(?:,|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\s\d{1,2})$"
)


def is_rule(line: str) -> bool:
    """Whether `line` is the rule under a header, `|---|---|`."""
    return bool(_TABLE_RULE.match(line))


def is_header(line: str, following: str) -> bool:
    """Whether the first line of a table names its columns: a rule follows, or a row of as many cells with the first figures."""
    if is_rule(following):
        return True
    figures_follow = bool(re.search(r"\d", following)) and following.count("|") == line.count("|")
    return figures_follow and not re.search(r"\d", line)


def names_columns(values: Sequence[str]) -> bool:
    """Whether a row below the header goes on naming columns: it has no label, or one that only measures, and no bare figures.

    A row of nothing but times names columns whatever its label is.
    """
    named = [_plain(value) for value in values[1:] if value]
    if not named or is_lead(values):
        return False
    if all(read_facts(value).moments for value in named):
        return True
    if values[0] and not values[0].startswith("(") and not _only_measures(values[0]):
        return False
    return _all_name(named)


def names_columns_below_title(values: Sequence[str], above: Sequence[str], following: Sequence[str]) -> bool:
    """Whether a labelled row names columns that the row above has fewer titles for ("Payments due by period").

    Figures follow it, and it has none itself.
    """
    named = [_plain(value) for value in values[1:] if value]
    titles = sum(bool(value) for value in above[1:])
    figures = any(_FIGURE_ALONE.fullmatch(value) and not _is_time(value) for value in following[1:] if value)
    return len(named) > max(1, titles) and titles <= len(named) // 2 and figures and _all_name(named)


def _all_name(named: Sequence[str]) -> bool:
    """Whether each is a time or has words, and none is a bare figure."""
    return all(_is_time(value) or (_WORD.search(value) and not _FIGURE_ALONE.fullmatch(value)) for value in named)


def is_lead(values: Sequence[str]) -> bool:
    """Whether a row has nothing but a name with a colon, which leads the rows below and names no column ("Revenues:")."""
    named = [value for value in values if value]
    return len(named) == 1 and named[0].endswith(":") and not _only_measures(named[0])


def names_columns_again(values: Sequence[str], following: Sequence[str]) -> bool:
    """Whether a row among the data starts a second table: it has two times or more, or one above a row of column names."""
    named = [_plain(value) for value in values[1:] if value]
    times = [value for value in named if _is_time(value)]
    if not times or any(_FIGURE_ALONE.fullmatch(value) and not _is_time(value) for value in named):
        return False
    if values[0] and not values[0].startswith("(") and not _only_measures(values[0]):
        return False
    return len(times) > 1 or (len(following) > 1 and names_columns(following))


def column_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """The names of the columns from all the rows that name them, upper rows first.

    A name of an upper row, or a time, stands for the empty cells to its right as well, and the only one there for all columns,
    unless it is one of percentages, which a table has beside its amounts; so does the only one of the last row, which says in
    what all of them are measured.
    """
    width = max((len(row) for row in rows), default=0)
    names = [""] * width
    for depth, row in enumerate(rows):
        spread = _spread(
            [_together(name) for name in [*row, *[""] * (width - len(row))]],
            carries=depth < len(rows) - 1,
            is_below=depth > 0,
        )
        names = [_joined(above, below) for above, below in zip(names, spread, strict=True)]
    return _quarters([_EXCEPT.sub("", name) for name in names])


def _spread(row: Sequence[str], *, carries: bool, is_below: bool) -> list[str]:
    named = [value for value in row[1:] if value]
    is_whole = carries and not _PERCENT.search(named[0]) if named else False
    if len(named) == 1 and len(row) > 2 and (is_whole or (is_below and _only_measures(named[0]))):
        return [row[0], *[named[0]] * (len(row) - 1)]
    spread, last = list(row[:1]), ""
    for value in row[1:]:
        last = value or (last if carries or (last and _is_time(last)) else "")
        spread.append(last)
    return spread


def _joined(above: str, below: str) -> str:
    if not above or not below:
        return above or below
    together = _ENDS_OPEN.search(above) or below[0].isalpha()
    return f"{above} {below}" if together else f"{above}; {below}"


def _quarters(names: list[str]) -> list[str]:
    """Columns that are called "First", "Second" and "Third" are quarters."""
    ordinals = [name for name in names if name.casefold() in _ORDINALS]
    if len(ordinals) < len(_ORDINALS) - 1:
        return names
    return [f"{name} quarter" if name in ordinals else name for name in names]


def _only_measures(label: str) -> bool:
    """Whether it says in what the figures are ("in thousands, except percentages", "$ million") and no figure itself."""
    return bool(_MEASURE.search(label)) and not re.search(r"\d", label.replace("000", ""))


def _plain(value: str) -> str:
    """A name without footnote marks."""
    return _together(_FOOTNOTE.sub("", value)).strip()


def _together(name: str) -> str:
    """A name with its years in one piece: documents that were set with wide spacing have "2 0 1 8"."""
    return _SPACED_YEAR.sub(r"\1\2\3\4", name)


def _is_time(value: str) -> bool:
    return bool(read_facts(value).moments)
