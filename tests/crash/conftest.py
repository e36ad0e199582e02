"""What the tests of the harness share: a PostgreSQL, and the commands that they run."""

from postgres import postgres

__all__ = ["postgres"]
