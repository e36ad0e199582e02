"""What the package costs beside what one would do without it: `python -m benchmarks.cost`; see benchmarks/README.md."""
