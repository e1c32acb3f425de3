"""What the operator says of tenants: their region, and how much of the service each may use; read from a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.errors import InvalidConfiguration

EVERY_OTHER = "*"
"""The entry of the file for tenants that have none of their own."""


class Tenant(BaseModel):
    """One entry; None and "" set no limit.

    `calls_per_second` may be saved up for one second; `concurrent_calls` are under way at once; `stored_bytes` counts the
    content of all versions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str = Field(default="", max_length=64)
    calls_per_second: float | None = Field(default=None, gt=0)
    concurrent_calls: int | None = Field(default=None, gt=0)
    stored_bytes: int | None = Field(default=None, ge=0)


_UNLIMITED = Tenant()


@dataclass(frozen=True, slots=True)
class Tenants:
    """The entries by tenant."""

    by_name: Mapping[str, Tenant] = field(default_factory=dict)

    def of(self, name: str) -> Tenant:
        """The tenant's own entry, that of every other, or one without limits."""
        return self.by_name.get(name) or self.by_name.get(EVERY_OTHER) or _UNLIMITED


def load_tenants(path: Path | None) -> Tenants:
    """The entries of a file; none for None. Raises InvalidConfiguration naming the tenant and the field."""
    if path is None:
        return Tenants()
    try:
        content: Any = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidConfiguration(f"{path}: cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise InvalidConfiguration(f"{path}: a file of tenants is a mapping by name, not {type(content).__name__}")
    by_name: dict[str, Tenant] = {}
    for name, entry in content.items():
        try:
            by_name[str(name)] = Tenant.model_validate(entry or {})
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in (name, *problem["loc"]))
            raise InvalidConfiguration(f"{path}: {place}: {problem['msg']}") from None
    return Tenants(by_name)
