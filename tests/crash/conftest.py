"""Fixtures of the harness: a PostgreSQL, and the commands."""

from postgres import postgres

__all__ = ["postgres"]
