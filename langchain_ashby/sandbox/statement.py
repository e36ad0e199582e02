"""Statements of requests: their fields, the types, and which fields are required.

A statement turns a request's body into checked values, or refuses it with `invalid_input` and the name of the field.
It is as lenient as Ashby: `"true"` and `"25"` are accepted for a boolean and an integer, and inside `ignoring()` a key
that the request does not have is passed over. Elsewhere such a key, which is a mistake of the caller's, is refused.
"""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from langchain_ashby.sandbox.clock import iso
from langchain_ashby.sandbox.messages import invalid

_EMAIL = re.compile(r"[^\s@,;<>()\"]+@[^\s@,;<>()\".]+(\.[^\s@,;<>()\".]+)+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LATEST_MILLISECOND = 253_402_300_799_999
_ignored: ContextVar[list[str] | None] = ContextVar("ignored", default=None)


@contextmanager
def ignoring() -> Iterator[list[str]]:
    """Passes over the keys that a request does not have; yields the list that says where they were."""
    places: list[str] = []
    token = _ignored.set(places)
    try:
        yield places
    finally:
        _ignored.reset(token)


class Field(Protocol):
    """The type of a field."""

    def check(self, value: Any, where: str) -> Any:
        """Returns the value in its stored form, or raises the refusal that names `where`."""


@dataclass(frozen=True)
class Text:
    """A string, not blank unless `blank` allows it."""

    blank: bool = False
    longest: int = 100_000

    def check(self, value: Any, where: str) -> str:
        """See `Field`."""
        if not isinstance(value, str):
            raise invalid(where, "must be a string")
        if not self.blank and not value.strip():
            raise invalid(where, "must not be empty")
        if len(value) > self.longest:
            raise invalid(where, f"must have at most {self.longest} characters")
        return value


@dataclass(frozen=True)
class Uuid:
    """An id.

    Attributes:
        words: Special words accepted instead.
        of: The kind of record that it refers to, which plain methods look up.
    """

    words: tuple[str, ...] = ()
    of: type[Mapping[str, object]] | None = None

    def check(self, value: Any, where: str) -> str:
        """See `Field`."""
        if isinstance(value, str) and value in self.words:
            return value
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise invalid(where, "must be a UUID")
        return str(uuid.UUID(value))


@dataclass(frozen=True)
class Flag:
    """A boolean; unless `strict`, its name in quotes will do."""

    strict: bool = False

    def check(self, value: Any, where: str) -> bool:
        """See `Field`."""
        if value in ("true", "false") and not self.strict:
            return bool(value == "true")
        if not isinstance(value, bool):
            raise invalid(where, "must be true or false")
        return value


@dataclass(frozen=True)
class Whole:
    """An integer between two bounds; unless `strict`, its digits in quotes will do."""

    least: int | None = None
    most: int | None = None
    strict: bool = False

    def check(self, value: Any, where: str) -> int:
        """See `Field`."""
        if isinstance(value, str) and not self.strict and re.fullmatch(r"-?[0-9]{1,18}", value):
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise invalid(where, "must be an integer")
        if self.least is not None and value < self.least:
            raise invalid(where, f"must be at least {self.least}")
        if self.most is not None and value > self.most:
            raise invalid(where, f"must be at most {self.most}")
        return value


@dataclass(frozen=True)
class Number:
    """A number."""

    def check(self, value: Any, where: str) -> float:
        """See `Field`."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid(where, "must be a number")
        return value


@dataclass(frozen=True)
class Choice:
    """One of these words."""

    words: tuple[str, ...]

    def check(self, value: Any, where: str) -> str:
        """See `Field`."""
        if not isinstance(value, str) or value not in self.words:
            raise invalid(where, f"must be one of {', '.join(self.words)}")
        return value


@dataclass(frozen=True)
class Milliseconds:
    """A time in milliseconds since the epoch."""

    def check(self, value: Any, where: str) -> int:
        """See `Field`."""
        return Whole(least=0, most=_LATEST_MILLISECOND).check(value, where)


@dataclass(frozen=True)
class Moment:
    """A date and time in ISO 8601; it is stored in UTC. One without a zone is refused, or `or_utc` is read as UTC."""

    or_utc: bool = False

    def check(self, value: Any, where: str) -> str:
        """See `Field`."""
        try:
            moment = datetime.fromisoformat(Text().check(value, where))
            if moment.tzinfo is None and self.or_utc:
                moment = moment.replace(tzinfo=UTC)
            if moment.tzinfo is None:
                raise invalid(where, "must say its time zone, as in 2026-01-31T09:30:00Z")
            return iso(moment.astimezone(UTC))
        except (ValueError, OverflowError):
            raise invalid(where, "must be a date and time in ISO 8601, as in 2026-01-31T09:30:00Z") from None


@dataclass(frozen=True)
class Day:
    """A date, `YYYY-MM-DD`."""

    def check(self, value: Any, where: str) -> str:
        """See `Field`."""
        try:
            if isinstance(value, str) and len(value) == 10:
                return date.fromisoformat(value).isoformat()
        except ValueError:
            raise invalid(where, "is not a day of the calendar") from None
        raise invalid(where, "must be a date, as in 2026-01-31")


@dataclass(frozen=True)
class Email:
    """An e-mail address."""

    def check(self, value: Any, where: str) -> str:
        """See `Field`."""
        if not isinstance(value, str) or len(value) > 254 or not _EMAIL.fullmatch(value):
            raise invalid(where, "must be an e-mail address")
        return value


@dataclass(frozen=True)
class Url:
    """An address on the web."""

    def check(self, value: Any, where: str) -> str:
        """See `Field`."""
        try:
            parts = urlsplit(Text(longest=2_000).check(value, where))
            if parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", value):
                return str(value)
        except ValueError:
            raise invalid(where, "is not a valid URL") from None
        raise invalid(where, "must be a URL that begins with https:// or http://")


@dataclass(frozen=True)
class Many:
    """A list; `least` is how many items it needs."""

    item: Field
    least: int = 0

    def check(self, value: Any, where: str) -> list[Any]:
        """See `Field`."""
        if not isinstance(value, list):
            raise invalid(where, "must be a list")
        if len(value) < self.least:
            raise invalid(where, f"must have at least {self.least} item{'s' if self.least > 1 else ''}")
        return [self.item.check(item, f"{where}[{index}]") for index, item in enumerate(value)]


@dataclass(frozen=True)
class OneOrMany:
    """An item, or a list of items; either way a list comes out."""

    item: Field

    def check(self, value: Any, where: str) -> list[Any]:
        """See `Field`."""
        if isinstance(value, list):
            return Many(self.item, least=1).check(value, where)
        return [self.item.check(value, where)]


@dataclass(frozen=True)
class Nullable:
    """A field that may be `null`."""

    field: Field

    def check(self, value: Any, where: str) -> Any:
        """See `Field`."""
        return None if value is None else self.field.check(value, where)


@dataclass(frozen=True)
class Anything:
    """Any value: the rule looks at it."""

    def check(self, value: Any, where: str) -> Any:
        """See `Field`."""
        return value


@dataclass(frozen=True)
class Shape:
    """An object with these keys."""

    required: Mapping[str, Field] = field(default_factory=dict)
    optional: Mapping[str, Field] = field(default_factory=dict)

    def check(self, value: Any, where: str) -> dict[str, Any]:
        """See `Field`."""
        if not isinstance(value, dict):
            raise invalid(where, "must be an object")
        prefix = f"{where}." if where else ""
        for key in self.required:
            if key not in value:
                raise invalid(prefix + key, "is required")
        fields, ignored = self.fields, _ignored.get()
        unknown = [prefix + key for key in value if key not in fields]
        if unknown and ignored is None:
            raise invalid(unknown[0], "is not a key that this request has")
        if ignored is not None:
            ignored += unknown
        return {key: fields[key].check(item, prefix + key) for key, item in value.items() if key in fields}

    @property
    def fields(self) -> dict[str, Field]:
        """The fields by key, required ones first."""
        return {**self.required, **self.optional}


class Alternatives:
    """An object in one of several shapes: the one that it shares most keys with; of equals, one that it completes."""

    def __init__(self, *shapes: Shape) -> None:
        self._shapes = shapes

    def check(self, value: Any, where: str) -> dict[str, Any]:
        """See `Field`."""
        keys = set(value) if isinstance(value, dict) else set()
        likeness = [(len(keys & shape.fields.keys()), keys >= shape.required.keys()) for shape in self._shapes]
        shape = self._shapes[likeness.index(max(likeness))]
        for key in sorted(keys - shape.fields.keys()):
            # It is known, so it is not passed over.
            if any(key in other.fields for other in self._shapes):
                own = ", ".join(each for each in shape.fields if each in keys)
                raise invalid(f"{where}.{key}" if where else key, f"cannot be given together with {own}")
        return shape.check(value, where)


def request(
    required: Mapping[str, Field] | None = None, optional: Mapping[str, Field] | None = None, *, paged: bool = False
) -> Shape:
    """States a request; `paged` adds `cursor`, `syncToken` and `limit`."""
    return Shape(required or {}, {**(optional or {}), **(_PAGED if paged else {})})


# `null` is tolerated where a client may not yet have a value. A limit above 100 counts as 100.
_PAGED: Mapping[str, Field] = {
    "cursor": Nullable(Text()),
    "syncToken": Nullable(Text()),
    "limit": Whole(least=1),
}
