"""Times and decisions in the words of the pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from langchain_ashby.inbox.became import became
from langchain_ashby.inbox.reasons import Reason, reason
from langchain_ashby.inbox.results import Result
from langchain_ashby.text import html
from langchain_ashby.text.html import Markup, safe
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


def became_of(result: Result) -> str:
    """What became of a decision, in a few words."""
    other = result.by or "Someone"
    return {
        "decided by another": f"{other} decided first",
        "taken back": f"Undone by {other}",
        "asked again": "Asked again",
        "changed": "Not written: the card changed",
        "not delivered": "Not written",
    }.get(result.outcome) or became(result.outcome).words


def reason_of(result: Result) -> Reason:
    """Returns the reason for a result, and what to do next."""
    if result.outcome == "decided by another":
        return Reason(became(result.detail).words if result.detail else "", "")
    return reason(result.outcome, result.detail)


def line(text: str) -> Markup:
    """What will happen, as HTML. What stands in parentheses, such as an address, is told from the rest."""
    pieces = _ASIDE.split(text)  # every other one is in parentheses
    return Markup(
        "".join(
            f'<span class="aside">{apart(it)}</span>' if place % 2 else apart(it) for place, it in enumerate(pieces)
        )
    )


def apart(text: Any) -> Markup:
    """Any text as HTML, kept apart from the direction of what stands around it."""
    return safe(html.apart(str(text)))


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
    """A time, perhaps in ISO 8601, in words, in the zone of `in_zone`: Tue 24 Nov 2026, 15:00 UTC."""
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
_ASIDE = re.compile(r"( ?\((?:[^()]|\([^()]*\))*\))")  # a name in it may have parentheses, too
