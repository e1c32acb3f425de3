"""How well the deterministic checks tell a changed fact from a fact in other words, on generated texts."""
