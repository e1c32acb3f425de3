"""What is masked, how, and for whom: rules read from YAML and checked at start. Without a file, nothing is masked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from server.access.masking.detectors import Kind
from server.access.masking.fields import field_name
from server.domain import Caller
from server.errors import InvalidConfiguration


class Treatment(StrEnum):
    """What becomes of a value: its kind in brackets, nothing, something less exact, or a name that stands for it."""

    MASK = "mask"
    DROP = "drop"
    GENERALISE = "generalise"
    TOKENISE = "tokenise"


GENERALISED = frozenset({Kind.BIRTH_DATE, Kind.PAYMENT_CARD, Kind.EMAIL})
"""What has a less exact form: the year, the last four digits, the domain."""

_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Exempt(_Section):
    """Who sees values as they are: whoever has one of the roles or is in one of the groups."""

    roles: tuple[_Name, ...] = ()
    groups: tuple[_Name, ...] = ()

    def covers(self, caller: Caller) -> bool:
        """Whether the caller, and whom it acts for, are exempt."""
        return all(
            not set(self.roles).isdisjoint(who.roles) or not set(self.groups).isdisjoint(who.groups)
            for who in caller.principals
        )


class Rule(_Section):
    """Values that are treated in one way.

    `detect` are kinds of values to find in text, `fields` names of record fields; case and word separators do not count.
    `collections` are those that the rule is about, all if empty. The first rule that concerns a value decides.
    """

    action: Treatment
    detect: tuple[Kind, ...] = ()
    fields: tuple[_Name, ...] = ()
    collections: tuple[_Name, ...] = ()
    exempt: Exempt = Exempt()

    @cached_property
    def field_names(self) -> frozenset[str]:
        """The fields, in the spelling in which names are compared."""
        return frozenset(map(field_name, self.fields))

    @model_validator(mode="after")
    def _is_possible(self) -> Rule:
        if not self.detect and not self.fields:
            raise ValueError("needs detect or fields: what is it about?")
        exact = sorted(set(self.detect) - GENERALISED)
        if self.action is Treatment.GENERALISE and exact:
            raise ValueError(f"{', '.join(exact)} cannot be generalised; {', '.join(sorted(GENERALISED))} can")
        return self


class MaskingPolicy(_Section):
    """The rules, in order, and whether passages that a caller brings along are masked as well."""

    rules: tuple[Rule, ...] = ()
    caller_passages: bool = False

    @property
    def version(self) -> str:
        """`masking@hash`; the hash is of every value. Empty where nothing is ever masked."""
        if not self.rules:
            return ""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return f"masking@{hashlib.sha256(canonical.encode()).hexdigest()[:12]}"


def load_masking_policy(file: Path | None) -> MaskingPolicy:
    """The policy in a YAML file; one without rules for None. Raises InvalidConfiguration with the file and each wrong field."""
    if file is None:
        return MaskingPolicy()
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfiguration(f"{file}: cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise InvalidConfiguration(f"{file}: not YAML: {error}") from error
    if not isinstance(content, Mapping) or not content.get("rules"):
        raise InvalidConfiguration(f"{file}: has no rules; to mask nothing, leave the setting masking_policy empty")
    try:
        return MaskingPolicy.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_url=False)
        )
        raise InvalidConfiguration(f"{file}: {problems}") from error
