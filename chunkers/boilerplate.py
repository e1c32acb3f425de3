"""Telling a page's own text from what surrounds it on every page of the site.

Rules in the spirit of Readability (Arc90, 2009) and of boilerpipe (Kohlschütter, Fankhauser and Nejdl 2010): what an
element is called, how much of its text is links, and where the long paragraphs gather.
"""

import re
from collections.abc import Set
from typing import NamedTuple

from selectolax.lexbor import LexborNode

_NEVER_TEXT = (
    "script, style, noscript, template, svg, iframe, object, embed, canvas, audio, video, button, select, input, "
    "textarea, nav, dialog, menu, [hidden], [aria-hidden=true], [role=navigation], [role=search], [role=banner], "
    "[role=contentinfo], [role=dialog], [role=alert], [role=complementary], [role=menu]"
)
_SURROUNDINGS = re.compile(
    r"(?:^|[\s_-])(?:ad|ads|advert\w*|author-?(?:bio|box|info)|banner|breadcrumbs?|byline|captcha|carousel|comments?|"
    r"cookies?|disqus|dropdown|footer|gdpr|jump-?link|login|masthead|menu|"
    r"more-?(?:stories|from|on|news|articles)|most-?(?:read|popular|viewed)|nav|navbar|navigation|newsletter\w*|"
    r"outbrain|pagination|pager|paywall|popular|popups?|promo\w*|read-?(?:more|next)|recirc\w*|recommend\w*|"
    r"related\w*|screen-?reader\w*|share\w*|sharing|sidebar|signup|sign-?up|skip\w*|social\w*|sponsor\w*|sr-only|"
    r"subscri\w*|taboola|tags?|teasers?|toolbar|tooltip|trending|up-?next|visually-?hidden|widgets?)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDING_STYLE = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:font-size|opacity|max-height)\s*:\s*0(?![.\d]*[1-9])"
    r"|(?:text-indent|left|top)\s*:\s*-\d{3,}|color\s*:\s*transparent)",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_WHITES = frozenset({"white", "#fff", "#ffffff", "rgb(255,255,255)", "rgba(255,255,255,1)"})
_CAMEL_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OTHER_VOICES = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|sidebar|related\w*|recommend\w*|footer)(?:$|[\s_-])", re.IGNORECASE
)
"""Surroundings that may outweigh the page's own text."""

_PAGE_EDGES = frozenset({"header", "footer", "aside"})
_NEVER_SURROUNDINGS = frozenset({"body", "main", "article", "h1", "p", "tr", "td", "tbody"})
_INLINE = frozenset("a abbr b bdi br cite code em font i mark q s small span strong sub sup time u".split())
_LINK_LISTS = frozenset({"ul", "ol", "div", "section", "table", "p"})
_NOT_DESCENDED = frozenset({"p", "pre", "table", "li", "ul", "ol", "blockquote"})
_LONG_PARAGRAPH = 80
_MAIN_SHARE = 0.75
"""An element holding this share of the long paragraphs' text holds the page's own text."""


class Content(NamedTuple):
    """The element that holds a page's own text, and the ids (`mem_id`) of the elements to skip inside it.

    `hidden` counts elements with text that are skipped because their style hides it from readers.
    """

    root: LexborNode
    skipped: frozenset[int]
    hidden: int = 0


def main_content(body: LexborNode) -> Content:
    """Return the innermost element that holds nearly all of the page's own text, and the surroundings inside it.

    The tree stays as it is. A page without long paragraphs keeps its whole body, but for navigation, scripts and forms.
    Time and memory are linear in the number of nodes, however deep.
    """
    hidden = {node.mem_id for node in body.css("[style]") if _is_hidden(node)}
    skipped = {node.mem_id for node in body.css(_NEVER_TEXT)} | hidden
    weights = _Weights(body, skipped)
    if not weights.long(body):
        return Content(body, frozenset(skipped), len(hidden))
    skipped |= _surroundings(body, weights)
    weights = _Weights(body, skipped)
    root, heir = body, weights.heir(body)
    while heir is not None:
        root, heir = heir, weights.heir(heir)
    lists = {node.mem_id for node in root.traverse() if node.tag in _LINK_LISTS and weights.is_link_list(node)}
    return Content(root, frozenset(skipped | lists - {root.mem_id}), len(hidden))


