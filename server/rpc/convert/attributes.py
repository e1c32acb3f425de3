"""What the owner says of a document: the same for a document and for a passage of it."""

from __future__ import annotations

from collections.abc import Mapping

from groundwire.v1 import corpus_pb2, evidence_pb2
from server import domain
from server.errors import InvalidInput
from server.rpc import limits
from server.rpc.convert.enums import choice


def metadata(field: str, pairs: Mapping[str, str]) -> dict[str, str]:
    """Metadata, sorted by key."""
    checked = dict(pairs)
    limits.count(field, checked, limits.LIST_ITEMS)
    for key, value in checked.items():
        limits.name(f"{field} key", key, limits.TITLE_BYTES, required=True)
        limits.text(f"{field}[{key!r}]", value, limits.TITLE_BYTES)
    return {key: checked[key] for key in sorted(checked)}


def trust(field: str, number: evidence_pb2.Trust.ValueType) -> domain.Trust:
    """Who may have written the document; STANDARD where nothing is said."""
    chosen = choice(field, evidence_pb2.Trust, "TRUST", number)
    return domain.Trust(chosen) if chosen else domain.Trust.STANDARD


def validity(field: str, message: evidence_pb2.Passage | corpus_pb2.DocumentInput) -> domain.Validity:
    """When the statements hold, from a start to a later end."""
    start = limits.moment(f"{field}.valid_from", message.valid_from) if message.HasField("valid_from") else None
    end = limits.moment(f"{field}.valid_until", message.valid_until) if message.HasField("valid_until") else None
    if start is not None and end is not None and end <= start:
        raise InvalidInput(
            f"{field}.valid_until",
            f"after valid_from, which is {start.isoformat()}, got {end.isoformat()}",
            reason="OUT_OF_RANGE",
        )
    return domain.Validity(start, end)
