"""Ids and times for the company. The same names always give the same id, and no clock is read."""

import functools
import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

Record = Mapping[str, Any]
Records = Iterator[tuple[str, Record]]
"""(kind, record) pairs; the kinds and their records are those of `records.KINDS`."""

NOW = datetime(2026, 11, 2, 9)
"""The moment, in UTC, at which the company is seen. What is scheduled lies after it, everything else before."""


@functools.lru_cache(maxsize=2048)
def ident(*names: object) -> str:
    """The id of what these names stand for: a version 5 UUID."""
    digest = hashlib.sha1("/".join(("tidewright", *map(str, names))).encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def idents(kind: str, keys: str) -> list[str]:
    """The ids of several things of a kind, named in one string."""
    return [ident(kind, key) for key in keys.split()]


def ref(kind: str, key: str) -> str | None:
    """The id of something that may be missing: none for no key."""
    return ident(kind, key) if key else None


def present(**values: Any) -> dict[str, Any]:
    """A record of the values that are not None."""
    return {key: value for key, value in values.items() if value is not None}


def time(moment: datetime) -> str:
    """As Ashby writes times: UTC with milliseconds and Z."""
    return moment.isoformat(timespec="milliseconds") + "Z"


def ago(days: float) -> str:
    """The time so many days before `NOW`; negative days lie in the future."""
    return time(NOW - timedelta(days=days))
