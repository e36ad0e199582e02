"""The fault matrix: every tool under every failure between it and Ashby.

`troubles.py` lists the faults and the required outcomes; `python -m benchmarks.faults` injects them.
"""
