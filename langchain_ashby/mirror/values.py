"""Values of Ashby's JSON as the mirror's tables take them; what is of another type is None, or empty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from langchain_ashby.mirror.tables import milliseconds


def moment(value: Any) -> int | None:
    """A time as Ashby writes it, in milliseconds since 1970; one without a zone is UTC."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return milliseconds(parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC))


def text(value: Any) -> str | None:
    """A text that every database takes: without NUL, and with nothing that is not Unicode."""
    if not isinstance(value, str):
        return None
    kept: str = value.replace("\0", "")
    return kept if kept.isascii() else kept.encode(errors="replace").decode()


def shown(value: Any) -> str:
    """The value of a custom field as text."""
    if isinstance(value, list):
        return "; ".join(filter(None, map(shown, value)))
    if isinstance(value, dict):
        low, high = shown(value.get("minValue")), shown(value.get("maxValue"))
        return f"{low} to {high}" if low or high else shown(value.get("value"))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else text(value) or ""


def object_of(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """The texts of a list."""
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def id_of(value: Any) -> str | None:
    """The id of an object."""
    return text(value.get("id")) if isinstance(value, dict) else None


def is_nested(value: Any) -> bool:
    """True for an object, and for a list that has other than texts in it."""
    return isinstance(value, dict) or (isinstance(value, list) and not all(isinstance(entry, str) for entry in value))


def has_id(record: Any) -> bool:
    """True for an object with an id that every database takes as it is."""
    return bool(id_of(record)) and id_of(record) == record["id"]


def flag(value: Any) -> bool | None:
    """True or false."""
    return value if isinstance(value, bool) else None


def whole(value: Any) -> int | None:
    """A whole number that a column takes."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31 else None


def day(value: Any) -> str | None:
    """The day of a date or a time."""
    written = text(value)
    return written and written[:10]
