"""A harness that kills the agent at the worst instants, and counts what Ashby has seen of it.

`python -m benchmarks.crashes` and its neighbours run it at length; the tests here run a share of it.
"""
