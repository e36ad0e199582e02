"""Tells a database that does not answer from errors of other kinds."""

from __future__ import annotations


def is_outage(error: BaseException) -> bool:
    """True if a database is away, locked, full or read-only, or took too long.

    The errors are known by the names that PEP 249 gives them: which driver is in use is the application's choice.
    """
    if isinstance(error, TimeoutError):
        return True
    return any(it.__name__ in _NAMES and it.__module__.startswith(_DRIVERS) for it in type(error).__mro__)


_NAMES = ("OperationalError", "InterfaceError")
_DRIVERS = ("sqlite3", "psycopg", "aiosqlite", "asyncpg")
