"""Whether one text speaks of what another does, by the words that both have."""

from __future__ import annotations

from server.stages.evidence import terms

MOSTLY = 0.75


def is_about(claim: str, text: str, share: float = MOSTLY) -> bool:
    """Whether `text` has at least a `share`, in [0, 1], of the words of `claim`; False for a claim without words."""
    wanted = terms(claim)
    return bool(wanted) and len(wanted & terms(text)) >= share * len(wanted)
