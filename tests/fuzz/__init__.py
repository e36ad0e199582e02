"""Fuzzers: input from models, broken servers, web pages and shells may only cause documented errors.

`python -m benchmarks.fuzz` runs them at length; the test here runs a sample of each.
"""
