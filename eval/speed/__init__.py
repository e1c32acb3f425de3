"""How fast the service is against its own parts, as ratios measured side by side in one run."""
