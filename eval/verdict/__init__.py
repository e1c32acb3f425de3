"""How often a verdict keeps what the service promises of it, on texts that are generated from a seed and on tables of TAT-QA."""
