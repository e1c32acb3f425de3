"""Long lists, a part at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a longer list; `next_page_token` is empty on the last page."""

    items: tuple[Item, ...]
    next_page_token: str = ""
