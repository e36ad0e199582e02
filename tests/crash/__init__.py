"""A harness that kills the agent at the worst instants and counts what reached Ashby.

`python -m benchmarks.crashes` and its siblings run it at length; the tests here run a sample.
"""
