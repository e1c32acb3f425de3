"""Seeded damage to bytes and to messages: what a broken or hostile client, or a broken disk, may produce."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, MutableMapping, MutableSequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct

_INTEGERS = (-1, 0, 1, 2, 17, 1 << 20, (1 << 31) - 1, -(1 << 31))
_LONG_INTEGERS = (*_INTEGERS, 1 << 40, 1 << 62, (1 << 63) - 1, -(1 << 63), 253_402_300_800)
_FLOATS = (math.nan, math.inf, -math.inf, -0.0, 5e-324, 1e308, -1.0, 2.0)
_TEXTS = (
    "",
    " ",
    "\n\t\r",
    "\x00",
    "a\x00b",
    "\x1b[31mred",
    "\u202eevil",
    "\ufeff",
    "\U0010ffff",
    "e\u0301" * 50,
    "🧯" * 90,
    "../../etc/passwd",
    "'; DROP TABLE documents; --",
    "%s%n{0}${x}",
    "NaN",
    "1e999 12,,3 -- 0x7f 31/31/9999 24:61",
    "x" * 257,
    "é" * 5_000,
    "no stop " * 3_000,
    "word. " * 2_000,
    "((((" * 2_000,
    "| a " * 2_000,
    "9" * 4_000,
)
_BYTES = (
    b"",
    b"\x00",
    b"\xff\xfe\x00\x00",
    b"\xef\xbb\xbf",
    b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<</Root 1 0 R>>",
    b"PK\x05\x06" + bytes(18),
    b"<" * 5_000,
    b"<div>" * 5_000,
    b"[" * 20_000,
    b'{"a":' * 5_000,
    b"- " * 5_000,
    b"> " * 5_000,
    b'"' * 5_001,
    b"a," * 5_000,
    b"# " * 5_000,
)
_LENGTHS = (0, 1, 2, 17, 65, 300)


def damaged_bytes(content: bytes, random_source: random.Random) -> bytes:
    """Other bytes than `content`: flipped bits, a part cut off, repeated, zeroed or replaced, or something added."""
    damage: tuple[Callable[[bytes, random.Random], bytes], ...] = (_flip, _truncate, _zero, _repeat, _append, _replace)
    while True:
        damaged = random_source.choice(damage)(content, random_source)
        if damaged != content:
            return damaged


def _flip(content: bytes, random_source: random.Random) -> bytes:
    flipped = bytearray(content or b"\x00")
    for _ in range(random_source.randint(1, 8)):
        flipped[random_source.randrange(len(flipped))] ^= 1 << random_source.randrange(8)
    return bytes(flipped)


def _truncate(content: bytes, random_source: random.Random) -> bytes:
    return content[: random_source.randrange(len(content) + 1)]


def _zero(content: bytes, random_source: random.Random) -> bytes:
    start, end = _range(content, random_source)
    return content[:start] + bytes(end - start) + content[end:]


def _repeat(content: bytes, random_source: random.Random) -> bytes:
    start, end = _range(content, random_source)
    return content[:end] + content[start:end] + content[end:]


def _append(content: bytes, random_source: random.Random) -> bytes:
    return content + random_source.randbytes(random_source.randint(1, 40))


def _replace(content: bytes, random_source: random.Random) -> bytes:
    return random_source.randbytes(random_source.randint(0, max(1, len(content))))


def _range(content: bytes, random_source: random.Random) -> tuple[int, int]:
    one, other = (random_source.randrange(len(content) + 1) for _ in range(2))
    return min(one, other), max(one, other)


def with_extremes(message: Message, random_source: random.Random) -> Message:
    """A copy of `message` in which up to three fields, at any depth, have extreme values."""
    copy = type(message)()
    copy.CopyFrom(message)
    for _ in range(random_source.randint(1, 3)):
        _set_extreme(copy, random_source)
    return copy


def _set_extreme(message: Message, random_source: random.Random) -> None:
    if isinstance(message, Struct):
        message.CopyFrom(_deep_record(random_source))
        return
    fields = list(message.DESCRIPTOR.fields)
    if not fields:
        return
    field = random_source.choice(fields)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        _fill_map(getattr(message, field.name), random_source)
    elif field.is_repeated:
        _fill_list(getattr(message, field.name), field, random_source)
    elif field.message_type is not None:
        inner = getattr(message, field.name)
        inner.SetInParent()
        _set_extreme(inner, random_source)
    else:
        setattr(message, field.name, _scalar(field, random_source))


def _fill_map(pairs: MutableMapping[str, str], random_source: random.Random) -> None:
    for _ in range(random_source.choice(_LENGTHS)):
        pairs[random_source.choice(_TEXTS) + str(random_source.random())] = random_source.choice(_TEXTS)


def _fill_list(values: Any, field: FieldDescriptor, random_source: random.Random) -> None:
    for _ in range(random_source.choice(_LENGTHS)):
        if field.message_type is not None:
            _set_extreme(values.add(), random_source)
        else:
            _append_scalar(values, field, random_source)


def _append_scalar(values: MutableSequence[Any], field: FieldDescriptor, random_source: random.Random) -> None:
    values.append(_scalar(field, random_source))


def _scalar(field: FieldDescriptor, random_source: random.Random) -> Any:
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            return random_source.choice(_BYTES if field.type == FieldDescriptor.TYPE_BYTES else _TEXTS)
        case FieldDescriptor.CPPTYPE_INT32 | FieldDescriptor.CPPTYPE_ENUM:
            return random_source.choice(_INTEGERS)
        case FieldDescriptor.CPPTYPE_INT64:
            return random_source.choice(_LONG_INTEGERS)
        case FieldDescriptor.CPPTYPE_BOOL:
            return random_source.random() < 0.5
        case _:
            return random_source.choice(_FLOATS)


def _deep_record(random_source: random.Random) -> Struct:
    """A record that is nested, wide, or holds what JSON cannot."""
    record = Struct()
    match random_source.randrange(4):
        case 0:
            inner = record
            for _ in range(random_source.choice((5, 20, 30))):
                inner = inner.get_or_create_struct("a")
        case 1:
            record.update({f"key {number}": number for number in range(2_000)})
        case 2:
            record["figure"] = random_source.choice(_FLOATS)
        case _:
            record[random_source.choice(_TEXTS)] = random_source.choice(_TEXTS)
    return record
