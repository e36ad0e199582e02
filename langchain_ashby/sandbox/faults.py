"""Faults: what a test wants to go wrong with the next calls of an endpoint."""

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from langchain_ashby.sandbox.messages import Delivery

ANY = "*"
"""The endpoint of a fault that strikes all of Ashby's methods."""
STORAGE = "_storage"
"""The endpoint of a fault that strikes uploads to the storage and downloads from it."""

_LONGEST_DELAY = 600
_LARGEST_REPLY = 10**9


@dataclass(frozen=True, kw_only=True)
class Fault(Delivery):
    """A fault that strikes the next calls of an endpoint.

    Attributes:
        endpoint: The method; `"*"` is every method, `"_storage"` uploads and downloads.
        times: How many calls it strikes.
        status: The HTTP status of a reply that replaces the method's; without `effect` the call is not carried out.
        headers: Added to the reply, or in place of its own (a `Content-Length` that lies, say).
        delay: Seconds before anything else happens.
        drop: Resets the connection `"before"` or `"after"` the effect, or `"during"` the reply, half of it sent.
        body: The body of a reply that replaces the method's; without `effect` the call is not carried out.
        content_type: The reply's `Content-Type`.
        effect: With a status or a body: the call is carried out before its reply is replaced.

    Raises:
        ValueError: The values make no sense; the text names the first one that does not.
    """

    endpoint: str = field(kw_only=False)
    times: int = 1
    status: int | None = None
    headers: Mapping[str, str] | None = None
    delay: float | None = None
    drop: str | None = None
    body: str | bytes | None = None
    content_type: str | None = None
    effect: bool | None = None

    def __post_init__(self) -> None:
        if not _is_whole(self.times, 1):
            raise ValueError("times: must be a whole number from 1")
        if self.status is not None and not _is_whole(self.status, 200, 599):
            raise ValueError("status: must be an HTTP status from 200 to 599")
        for name in ("delay", "drip_head", "drip_body"):
            seconds = getattr(self, name)
            if seconds is not None and not (_is_number(seconds) and 0 <= seconds <= _LONGEST_DELAY):
                raise ValueError(f"{name}: must be a number of seconds from 0 to {_LONGEST_DELAY}")
        if self.drop not in (None, "before", "during", "after"):
            raise ValueError('drop: must be "before" or "after" (the effect) or "during" (the reply)')
        if self.body is not None and not isinstance(self.body, str | bytes):
            raise ValueError("body: must be a string (the reply's text, byte for byte) or bytes")
        if self.content_type is not None and not _is_line(self.content_type):
            raise ValueError("content_type: must be a string")
        if self.effect is not None and not isinstance(self.effect, bool):
            raise ValueError("effect: must be true or false")
        for name in ("size", "cut"):
            number = getattr(self, name)
            if number is not None and not _is_whole(number, 0, _LARGEST_REPLY):
                raise ValueError(f"{name}: must be a number of bytes from 0 to {_LARGEST_REPLY}")
        headers = {} if self.headers is None else self.headers
        if not isinstance(headers, Mapping) or not all(_is_line(text) for pair in headers.items() for text in pair):
            raise ValueError("headers: must be an object of strings")
        if all(getattr(self, name) in (None, {}) for name in _DISTURBANCES):
            raise ValueError(f"a fault needs at least one of {', '.join(_DISTURBANCES)}")

    @property
    def replaces_reply(self) -> bool:
        """True if the reply is the fault's, not the method's."""
        return self.status is not None or self.body is not None

    @property
    def is_carried_out(self) -> bool:
        """True if the call has its effect."""
        return self.drop != "before" and (bool(self.effect) or self.drop is not None or not self.replaces_reply)

    @property
    def reset(self) -> bool:
        """See `Delivery`."""
        return self.drop == "during"


_DISTURBANCES = tuple(each.name for each in fields(Fault) if each.name not in ("endpoint", "times", "effect"))
"""The fields of a fault of which it needs at least one."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_whole(value: Any, least: float, most: float = math.inf) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable()


class Faults:
    """The faults that wait for their calls, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """Makes a fault wait for its calls."""
        with self._lock:
            self._waiting.append((fault, fault.times))

    def take(self, endpoint: str) -> Fault | None:
        """Returns the fault that strikes this call, and uses it up by one."""
        with self._lock:
            for index, (fault, times) in enumerate(self._waiting):
                if fault.endpoint == endpoint or (fault.endpoint == ANY and endpoint != STORAGE):
                    self._waiting[index : index + 1] = [(fault, times - 1)] if times > 1 else []
                    return fault
        return None

    def reset(self) -> None:
        """Forgets the faults."""
        with self._lock:
            self._waiting.clear()
