"""What the owner says of a document: the same for a document and for a passage of it."""

from __future__ import annotations

from collections.abc import Mapping

from groundwire.v1 import corpus_pb2, evidence_pb2
from server import domain
from server.errors import InvalidInput
from server.rpc import limits
from server.rpc.convert.enums import choice


def attributes_of(field: str, message: evidence_pb2.Passage | corpus_pb2.DocumentInput) -> domain.Attributes:
    """All that a document and a passage of it have in common, which is everything but the metadata."""
    return domain.Attributes(
        title=limits.text(f"{field}.title", message.title, limits.TITLE_BYTES),
        source_uri=limits.name(f"{field}.source_uri", message.source_uri, limits.URI_BYTES),
        entity_keys=limits.names(f"{field}.entity_keys", message.entity_keys),
        labels=limits.names(f"{field}.labels", message.labels),
        owner=limits.name(f"{field}.owner", message.owner),
        readers=limits.names(f"{field}.readers", message.readers),
        clearance=limits.between(f"{field}.clearance", message.clearance, 0, domain.HIGHEST_CLEARANCE),
        region=limits.name(f"{field}.region", message.region, 64),
        validity=_validity(field, message),
        observed_at=limits.moment(f"{field}.observed_at", message.observed_at)
        if message.HasField("observed_at")
        else None,
        version_label=limits.name(f"{field}.version_label", message.version_label),
        trust=_trust(f"{field}.trust", message.trust),
    )


def metadata_of(field: str, pairs: Mapping[str, str]) -> dict[str, str]:
    """Metadata, sorted by key."""
    checked = dict(pairs)
    limits.count(field, checked, limits.LIST_ITEMS)
    for key, value in checked.items():
        limits.name(f"{field} key", key, limits.TITLE_BYTES, required=True)
        limits.text(f"{field}[{key!r}]", value, limits.TITLE_BYTES)
    return {key: checked[key] for key in sorted(checked)}


def _trust(field: str, number: evidence_pb2.Trust.ValueType) -> domain.Trust:
    chosen = choice(field, evidence_pb2.Trust, "TRUST", number)
    return domain.Trust(chosen) if chosen else domain.Trust.STANDARD


def _validity(field: str, message: evidence_pb2.Passage | corpus_pb2.DocumentInput) -> domain.Validity:
    start = limits.moment(f"{field}.valid_from", message.valid_from) if message.HasField("valid_from") else None
    end = limits.moment(f"{field}.valid_until", message.valid_until) if message.HasField("valid_until") else None
    if start is not None and end is not None and end <= start:
        raise InvalidInput(
            f"{field}.valid_until",
            f"after valid_from, which is {start.isoformat()}, got {end.isoformat()}",
            reason="OUT_OF_RANGE",
        )
    return domain.Validity(start, end)
