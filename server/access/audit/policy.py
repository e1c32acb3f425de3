"""What the audit keeps of content, and for how long: by collection, read from YAML and checked at start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from server.errors import InvalidConfiguration


class Rule(BaseModel):
    """How records about a collection are kept.

    `content`: questions, answers and queries as SHA-256 alone, or their text as well. `keep_days`: after so many days a record's
    details are erased; 0 is never.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    content: Literal["hashes", "text"] = "hashes"
    keep_days: Annotated[int, Field(ge=0, le=36_500)] = 0


class AuditPolicy(BaseModel):
    """One rule for each collection that has its own, and `default` for all others and for what is about no collection."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    default: Rule = Rule()
    collections: Mapping[str, Rule] = Field(default_factory=dict)

    @property
    def erases(self) -> bool:
        """Whether anything is ever erased by it."""
        return any(rule.keep_days for rule in (self.default, *self.collections.values()))

    def keeps_text(self, collections: Iterable[str]) -> bool:
        """Whether the text of a decision about some collections is kept: when the rule of each of them allows it."""
        return all(rule.content == "text" for rule in self._rules(collections))

    def keep_days(self, collections: Iterable[str]) -> int:
        """How many days the details of such a decision are kept: the fewest that one of the rules says; 0 for ever."""
        return min((rule.keep_days for rule in self._rules(collections) if rule.keep_days), default=0)

    def _rules(self, collections: Iterable[str]) -> list[Rule]:
        return [self.collections.get(name, self.default) for name in collections] or [self.default]


def load_audit_policy(file: Path | None) -> AuditPolicy:
    """The policy in a YAML file, or the built-in one: hashes alone, for ever. Raises InvalidConfiguration."""
    if file is None:
        return AuditPolicy()
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
        return AuditPolicy.model_validate(content or {})
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfiguration(f"{file}: cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise InvalidConfiguration(f"{file}: not YAML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'the file'}: {each['msg']}, not {each['input']!r}"
            for each in error.errors(include_url=False)
        )
        raise InvalidConfiguration(f"{file}: {problems}") from error
