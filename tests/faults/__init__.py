"""The fault matrix: every tool against everything that can go wrong between it and Ashby.

`troubles.py` says what is tried and what has to come of it; `python -m benchmarks.faults` tries it.
"""
