"""Benchmarks and regression suites, run against a server through its public contract."""
