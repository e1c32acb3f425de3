"""Domain values to JSON and back, driven by the type hints of their dataclasses.

Takes what the domain is made of: frozen dataclasses, tuples, string-keyed mappings, string enums, UTC times, durations,
optional values and the primitives. A field that is missing from the JSON takes its default, so that a value written by an
older version of the service can still be read.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
Json: TypeAlias = Any
_Codec: TypeAlias = tuple[Callable[[Any], Json], Callable[[Json], Any]]


def dumps(value: object) -> str:
    """A dataclass as JSON text: one line, keys in the order of the fields."""
    kind: Any = type(value)
    encode, _ = _codec(kind)
    return json.dumps(encode(value), ensure_ascii=False, separators=(",", ":"))


def loads(kind: type[Value], text: str) -> Value:
    """The dataclass that `dumps` wrote. Raises ValueError when `text` is not the JSON of a `kind`."""
    codec: Any = kind
    _, decode = _codec(codec)
    try:
        return cast(Value, decode(json.loads(text)))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not the JSON of a {kind.__name__}: {error!r}") from error


@cache
def _codec(kind: Any) -> _Codec:
    """How to encode and decode one type."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _optional(kind)
    if origin is tuple:
        return _tuple(kind)
    if origin is Mapping:
        return dict, dict
    if kind is datetime:
        return datetime.isoformat, datetime.fromisoformat
    if kind is timedelta:
        # In whole microseconds, since a float of seconds would not come back the same.
        return lambda duration: duration // timedelta(microseconds=1), lambda count: timedelta(microseconds=count)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return str, kind
    if is_dataclass(kind):
        return _dataclass(cast(type, kind))
    if kind in (str, int, float, bool):
        return kind, kind
    raise TypeError(f"no JSON form for {kind}")


def _optional(kind: Any) -> _Codec:
    (inner,) = (argument for argument in get_args(kind) if argument is not types.NoneType)
    # Looked up when it is needed: a type may have an optional value of itself.
    return (
        lambda value: None if value is None else _codec(inner)[0](value),
        lambda value: None if value is None else _codec(inner)[1](value),
    )


def _tuple(kind: Any) -> _Codec:
    inner, _ = get_args(kind)
    encode, decode = _codec(inner)
    return lambda values: [encode(value) for value in values], lambda values: tuple(decode(value) for value in values)


def _dataclass(kind: type) -> _Codec:
    hints = get_type_hints(kind)
    codecs = {item.name: _codec(hints[item.name]) for item in fields(kind)}
    required = {item.name for item in fields(kind) if item.default is MISSING and item.default_factory is MISSING}

    def encode(value: Any) -> Json:
        return {name: encode_field(getattr(value, name)) for name, (encode_field, _) in codecs.items()}

    def decode(value: Json) -> Any:
        missing = required - value.keys()
        if missing:
            raise KeyError(f"{kind.__name__} lacks {', '.join(sorted(missing))}")
        return kind(**{name: codecs[name][1](item) for name, item in value.items() if name in codecs})

    return encode, decode
