"""Recognizes errors of a database that does not answer."""

from __future__ import annotations


def is_outage(error: BaseException) -> bool:
    """True if a database is down, locked, full or read-only, or took too long.

    The errors are recognized by their PEP 249 names, since the application chooses the driver.
    """
    if isinstance(error, TimeoutError):
        return True
    return any(it.__name__ in _NAMES and it.__module__.startswith(_DRIVERS) for it in type(error).__mro__)


_NAMES = ("OperationalError", "InterfaceError")
_DRIVERS = ("sqlite3", "psycopg", "aiosqlite", "asyncpg")
