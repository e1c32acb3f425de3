"""Moments and lengths of time."""

from __future__ import annotations

from datetime import datetime, timedelta

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp


def timestamp_of(moment: datetime | None) -> Timestamp | None:
    """The contract's timestamp, or None for no moment."""
    if moment is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp


def duration_of(length: timedelta | None) -> Duration | None:
    """The contract's duration, or None for no length."""
    if length is None:
        return None
    duration = Duration()
    duration.FromTimedelta(length)
    return duration
