"""One text for each JSON value, so that equal values have equal hashes and signatures."""

from __future__ import annotations

import json
from typing import Any


def canonical(value: Any) -> str:
    """JSON in ASCII without white space, keys sorted by code point; raises ValueError for a number that JSON does not have.

    Whole numbers, strings, booleans, null, lists and mappings have one form in every implementation of JSON. Fractions do not:
    whoever hashes or signs states them as strings.
    """
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
