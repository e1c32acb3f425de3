"""A derived threshold as a policy file: the base policy's values, with the thresholds and the guarantee written in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import yaml

from eval.risk.control import Controlled, Target
from server.stages.policy import Policy, parse_policy


def policy_text(
    base: Policy,
    name: str,
    target: Target,
    found: Controlled,
    by_category: Mapping[str, Controlled],
    rows: int,
    day: date,
) -> str:
    """A YAML policy called `name`, of the revision after `base`'s; it parses, and its thresholds are the derived ones."""
    values = base.model_dump(mode="json")
    values |= {
        "name": name,
        "revision": base.revision + 1,
        "description": f"Derived from {rows:,} labelled answers on {day.isoformat()}: {target}.",
    }
    values["thresholds"]["pass_confidence"] = found.threshold
    for category, own in by_category.items():
        values["categories"][category]["pass_confidence"] = own.threshold
    text = f"# Written by `groundwire eval risk` from the policy {base.version}. {target}.\n".replace(". at", ". At")
    text += "# It holds for answers like those labelled: derive it again when the model, the corpus or the questions change.\n"
    text += yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=120)
    parse_policy(text, "the derived policy")
    return text
