"""Runs agents for a long time under random failures: `python -m benchmarks.soak`."""
