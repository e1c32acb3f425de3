"""What goes to the terminal: text that cannot command it, and protobuf JSON for programs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

import typer
from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console

AsJson = Annotated[
    bool, typer.Option("--json", help="Print the response as protobuf JSON, with field names as in the contract.")
]

# Control characters move the cursor, colour the screen, rename the window; the bidirectional ones reorder what is read.
_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def out() -> Console:
    """The console on standard output; it wraps at the width of the terminal, and colours only a terminal."""
    return Console(highlight=False)


def err() -> Console:
    """The console on standard error."""
    return Console(highlight=False, stderr=True)


def plain(text: str) -> str:
    """`text` without line ends of other systems, and with a replacement character for each that a terminal obeys.

    Answers and documents are data: nothing in them may reach the terminal as a command.
    """
    return _COMMANDS.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n"))


def counted(number: int, noun: str) -> str:
    """A number of things, such as "1 case" or "3 cases"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def print_json(message: Message) -> None:
    """Print a response as protobuf JSON, defaults included, so that a program finds every field."""
    typer.echo(MessageToJson(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True))


def enum_name(enum: EnumDescriptor, number: int) -> str:
    """The name of an enum's value without the enum's own; the number itself for one that only a newer server knows."""
    if number not in enum.values_by_number:
        return str(number)
    prefix: str = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    name: str = enum.values_by_number[number].name
    return name.removeprefix(prefix)


def moment(timestamp: Timestamp) -> str:
    """A point in time as people read it, to the minute, in UTC."""
    return f"{timestamp.ToDatetime(tzinfo=UTC):%Y-%m-%d %H:%M} UTC"


def to_timestamp(moment_in_utc: datetime | None) -> Timestamp | None:
    """The protobuf form of a naive `moment_in_utc`, such as an option gives it; None for None."""
    if moment_in_utc is None:
        return None
    timestamp = Timestamp()
    timestamp.FromDatetime(moment_in_utc.replace(tzinfo=UTC))
    return timestamp
