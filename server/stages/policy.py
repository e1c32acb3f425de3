"""What is let through and what is not: thresholds, limits and categories, read from YAML and checked at start."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from server.errors import InvalidConfiguration, InvalidInput
from server.stages.precedence import Criterion

DEFAULT = "default"

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
_Collection = Annotated[str, StringConstraints(min_length=1, max_length=256)]
_Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]
_Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Thresholds(_Section):
    """Probabilities in [0, 1].

    From `supported` and `contradicted` a claim is so called, from `pass_confidence` an answer passes. A passage refutes only when
    it holds a share of at least `contradiction_relevance` of the claim's words, supports only from `support_relevance`, and speaks
    against another that supports from a probability of `conflict`. `verbatim` and `derived` are the least that a claim gets whose
    sentence, or whose computed figure, the evidence has; `mismatch` is the least probability of refuting of a passage that states
    a fact differently. `after_mismatch` and `after_not_found` are the shares of its probability that a claim keeps with a fact that
    the evidence states differently, or not at all; whatever they are, it stays below `supported`.
    """

    supported: _Probability = 0.5
    contradicted: _Probability = 0.5
    pass_confidence: _Probability = 0.5
    contradiction_relevance: _Probability = 0.5
    support_relevance: _Probability = 0.1
    conflict: _Probability = 0.95
    verbatim: _Probability = 0.97
    derived: _Probability = 0.85
    mismatch: _Probability = 0.65
    after_mismatch: _Probability = 0.7
    after_not_found: _Probability = 1.0


class Block(_Section):
    """When an answer is not only routed but withheld.

    One claim CONTRADICTED with a probability of at least `contradicted` blocks (above 1: never); with `high_stakes`, so does any
    CONTRADICTED claim in an answer of a category that routes.
    """

    contradicted: Annotated[float, Field(ge=0.0, le=2.0)] = 0.5
    high_stakes: bool = True


class Caution(_Section):
    """What else makes a person look, although it moves no verdict.

    Text that reads like an instruction to a model, text that is hidden from readers, and support from untrusted sources alone.
    """

    injection: bool = True
    hidden_text: bool = True
    untrusted_support: bool = True


class Conflicts(_Section):
    """By what passages that disagree are ranked, the first difference deciding; the higher one is cited first.

    A claim on which passages disagree stays CONFLICTING, whatever their rank.
    """

    rank_by: Annotated[tuple[Criterion, ...], Field(strict=False)] = ("trust", "validity", "recency")


class Stop(_Section):
    """When an answer that is still being written should be stopped.

    At this many claims that would block it, or at this many that are flagged: claims with any other label than SUPPORTED. 0: never.
    """

    blocking_claims: Annotated[int, Field(ge=0)] = 1
    flagged_claims: Annotated[int, Field(ge=0)] = 0


class Limits(_Section):
    """Counts beyond which the service does not check, and says so."""

    answer_characters: Annotated[int, Field(ge=1)] = 65_536
    claims: Annotated[int, Field(ge=1)] = 200
    claim_characters: Annotated[int, Field(ge=1)] = 4_000
    passages: Annotated[int, Field(ge=1)] = 256
    evidence_characters: Annotated[int, Field(ge=1)] = 4_000_000


class CategoryRule(_Section):
    """How answers of one category are treated; `pass_confidence` overrides the policy's threshold for them."""

    route: bool
    detect: bool = False
    terms: Annotated[tuple[_Term, ...], Field(strict=False)] = ()
    pass_confidence: _Probability | None = None


class Policy(_Section):
    """One policy file; `max_age_days` are the days for which what was observed of a collection supports anything."""

    name: _Name
    revision: Annotated[int, Field(ge=1)]
    description: str = ""
    thresholds: Thresholds = Thresholds()
    block: Block = Block()
    conflicts: Conflicts = Conflicts()
    stop: Stop = Stop()
    caution: Caution = Caution()
    limits: Limits = Limits()
    max_age_days: Mapping[_Collection, Annotated[int, Field(ge=0)]] = {}
    categories: Mapping[_Name, CategoryRule]

    @cached_property
    def version(self) -> str:
        """`name@revision:hash`; the hash is of every value, so that two policies with one version decide alike."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return f"{self.name}@{self.revision}:{hashlib.sha256(canonical.encode()).hexdigest()[:12]}"

    def pass_confidence(self, categories: tuple[str, ...]) -> float:
        """The probability from which an answer of `categories` passes: the strictest threshold that applies."""
        own = (self.categories[name].pass_confidence for name in categories if name in self.categories)
        return max([self.thresholds.pass_confidence, *(threshold for threshold in own if threshold is not None)])


@dataclass(frozen=True, slots=True)
class Policies:
    """Every policy that requests may name."""

    by_name: Mapping[str, Policy]

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in alphabetical order."""
        return tuple(sorted(self.by_name))

    def get(self, name: str) -> Policy:
        """The policy called `name`, the default one for the empty name; raises `InvalidInput` for an unknown one."""
        policy = self.by_name.get(name or DEFAULT)
        if policy is None:
            raise InvalidInput(
                "policy", f"there is no policy {name!r}; known: {', '.join(self.names)}", reason="UNKNOWN_POLICY"
            )
        return policy


def load_policies(folder: Path | None = None) -> Policies:
    """The built-in default policy and every `*.yaml` file of `folder`, where one named `default` replaces the built-in one.

    Raises `InvalidConfiguration` naming the file and the field.
    """
    built_in = parse_policy(
        (files("server.policies") / "default.yaml").read_text("utf-8"), "the built-in default policy"
    )
    by_name = {built_in.name: built_in}
    own: dict[str, Path] = {}
    if folder is not None:
        if not folder.is_dir():
            raise InvalidConfiguration(f"the policy folder {folder} is not a directory")
        for path in sorted(folder.glob("*.yaml")):
            policy = parse_policy(_read(path), str(path))
            if policy.name in own:
                raise InvalidConfiguration(f"{path}: the policy name {policy.name!r} is taken by {own[policy.name]}")
            own[policy.name] = path
            by_name[policy.name] = policy
    return Policies(by_name)


def parse_policy(text: str, source: str) -> Policy:
    """The policy in a YAML `text`; raises `InvalidConfiguration` naming `source` and every wrong field."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidConfiguration(f"{source}: not YAML: {error}") from error
    if not isinstance(content, dict):
        raise InvalidConfiguration(f"{source}: a policy is a mapping of fields, not {type(content).__name__}")
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(_problem(dict(each)) for each in error.errors(include_url=False))
        raise InvalidConfiguration(f"{source}: {problems}") from error


def _problem(error: Mapping[str, object]) -> str:
    location = error["loc"]
    place = ".".join(str(part) for part in location) if isinstance(location, tuple) else str(location)
    return f"{place}: {error['msg']}, not {error.get('input')!r}"


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidConfiguration(f"{path}: cannot be read: {error}") from error
