"""Fixtures for the tests of the agent."""

from postgres import postgres

__all__ = ["postgres"]
