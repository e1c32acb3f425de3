"""Which passages do not hold at the time asked about: expired, not yet valid, superseded, or too old for the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from server.domain import Passage


def out_of_date(
    passages: Sequence[Passage], as_of: datetime, max_age_days: Mapping[str, int] | None = None
) -> dict[int, str]:
    """Why each passage that must not support anything does not hold at `as_of`, by its index, as the end of a sentence.

    `max_age_days` are the days for which what was observed of a collection is taken to hold; a passage of such a collection
    that does not say when it was observed is not taken at all.
    """
    newest: dict[tuple[str, str], int] = {}
    for passage in passages:
        if passage.document_id and passage.attributes.validity.covers(as_of):
            key = (passage.collection, passage.document_id)
            newest[key] = max(passage.version, newest.get(key, 0))
    found: dict[int, str] = {}
    for index, passage in enumerate(passages):
        latest = newest.get((passage.collection, passage.document_id), 0)
        why = _outside(passage, as_of) or _superseded(passage, latest) or _aged(passage, as_of, max_age_days or {})
        if why:
            found[index] = why
    return found


def _outside(passage: Passage, as_of: datetime) -> str:
    validity = passage.attributes.validity
    if validity.covers(as_of):
        return ""
    if validity.end is not None and validity.end <= as_of:
        # The end is the first moment at which it no longer held.
        return f"it was true until {validity.end - timedelta(microseconds=1):%Y-%m-%d}"
    return f"it is true only from {validity.start:%Y-%m-%d}"


def _superseded(passage: Passage, latest: int) -> str:
    if not 0 < passage.version < latest:
        return ""
    return f"its version {passage.version} was superseded by version {latest}"


def _aged(passage: Passage, as_of: datetime, max_age_days: Mapping[str, int]) -> str:
    days = max_age_days.get(passage.collection)
    if days is None:
        return ""
    observed = passage.attributes.observed_at
    if observed is None:
        return f"it does not say when it was observed, and the policy takes {passage.collection} for {days} days"
    if observed + timedelta(days=days) >= as_of:
        return ""
    return f"it was observed on {observed:%Y-%m-%d}, and the policy takes {passage.collection} for {days} days"
