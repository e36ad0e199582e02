"""Decides when the next request may be sent: within a rate of our own, and after any pause that Ashby asked for.

All threads of a client share one rate limit. After a 429 they resume one after the other, at first far apart and then
closer together, until no request is refused.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from langchain_ashby.errors import ConfigurationError, RateLimitError
from langchain_ashby.http.deadline import Deadline

if TYPE_CHECKING:
    from langchain_core.rate_limiters import BaseRateLimiter

LONGEST_PAUSE = 60.0
"""Seconds. Pauses are cut to this length, whatever a header says: the next request shows if more is needed."""

_USUAL_PAUSE = 1.0
_FIRST_SPACING, _WIDEST_SPACING, _NO_SPACING = 0.05, 2.0, 0.005
_CLOSER = 0.9
_POLL = 0.02

_log = logging.getLogger("langchain_ashby.http")


class RateLimit:
    """Gives each request its turn.

    Args:
        requests_per_minute: The most that are sent in a minute, evenly spread; None for no limit of our own.
    """

    def __init__(self, requests_per_minute: float | None = None) -> None:
        self._bucket = None if requests_per_minute is None else _bucket(requests_per_minute)
        self._lock = threading.Lock()
        self._next_turn = 0.0
        self._spacing = 0.0
        self._slowed_at = 0.0

    def acquire(self, deadline: Deadline) -> float:
        """Waits for this request's turn and returns the moment at which it came, by `time.monotonic`.

        Raises:
            RateLimitError: if the turn comes after the deadline.
            DeadlineExceeded: if the call was canceled meanwhile.
        """
        while self._bucket is not None and not self._bucket.acquire(blocking=False):
            if not deadline.allows(_POLL):
                raise RateLimitError("The limit of requests_per_minute left no time for this request")
            deadline.sleep(_POLL)
        while True:
            asked = time.monotonic()
            if not self._next_turn:
                return asked
            deadline.sleep(self._take_turn(deadline) - asked)
            if self._slowed_at <= asked:
                return time.monotonic()
            # Another request was refused meanwhile: wait again.

    def refused(self, sent: float, retry_after: float | None) -> None:
        """Pauses all requests after a 429.

        Args:
            sent: What `acquire` returned for the request.
            retry_after: The seconds to wait, where Ashby said so.
        """
        pause = _USUAL_PAUSE if retry_after is None else min(retry_after, LONGEST_PAUSE)
        with self._lock:
            # Other processes may use the key as well and were told the same time.
            end = time.monotonic() + pause + random.uniform(0, _USUAL_PAUSE / 4)
            if sent >= self._slowed_at:  # requests that were under way together count once
                self._spacing = min(max(2 * self._spacing, _FIRST_SPACING), _WIDEST_SPACING)
            self._slowed_at = time.monotonic()
            self._next_turn = max(self._next_turn, end)
        _log.warning("Ashby asked for fewer requests (HTTP 429): all requests pause for %.1f s", pause)

    def accepted(self, headers: Mapping[str, str]) -> None:
        """Closes the gaps between requests after any other reply, unless its headers say that the limit is used up."""
        left = headers.get("X-RateLimit-Remaining") or headers.get("RateLimit-Remaining")
        if left is not None and left.strip() == "0":
            self._used_up(headers.get("X-RateLimit-Reset") or headers.get("RateLimit-Reset"))
        elif self._spacing:
            with self._lock:
                self._spacing = self._spacing * _CLOSER if self._spacing > _NO_SPACING else 0.0

    def _used_up(self, reset: str | None) -> None:
        """Pauses until the window ends, which headers give in seconds from now or since 1970."""
        try:
            seconds = float(reset or "nan")
        except ValueError:
            return
        if seconds > 1e9:
            seconds -= time.time()
        if 0 < seconds < float("inf"):
            with self._lock:
                self._next_turn = max(self._next_turn, time.monotonic() + min(seconds, LONGEST_PAUSE))
                self._spacing = self._spacing or _FIRST_SPACING
            _log.warning("Ashby's rate limit is used up: requests pause for %.1f s", min(seconds, LONGEST_PAUSE))

    def _take_turn(self, deadline: Deadline) -> float:
        """Reserves the moment at which this request may go."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next_turn)
            if not deadline.allows(turn - now):
                raise RateLimitError(
                    "Ashby received too many requests and asked for a pause", retry_after=round(turn - now, 1)
                )
            self._next_turn = turn + self._spacing if self._spacing or turn > now else 0.0
            return turn


def _bucket(requests_per_minute: float) -> BaseRateLimiter:
    if not isinstance(requests_per_minute, int | float) or not 0 < requests_per_minute < float("inf"):
        raise ConfigurationError("requests_per_minute takes a number above 0", remedy="Leave it out for no limit.")
    # Imported only where a limit is set: the client alone works without LangChain.
    from langchain_core.rate_limiters import InMemoryRateLimiter

    return InMemoryRateLimiter(requests_per_second=requests_per_minute / 60, check_every_n_seconds=_POLL)