def _is_hidden(node: LexborNode) -> bool:
    """Return whether an element's own style hides its text: not drawn, off the page, or in the colour of what is behind it."""
    style = node.attributes.get("style") or ""
    hidden = bool(_HIDING_STYLE.search(style))
    if not hidden and (colour := _COLOUR.search(style)):
        own = _colour_name(colour[1])
        hidden = own == _background(node) or (own in _WHITES and _background(node) in _WHITES)
    return hidden and node.tag != "body" and bool((node.text(deep=True) or "").strip())


def _background(node: LexborNode) -> str:
    """Return the background colour that the nearest element with one in its style gives; white where none does."""
    at: LexborNode | None = node
    while at is not None:
        if found := _BACKGROUND.search(at.attributes.get("style") or ""):
            return _colour_name(found[1])
        if at.attributes.get("class") or at.attributes.get("bgcolor"):
            return "unknown"  # a style sheet may colour it
        at = at.parent
    return "white"


def _colour_name(value: str) -> str:
    return "".join(value.lower().split())


def _surroundings(body: LexborNode, weights: "_Weights") -> set[int]:
    total = weights.long(body)
    found: set[int] = set()
    for node in body.traverse():
        if node.mem_id != body.mem_id and _surrounds(node, weights):
            most = 0.8 if _OTHER_VOICES.search(_name(node)) else 0.34
            if weights.long(node) <= most * total:
                found.add(node.mem_id)
    return found


def _surrounds(node: LexborNode, weights: "_Weights") -> bool:
    if node.tag in _PAGE_EDGES:
        return not weights.holds_title(node)
    return node.tag not in _NEVER_SURROUNDINGS and bool(_SURROUNDINGS.search(_name(node)))


def _name(node: LexborNode) -> str:
    return _CAMEL_HUMP.sub("-", f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}")


class _Weights:
    """How much text, how much of it in links, and how much in long paragraphs, each element holds."""

    def __init__(self, body: LexborNode, skipped: Set[int]) -> None:
        self._text: dict[int, int] = {}
        self._links: dict[int, int] = {}
        self._long: dict[int, int] = {}
        self._titles: set[int] = set()
        self._weigh(body, skipped)

    def long(self, node: LexborNode) -> int:
        """Return the length of the text in long paragraphs, links left out."""
        return self._long.get(node.mem_id, 0)

    def holds_title(self, node: LexborNode) -> bool:
        """Return whether the page's first-level heading is inside."""
        return node.mem_id in self._titles

    def is_link_list(self, node: LexborNode) -> bool:
        """Return whether most of the text is links, as in a menu."""
        text = self._text.get(node.mem_id, 0)
        return 0 < text < 2_000 and self._links.get(node.mem_id, 0) > 0.6 * text and self.long(node) == 0

    def heir(self, node: LexborNode) -> LexborNode | None:
        """Return the child that holds nearly all of the long paragraphs, if one does."""
        needed = _MAIN_SHARE * self.long(node)
        for child in node.iter() if needed else ():
            if self.long(child) >= needed and child.tag not in _NOT_DESCENDED:
                return child
        return None

    def _weigh(self, body: LexborNode, skipped: Set[int]) -> None:
        block = {body.mem_id: body.mem_id}
        linked = {body.mem_id: False}
        own: dict[int, int] = {}
        order: list[tuple[int, int]] = []
        for node in body.traverse(include_text=True):
            parent = node.parent
            if node.mem_id == body.mem_id or parent is None:
                continue
            above = parent.mem_id
            if above not in block or node.mem_id in skipped:
                continue
            if node.tag == "-text":
                length = len((node.text_content or "").strip())
                self._text[above] = self._text.get(above, 0) + length
                if linked[above]:
                    self._links[above] = self._links.get(above, 0) + length
                else:
                    own[block[above]] = own.get(block[above], 0) + length
            else:
                order.append((node.mem_id, above))
                block[node.mem_id] = block[above] if node.tag in _INLINE else node.mem_id
                linked[node.mem_id] = linked[above] or node.tag == "a"
                if node.tag == "h1":
                    self._titles.add(node.mem_id)
        self._long = {node: length for node, length in own.items() if length >= _LONG_PARAGRAPH}
        for inner, above in reversed(order):
            for weight in (self._text, self._links, self._long):
                if inner in weight:
                    weight[above] = weight.get(above, 0) + weight[inner]
            if inner in self._titles:
                self._titles.add(above)
