"""The contract's enums by the domain's names."""

from __future__ import annotations

from enum import Enum
from typing import Protocol, TypeVar

from server.errors import InvalidInput

Number = TypeVar("Number")


class _ProtoEnum(Protocol[Number]):
    """What a generated enum offers."""

    def Name(self, number: Number) -> str:
        """The name of a number; raises ValueError for one that the contract does not have."""

    def Value(self, name: str) -> Number:
        """The number of a name."""


def number_of(enum: _ProtoEnum[Number], prefix: str, value: Enum | None) -> Number:
    """The contract's number for a domain value; 0, `_UNSPECIFIED`, for None."""
    return enum.Value(f"{prefix}_{'UNSPECIFIED' if value is None else value.value}")


def choice(field: str, enum: _ProtoEnum[Number], prefix: str, number: Number) -> str:
    """The domain's name for the contract's number, or "" for `_UNSPECIFIED`."""
    try:
        chosen = enum.Name(number).removeprefix(f"{prefix}_")
    except ValueError:
        raise InvalidInput(field, f"one of the values of {prefix}, got {number}", reason="UNKNOWN_VALUE") from None
    return "" if chosen == "UNSPECIFIED" else chosen
