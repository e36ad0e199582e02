"""Reads JSON that a person typed, and converts Ashby's to what every checkpoint, store and text can hold.

JSON allows more: halves of characters (JavaScript writes them when it cuts text inside an emoji), numbers of any
length, unlimited nesting. One such value in one record must not end a run.
"""

from __future__ import annotations

import json
import math
from typing import Any, TypeVar, cast

T = TypeVar("T")

DEEPEST = 50
"""The deepest nesting of lists and objects. Ashby needs about ten levels."""

TOO_DEEP = "(nested too deeply)"
"""Replaces anything nested deeper."""

NOT_KEPT = "a number that is not finite or has more than 64 bits, or lists and objects nested too deeply"
"""Says what `json_safe` replaces."""


def read_typed(text: str) -> Any:
    """Reads JSON that a person typed.

    Raises:
        KeyTwiceError: if an object has a key twice: Python would take the last value and silently drop the others.
        ValueError: if it is not JSON.
        RecursionError: if it is nested too deeply to be read.
    """
    return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)


class KeyTwiceError(ValueError):
    """A JSON object has a key twice."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise KeyTwiceError(f"{json.dumps(key, ensure_ascii=False)} twice in one object")
        found[key] = value
    return found


def _no_number(constant: str) -> Any:
    raise ValueError(f"{constant} is not a number in JSON")


def json_safe(value: T) -> T:
    """Returns the value itself if every part of it is safe, or else a copy in which odd numbers are text."""
    return value if _is_safe(value) else cast(T, _made_safe(value, DEEPEST))


def _is_safe(value: Any) -> bool:
    """Checks numbers and depth level by level: fast, as this runs for every result and most are fine."""
    level: list[Any] = [[value]]
    for _ in range(DEEPEST + 1):
        below: list[Any] = []
        for outer in level:
            for inner in outer.values() if type(outer) is dict else outer:
                kind = type(inner)
                if kind is str:  # as most are
                    continue
                if kind is dict or kind is list:
                    below.append(inner)
                elif (kind is int and inner.bit_length() > 63) or (kind is float and not math.isfinite(inner)):
                    return False
        if not below:
            return True
        level = below
    return False


def _made_safe(value: Any, room: int) -> Any:
    if isinstance(value, dict):
        return {_text(str(key)): _made_safe(entry, room - 1) for key, entry in value.items()} if room else TOO_DEEP
    if isinstance(value, list):
        return [_made_safe(entry, room - 1) for entry in value] if room else TOO_DEEP
    if isinstance(value, str):
        return _text(value)
    is_odd = (isinstance(value, int) and value.bit_length() > 63) or (
        isinstance(value, float) and not math.isfinite(value)
    )
    return str(value) if is_odd else value


def whole_characters(value: Any) -> Any:
    """A safe copy of what `json.loads` read, with � for each half of a character."""
    return _made_safe(value, DEEPEST)


def sendable(value: T) -> T:
    """Returns the value itself if it is safe and every character in it is whole, or else a copy that is."""
    if isinstance(value, str) and value.isascii():  # as most are
        return value
    whole = whole_characters(value)
    return value if whole == value else cast(T, whole)


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
