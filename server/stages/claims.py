"""Cuts an answer into statements that can be checked one by one, and parts that state nothing.

Sentences of paragraphs and list items, and rows of tables, are claims. What is set aside as no claim (a greeting, a question, a
heading, code) is set aside by a closed list of patterns: a statement that fits none is a claim, so that nothing escapes the check
by its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from server.domain import Span
from server.stages.sentences import sentence_spans


@dataclass(frozen=True, slots=True)
class Claim:
    """A part of an answer.

    `span` and `text` are the part as it stands there; `body` is the span without list marker, quote marker or "Yes,".
    `statement` is what is checked: the body without markup, after the sentence that introduces its list, or with its table's
    column names. `set_aside` says why the part states nothing, and is empty for a claim. `resolved` is the claim as it is
    understood after the question and the claims before it, where it leans on them; else empty.
    """

    span: Span
    text: str
    body: Span
    statement: str
    set_aside: str = ""
    resolved: str = ""

    @property
    def is_checkable(self) -> bool:
        """Whether this part states something."""
        return not self.set_aside


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text.strip()


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_FENCE = re.compile(r"\s{0,3}(```+|~~~+)\s*([\w+-]*)")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")
_ITEM = re.compile(r"\s*(?:[-*+•‣◦–—·▪●]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{2,5})[.)])\s+(?=\S)")
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_HEADING = re.compile(r"\s{0,3}#{1,6}(?:\s+|$)")
_BOLD_LINE = re.compile(r"\s*(\*\*|__)[^*_]+\1\s*:?\s*$")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
DECLINES = "declines to answer"
"""Why a sentence is set aside by which the answer says that it has none."""
_INTRODUCES = "introduces the points that follow, and is checked with each of them"
_CLOSED = re.compile(
    r"(?:(?<=[.!?…])[\"'”’»)\]*_]|[.!?…])\s|[。！？]"  # the end of a sentence
    r"|[|`][ \t]*[\r\n]|.[ \t]*(?:\r?\n[ \t]*\r?\n|\r[ \t]*\r)"  # of a table's row or a block of code; a blank line
)
_WRAPPED_FROM = 60
"""A line of at least this many characters without a full stop is taken to be wrapped, not ended."""


def split_claims(answer: str) -> tuple[Claim, ...]:
    """The parts of `answer` in order: their spans are disjoint, lie in order and hold every non-blank character."""
    return tuple(_joined_with_reservations(answer, _joined_with_polar_answers(answer, list(_parts(answer)))))


def closed_claims(written: str) -> tuple[Claim, ...]:
    """The parts of the beginning of an answer that what follows is not expected to change.

    All but the last, and the last one too when it ends like a sentence and a blank follows. It may turn out otherwise: a line
    may become the header of a table, and "approx. " may go on.
    """
    parts = split_claims(written)
    if not parts or _CLOSED.match(written, parts[-1].span.end - 1):
        return parts
    return parts[:-1]


def _parts(answer: str) -> Iterator[Claim]:
    lines = [
        _Line(match.start(), match.end(), match.group().rstrip("\r\n"))
        for match in _LINE.finditer(answer)
        if match.group()
    ]
    introduction, in_list = "", False
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.blank:
            at += 1
            continue
        introduction = introduction if not in_list or _ITEM.match(line.text) or line.text[0].isspace() else ""
        in_list = bool(_ITEM.match(line.text))
        if fence := _FENCE.match(line.text):
            end = _fence_end(lines, at, fence.group(1))
            yield _code(answer, lines[at:end], fence.group(2))
            at, introduction = end, ""
        elif at + 1 < len(lines) and "|" in line.text and _TABLE_RULE.match(lines[at + 1].text):
            end = _table_end(lines, at)
            yield from _table(answer, lines[at:end], introduction)
            at, introduction = end, ""
        elif _RULE.match(line.text):
            yield _aside(answer, line, "layout, no words")
            at += 1
        elif _HEADING.match(line.text) or _BOLD_LINE.match(line.text):
            yield _heading(answer, line)
            at, introduction = at + 1, ""
        elif _ITEM.match(line.text):
            end = _block_end(lines, at, stop_at_items=True)
            yield from _prose(answer, lines[at].start, lines[end - 1].end, introduction, leads=False)
            at = end
        else:
            end = _block_end(lines, at, stop_at_items=False)
            parts = list(_paragraph(answer, lines[at:end], _points_follow(lines, end)))
            introduction = _introduction(parts)
            yield from parts
            at = end


def _fence_end(lines: list[_Line], at: int, fence: str) -> int:
    for index in range(at + 1, len(lines)):
        if lines[index].text.strip().startswith(fence) and not lines[index].text.strip().strip(fence[0]):
            return index + 1
    return len(lines)


def _table_end(lines: list[_Line], at: int) -> int:
    end = at + 2
    while end < len(lines) and "|" in lines[end].text:
        end += 1
    return end


def _block_end(lines: list[_Line], at: int, *, stop_at_items: bool) -> int:
    """One past the last line of the paragraph or list item that starts at `at`."""
    end = at + 1
    while end < len(lines) and not lines[end].blank:
        text = lines[end].text
        if (
            _FENCE.match(text)
            or _HEADING.match(text)
            or _RULE.match(text)
            or _ITEM.match(text)
            or _BOLD_LINE.match(text)
        ):
            break
        if "|" in text and end + 1 < len(lines) and _TABLE_RULE.match(lines[end + 1].text):
            break
        if stop_at_items and not text[0].isspace() and _is_hard_end(lines[end - 1].text, text):
            break
        end += 1
    return end


def _points_follow(lines: list[_Line], at: int) -> bool:
    following = next((line.text for line in lines[at:] if not line.blank), "")
    return bool(_ITEM.match(following)) or "|" in following


def _is_hard_end(line: str, following: str) -> bool:
    """Whether the line break after `line` separates statements, rather than wrapping one."""
    first = following.lstrip(" \t*_>\"'“‘")[:1]
    if first.islower():
        return False
    return line.rstrip()[-1:] in ".!?:。！？…" or len(line.rstrip()) < _WRAPPED_FROM


# --- the kinds of parts ------------------------------------------------------------------------------------------------------


def _aside(answer: str, line: _Line, why: str) -> Claim:
    span = _trimmed(answer, line.start, line.end)
    return Claim(span, span.of(answer), span, span.of(answer), why)


def _code(answer: str, lines: list[_Line], language: str) -> Claim:
    span = _trimmed(answer, lines[0].start, lines[-1].end)
    inner = [line.text for line in lines[1:] if not _FENCE.match(line.text)]
    prose = language.lower() in {"", "text", "txt", "plain", "markdown", "md"} and any(
        _READS_AS_PROSE.match(each) for each in inner
    )
    statement = " ".join(" ".join(inner).split())
    return Claim(span, span.of(answer), span, statement, "" if prose else "a code block")


def _table(answer: str, lines: list[_Line], introduction: str) -> Iterator[Claim]:
    header = _cells(lines[0].text)
    yield _aside(answer, lines[0], "the header of a table, checked with each of its rows")
    yield _aside(answer, lines[1], "layout, no words")
    for line in lines[2:]:
        cells = _cells(line.text)
        named = [
            (_plain(header[index]) if index < len(header) else "", _plain(cell))
            for index, cell in enumerate(cells)
            if cell
        ]
        statement = "; ".join(f"{name}: {cell}" if name else cell for name, cell in named)
        span = _trimmed(answer, line.start, line.end)
        why = "" if any(character.isalnum() for character in statement) else "an empty row"
        yield Claim(span, span.of(answer), span, f"{introduction}: {statement}" if introduction else statement, why)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))]


def _heading(answer: str, line: _Line) -> Claim:
    span = _trimmed(answer, line.start, line.end)
    marker = _HEADING.match(line.text)
    start = max(span.start, line.start + (marker.end() if marker else 0))
    numbered = re.compile(r"(?:\d+\.)+\d*\s+").match(answer, start, span.end)
    body = Span(numbered.end() if numbered else min(start, span.end), span.end)
    statement = _plain(body.of(answer))
    return Claim(span, span.of(answer), body, statement, "" if _states_something(statement) else "a heading")


def _paragraph(answer: str, lines: list[_Line], points_follow: bool) -> Iterator[Claim]:
    start = 0
    for index in range(1, len(lines) + 1):
        last = index == len(lines)
        if last or _is_hard_end(lines[index - 1].text, lines[index].text):
            yield from _prose(answer, lines[start].start, lines[index - 1].end, "", leads=last and points_follow)
            start = index


def _prose(answer: str, start: int, end: int, introduction: str, *, leads: bool) -> Iterator[Claim]:
    """The sentences of one paragraph or list item; `leads`: points follow, which its last sentence may introduce."""
    marker = _ITEM.match(answer, start, end) or _QUOTE.match(answer, start, end)
    block = _trimmed(answer, start, end)
    if not len(block):
        return
    body_start = marker.end() if marker and marker.end() < block.end else block.start
    spans = sentence_spans(answer, Span(body_start, block.end)) or [block]
    for index, sentence in enumerate(spans):
        span = Span(block.start, sentence.end) if index == 0 else sentence
        introduces = leads and index == len(spans) - 1 and span.of(answer).rstrip("*_ ").endswith((":", "："))
        yield _sentence(answer, span, sentence, introduction if index == 0 else "", introduces)


def _sentence(answer: str, span: Span, body: Span, introduction: str, introduces: bool) -> Claim:
    statement = _plain(body.of(answer))
    polar = _POLAR_OPENING.match(statement)
    own = statement[polar.end() :] if polar else statement
    why = _INTRODUCES if introduces else _why_no_claim(statement)
    return Claim(span, span.of(answer), body, f"{introduction}: {own}" if introduction and not why else own, why)


def _introduction(parts: list[Claim]) -> str:
    """The sentence that the following points complete; "Here are the details:" adds nothing to them."""
    if not parts or parts[-1].set_aside != _INTRODUCES:
        return ""
    statement = parts[-1].statement.rstrip(":： ")
    return "" if _PRESENTS.match(statement) else statement


def _joined_with_polar_answers(answer: str, parts: list[Claim]) -> Iterator[Claim]:
    """A bare "Yes." or "No." is read with the sentence after it; alone it stays a claim, which no evidence will support."""
    pending: Claim | None = None
    for part in parts:
        if pending is not None and part.is_checkable:
            span = Span(pending.span.start, part.span.end)
            yield Claim(span, span.of(answer), part.body, part.statement)
            pending = None
            continue
        if pending is not None:
            yield pending
            pending = None
        if part.is_checkable and _POLAR_ALONE.fullmatch(part.statement):
            pending = part
        else:
            yield part
    if pending is not None:
        yield pending


def _joined_with_reservations(answer: str, parts: Iterable[Claim]) -> Iterator[Claim]:
    """A reservation such as "However, not on Sundays." states nothing alone: it is read with the sentence that it limits."""
    limited: Claim | None = None
    for part in parts:
        if limited is not None and _limits(answer, limited, part):
            span = Span(limited.span.start, part.span.end)
            body = Span(limited.body.start, part.body.end)
            limited = Claim(span, span.of(answer), body, f"{limited.statement} {part.statement}")
            continue
        if limited is not None:
            yield limited
        limited = part
    if limited is not None:
        yield limited


def _limits(answer: str, limited: Claim, part: Claim) -> bool:
    between = answer[limited.span.end : part.span.start]
    same_paragraph = between.isspace() and between.count("\n") <= 1 and part.span.start == part.body.start
    return (
        limited.is_checkable and part.is_checkable and same_paragraph and bool(_RESERVATION.fullmatch(part.statement))
    )


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    return Span(start + lead, max(start + lead, start + len(piece.rstrip())))


# --- what states nothing --------------------------------------------------------------------------------------------------------

_POLAR_ALONE = re.compile(r"(?i)(?:yes|no|correct|exactly|right|indeed|true|false|yep|nope)[.!]?")
_POLAR_OPENING = re.compile(r"(?i)(?:yes|no|sure|certainly|of course|absolutely)\s*[,:–—]\s+(?=\w)")
_RESERVATION = re.compile(
    r"(?i)(?:(?:however|but|although|though|yet)\s*,?\s*)?"
    r"(?:not (?:if|when|where|for|in|on|at|during|after|before|with|without|unless|until|to)"
    r"|only (?:if|when|where|until|in case)|except|excluding|apart from|with the exception of|unless|provided)\b[^,;:]*"
)
"""A sentence without a main clause; one with a comma may have its main clause after it."""
_READS_AS_PROSE = re.compile(r"\s*[A-Z][\w'’-]*(?:[\s,]+[\w'’%€$.-]+){3,}[.!]?\s*$")
_PRESENTS = re.compile(
    r"(?i)(?:here(?:'s|’s| is| are)|below (?:is|are)|the following (?:is|are)|in (?:summary|short|brief|conclusion)|to summari[sz]e"
    r"|to sum up|summary|answer|details?|key (?:points|facts|takeaways)|note|sources?|references?)\b"
)

_QUESTION = re.compile(
    r"(?i)(?:(?:and|but|so|or|also|well|now|ok(?:ay)?)[, ]+)?(?:who|whom|whose|what|when|where|why|how"
    r"|which|is|are|am|was|were|do|does|did"
    r"|can|could|would|will|shall|should|may|might|must|have|has|had|isn't|aren't|don't|doesn't|can't"
    r"|won't|anything|any|need|want)\b"
)
_ASSERTS_ANYWAY = re.compile(
    r"(?i)\b(?:did|do) you know\b|\bare you aware\b|\bknow that\b|,\s*(?:right|correct|yes|no|ok|isn't it"
    r"|aren't they|doesn't it|don't they)\?$"
)
_COURTESY_PHRASE = (
    r"(?:(?:hi|hello|hey|dear|greetings|good (?:morning|afternoon|evening|day))\b(?: (?:there|everyone"
    r"|all|team|[A-Z][\w.'’-]+)){0,4}"
    r"|(?:many )?thanks?(?: you)?(?: (?:very|so) much| a lot)?(?: (?:for|to) (?:your|the|asking"
    r"|contacting|reaching|writing|getting)\b[\w\s'’-]*)?"
    r"|you(?:'re|’re| are) (?:very |most )?welcome|(?:that(?:'s|’s| is) an? )?(?:great|good|excellent|nice|interesting) question"
    r"|sure(?: thing)?|certainly|of course|absolutely|no problem|my pleasure|(?:i(?:'m|’m| am) )?(?:very "
    r"|so |really )?sorry(?: (?:for|to) [\w\s'’-]*)?"
    r"|i apologi[sz]e(?: for [\w\s'’-]*)?|(?:best|kind|warm|many)? ?(?:regards|wishes)"
    r"|yours (?:sincerely|faithfully|truly)|sincerely|cheers|goodbye|bye|have a (?:nice|great|good"
    r"|lovely) (?:day|week|weekend|evening)"
    r"|all the best|take care|happy to help|glad (?:to help|i could help))"
)
_COURTESY = re.compile(rf"(?i:{_COURTESY_PHRASE}(?:\s*[.!,:–—-]+\s*{_COURTESY_PHRASE})*\s*[.!,:]*)")
_OFFER = re.compile(
    r"(?i)(?:(?:please |just |do |so )*(?:let me know|feel free|don(?:'|’)t hesitate|do not hesitate)\b"
    r"|i(?:'|’| wou)?l?d? ?(?:would |will |'ll |’ll )?(?:be )?(?:happy|glad|pleased) to (?:help|assist|explain|elaborate|answer)\b"
    r"|i hope (?:this|that|it) (?:helps|answers|clarifies|is helpful)\b"
    r"|(?:if|should) you (?:have|need|want|would like) (?:any |some )?(?:other |more |further |additional "
    r")?(?:questions?|help|assistance|information|details)\b"
    r"|is there anything else\b|i(?:'m|’m| am) here to help\b)[^.!?;]*[.!]*"
)
_PRESENTING = re.compile(
    r"(?i)(?:here(?:'s|’s| is| are) (?:a |an |the |some |your |my |what )[\w\s,'’-]*"
    r"|below (?:is|are) (?:a |an |the |some )[\w\s,'’-]*"
    r"|(?:in (?:summary|short|brief|conclusion)|to summari[sz]e|to sum up|summary|answer|details|sources?"
    r"|references?|notes?|key (?:points|facts|takeaways))"
    r"|(?:based on|according to) the (?:provided |given |available |retrieved )?(?:documents?|passages?"
    r"|context|sources?|information|evidence))\s*[:.]+"
)
_DECLINES = re.compile(
    r"(?i)(?:(?:unfortunately|sorry|i(?:'m|’m| am) (?:sorry|afraid)(?: that)?|based on [\w\s]+|from [\w\s]+)[, ]+(?:but )?)?"
    r"(?:(?:i|we) (?:do not|don(?:'|’)t) know\b"
    r"|(?:i|we)(?:'m|’m| am| are| was| were) (?:not able|unable) to (?:find|answer|say|tell|determine"
    r"|confirm|verify|provide|help)\b"
    r"|(?:i|we) (?:cannot|can(?:'|’)t|can not|could not|couldn(?:'|’)t|did not|didn(?:'|’)t) (?:find"
    r"|answer|say|tell|determine|confirm|verify|see|locate)\b"
    r"|(?:i|we) (?:do not|don(?:'|’)t) have (?:any |enough |sufficient |access to |the )+(?:information"
    r"|details|data|context|documents?)\b"
    r"|(?:the|these|this|none of the) (?:provided |given |available |retrieved )?(?:documents?|passages?"
    r"|context|sources?|information|evidence|texts?) "
    r"(?:(?:provided|given|available) )?(?:do(?:es)? not|don(?:'|’)t|doesn(?:'|’)t|did not) "
    r"(?:say|mention|contain|specify|state|provide|include|answer|cover|address|indicate|tell)\b"
    r"|(?:i|we) (?:do not|don(?:'|’)t) have (?:that|this) (?:information|answer|detail)\b"
    r"|(?:the|these) (?:documents?|passages?|sources?|policies|texts?) (?:(?:that )?(?:i|we) have |i was "
    r"given )?(?:do|does) not (?:mention|say|cover|answer) (?:this|that|it|so|anything)\b"
    r"|there is (?:no|not enough) information (?:about|on|in|regarding)\b)[^;!]*[.!]*"
)
_TURNS = re.compile(r"(?i)\b(?:but|however|although|though|yet|except|instead|only|because|since|while|whereas)\b|[;:]")
_FIGURE = re.compile(r"\d|[%€$£¥@]|https?:|www\.")
_VERB = re.compile(
    r"(?i)\b(?:is|are|was|were|be|been|has|have|had|can|cannot|could|will|would|shall|should|must|may"
    r"|might|does|do|did|lasts?|costs?|takes?"
    r"|needs?|requires?|includes?|contains?|applies|allows?|pays?|works?|lost|won|rose|fell|grew"
    r"|increased|decreased|acquired|not|no|never)\b"
)


def _why_no_claim(statement: str) -> str:
    """Why `statement` states nothing, or the empty string when it may state something."""
    if not any(character.isalnum() for character in statement):
        return "layout, no words"
    closing = statement.rstrip("\"'”’»)]*_ ")
    if closing.endswith(("?", "？")):
        asks = closing.endswith("？") or bool(_QUESTION.match(statement))
        return "a question" if asks and not _ASSERTS_ANYWAY.search(closing) else ""
    if _DECLINES.fullmatch(statement) and not _TURNS.search(statement.split(",", 1)[-1]):
        return DECLINES
    if _FIGURE.search(statement):
        return ""
    if _COURTESY.fullmatch(statement):
        return "a courtesy"
    if _OFFER.fullmatch(statement) and not re.search(r"(?i)\b(?:but|however|although|because)\b", statement):
        return "an offer"
    if _PRESENTING.fullmatch(statement):
        return "presents what follows"
    if statement.endswith(":") and not _states_something(statement):
        return "a heading"
    return ""


def _states_something(heading: str) -> bool:
    """Whether a heading is a statement: it has a verb, a measured figure, or ends like a sentence."""
    if heading.rstrip("*_ ").endswith(("?", "？")):
        return False
    return bool(
        _VERB.search(heading)
        or re.search(r"\d\s*(?:%|[A-Za-z€$£]+\b)|[€$£]\s*\d", heading)
        or heading.endswith((".", "!"))
    )


_LINK = re.compile(r"!?\[([^\]\n]*)\]\((\S*?)(?:\s+\"[^\"]*\")?\)")
_MARKER = re.compile(r"\s?\[(?:\^?\d{1,3}(?:\s*[,–-]\s*\d{1,3})*|\^[\w-]+)\]")
_EMPHASIS = re.compile(r"(\*\*\*|\*\*|\*|___|__|~~|`)(?=\S)(.+?)(?<=\S)\1(?!\w)", re.DOTALL)
_QUOTE_MARKS = re.compile(r"(?m)^\s*(?:>\s?)+")


def _plain(text: str) -> str:
    """`text` without Markdown's marks and citation markers, on one line."""
    text = _LINK.sub(r"\1", _QUOTE_MARKS.sub("", text))
    text = _MARKER.sub("", text)
    for _ in range(3):
        text = _EMPHASIS.sub(r"\2", text)
    return " ".join(text.split())
