"""Deterministic checks of the facts in a claim against the same kind of facts in the evidence; one file for each kind."""
