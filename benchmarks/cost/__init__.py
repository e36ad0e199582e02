"""Compares the package's cost with that of doing without it: `python -m benchmarks.cost`; see benchmarks/README.md."""
