"""Times and decisions in the words of the pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from langchain_ashby.text.safe import as_typed
from langchain_ashby.text.words import count, day, zone

DECISIONS: Mapping[str, str] = {
    "approve": "Approved",
    "edit": "Edited",
    "reject": "Rejected",
    "respond": "Answered",
    "stop": "Stopped",
}
"""What was decided, by the type of the decision."""


def decided(kind: Any) -> str:
    """What was decided, in a word."""
    return DECISIONS.get(str(kind), "Decided")


def age(time: datetime, now: datetime) -> str:
    """How long ago or until something is, in a few letters: now, 5 min, 3 h, 2 d."""
    seconds = abs(int((now - time).total_seconds()))
    if seconds < _MINUTE:
        return "now"
    return next(f"{seconds // size} {unit}" for unit, size in _UNITS if seconds >= size)


def ago(time: datetime, now: datetime) -> str:
    """How long ago or until something is, in words: 3 hours, 1 day."""
    seconds = abs(int((now - time).total_seconds()))
    if seconds < _MINUTE:
        return "less than a minute"
    return next(count(seconds // size, word) for word, size in _WORDS if seconds >= size)


def moment(time: datetime | str) -> str:
    """A time, perhaps in ISO 8601, in words, in the server's zone: Tue 24 Nov 2026, 15:00 UTC."""
    there = (datetime.fromisoformat(time) if isinstance(time, str) else time).astimezone(zone())
    return f"{day(there)}, {there:%H:%M %Z}"


def is_soon(time: datetime | None, now: datetime) -> bool:
    """True if something comes within four hours."""
    return time is not None and time - now < timedelta(hours=4)


def json_text(value: Any) -> str:
    """JSON to be read, in which nothing that was typed looks like a mark of ours."""
    return as_typed(json.dumps(value, indent=2, ensure_ascii=False))


_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = (("d", _DAY), ("h", _HOUR), ("min", _MINUTE))
_WORDS = (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE))
