"""What the server tests share."""

from postgres import postgres

__all__ = ["postgres"]
