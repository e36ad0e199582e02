"""Faults: what a test wants to go wrong with the next calls of an endpoint."""

import math
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from langchain_ashby.sandbox.messages import Delivery

ANY = "*"
"""The endpoint of a fault that befalls every one of Ashby's methods."""
STORAGE = "_storage"
"""The endpoint of a fault that befalls uploads to the storage and downloads from it."""

_LONGEST_DELAY = 600
_LARGEST_REPLY = 10**9


@dataclass(frozen=True)
class Fault:
    """What goes wrong. A `status` or a `body` replaces the reply; only with `effect` is the call carried out then."""

    endpoint: str
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0
    drop: str | None = None
    body: bytes | None = None
    content_type: str | None = None
    effect: bool = False
    delivery: Delivery = field(default_factory=Delivery)

    @property
    def replaces_reply(self) -> bool:
        """Whether the reply is the fault's, and not that of the method."""
        return self.status is not None or self.body is not None

    @property
    def is_carried_out(self) -> bool:
        """Whether the call has its effect."""
        return self.drop != "before" and (self.effect or self.drop is not None or not self.replaces_reply)


def fault_from(
    endpoint: Any,
    known: Collection[str],
    *,
    status: Any = None,
    headers: Any = None,
    delay: Any = None,
    drop: Any = None,
    body: Any = None,
    content_type: Any = None,
    effect: Any = None,
    size: Any = None,
    cut: Any = None,
    drip_head: Any = None,
    drip_body: Any = None,
) -> Fault:
    """Check what a test asked for; a `ValueError` says what is wrong with it."""
    if not isinstance(endpoint, str) or endpoint not in {ANY, STORAGE, *known}:
        raise ValueError(f"endpoint: there is no method {endpoint!r} (use {ANY!r} for every method)")
    if status is not None and not (_is_number(status) and isinstance(status, int) and 200 <= status <= 599):
        raise ValueError("status: must be an HTTP status from 200 to 599")
    for name, seconds in {"delay": delay, "drip_head": drip_head, "drip_body": drip_body}.items():
        if seconds is not None and not (_is_number(seconds) and 0 <= seconds <= _LONGEST_DELAY):
            raise ValueError(f"{name}: must be a number of seconds from 0 to {_LONGEST_DELAY}")
    if drop not in (None, "before", "during", "after"):
        raise ValueError('drop: must be "before" or "after" (the effect) or "during" (the reply)')
    if body is not None and not isinstance(body, str | bytes):
        raise ValueError("body: must be a string (the reply's text, byte for byte) or bytes")
    if content_type is not None and not _is_line(content_type):
        raise ValueError("content_type: must be a string")
    if effect is not None and not isinstance(effect, bool):
        raise ValueError("effect: must be true or false")
    for name, number in {"size": size, "cut": cut}.items():
        if number is not None and not (
            _is_number(number) and isinstance(number, int) and 0 <= number <= _LARGEST_REPLY
        ):
            raise ValueError(f"{name}: must be a number of bytes from 0 to {_LARGEST_REPLY}")
    headers = {} if headers is None else headers
    if not isinstance(headers, Mapping) or not all(_is_line(text) for pair in headers.items() for text in pair):
        raise ValueError("headers: must be an object of strings")
    if not headers and status is delay is drop is body is content_type is size is cut is drip_head is drip_body is None:
        raise ValueError(
            "a fault needs at least one of status, headers, delay, drop, body, content_type, size, cut, drip_head and "
            "drip_body"
        )
    return Fault(
        endpoint,
        status,
        dict(headers),
        delay or 0,
        drop,
        body.encode() if isinstance(body, str) else body,
        content_type,
        effect or False,
        Delivery(size or 0, cut, drop == "during", drip_head or 0, drip_body or 0),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable()


class Faults:
    """Faults that wait for their calls, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[Fault, int]] = []

    def add(self, fault: Fault, times: Any = 1) -> None:
        """Let the next `times` calls of the fault's endpoint go wrong."""
        if isinstance(times, bool) or not isinstance(times, int) or times < 1:
            raise ValueError("times: must be a whole number from 1")
        with self._lock:
            self._waiting.append((fault, times))

    def take(self, endpoint: str) -> Fault | None:
        """The fault that befalls this call, which is used up by it."""
        with self._lock:
            for index, (fault, times) in enumerate(self._waiting):
                if fault.endpoint == endpoint or (fault.endpoint == ANY and endpoint != STORAGE):
                    self._waiting[index : index + 1] = [(fault, times - 1)] if times > 1 else []
                    return fault
        return None

    def reset(self) -> None:
        """Forget the faults."""
        with self._lock:
            self._waiting.clear()
