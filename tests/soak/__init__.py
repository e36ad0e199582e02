"""Agents at work for a long time, while everything around them fails at random: `python -m benchmarks.soak`."""
