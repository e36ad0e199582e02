"""Fixtures for the server tests."""

from postgres import postgres

__all__ = ["postgres"]
