"""Fuzzers: what a model, a broken server, a page, a person at a shell might send. Only documented errors may come out.

`python -m benchmarks.fuzz` runs them at length; the test here runs a share of each.
"""
