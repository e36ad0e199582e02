"""When the next request may be sent: so many a minute, and not before Ashby has had the pause that it asked for.

One pace is shared by all threads of a client. After a 429 they do not go on all at once but one after the other, at
first far apart and then closer, until nobody is refused any more.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from langchain_ashby.errors import ConfigurationError, RateLimitError
from langchain_ashby.http.deadline import Budget

if TYPE_CHECKING:
    from langchain_core.rate_limiters import BaseRateLimiter

LONGEST_PAUSE = 60.0
"""Seconds. No longer pause is kept, whatever a header says: a request after it shows whether it is over."""

_USUAL_PAUSE = 1.0
_FIRST_SPACING, _WIDEST_SPACING, _NO_SPACING = 0.05, 2.0, 0.005
_CLOSER = 0.9
_POLL = 0.02


class Pace:
    """Lets requests go, each in its turn.

    Args:
        requests_per_minute: The most that are sent in a minute, evenly; no limit of our own if None.
    """

    def __init__(self, requests_per_minute: float | None = None) -> None:
        self._bucket = None if requests_per_minute is None else _bucket(requests_per_minute)
        self._lock = threading.Lock()
        self._next_turn = 0.0
        self._spacing = 0.0
        self._slowed_at = 0.0

    def wait(self, budget: Budget) -> float:
        """Wait until it is this request's turn, and return the moment from which on it was, by `time.monotonic`.

        Raises:
            RateLimitError: if that would take longer than the budget.
            OutOfTime: if the call was stopped meanwhile.
        """
        while self._bucket is not None and not self._bucket.acquire(blocking=False):
            if not budget.allows(_POLL):
                raise RateLimitError("The limit of requests_per_minute left no time for this request")
            budget.sleep(_POLL)
        while True:
            asked = time.monotonic()
            if not self._next_turn:
                return asked
            budget.sleep(self._take_turn(budget) - asked)
            if self._slowed_at <= asked:
                return time.monotonic()
            # Somebody was refused meanwhile: wait again.

    def refused(self, sent: float, retry_after: float | None) -> None:
        """Take note of a 429: everybody pauses.

        Args:
            sent: What `wait` returned for the request.
            retry_after: The seconds to wait, where Ashby said so.
        """
        pause = _USUAL_PAUSE if retry_after is None else min(retry_after, LONGEST_PAUSE)
        with self._lock:
            # Other processes use the key as well and were told the same time.
            end = time.monotonic() + pause + random.uniform(0, _USUAL_PAUSE / 4)
            if sent >= self._slowed_at:  # of many that were under way together, one is enough
                self._spacing = min(max(2 * self._spacing, _FIRST_SPACING), _WIDEST_SPACING)
            self._slowed_at = time.monotonic()
            self._next_turn = max(self._next_turn, end)

    def accepted(self, headers: Mapping[str, str]) -> None:
        """Take note of any other reply, and of what its headers say about the requests that are left."""
        left = headers.get("X-RateLimit-Remaining") or headers.get("RateLimit-Remaining")
        if left is not None and left.strip() == "0":
            self._used_up(headers.get("X-RateLimit-Reset") or headers.get("RateLimit-Reset"))
        elif self._spacing:
            with self._lock:
                self._spacing = self._spacing * _CLOSER if self._spacing > _NO_SPACING else 0.0

    def _used_up(self, reset: str | None) -> None:
        """Nothing is left until the window ends, which headers give in seconds from now or since 1970."""
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

    def _take_turn(self, budget: Budget) -> float:
        """The moment at which this request may go; the next one's is that much later."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next_turn)
            if not budget.allows(turn - now):
                raise RateLimitError(
                    "Ashby has had too many requests and asked for a pause", retry_after=round(turn - now, 1)
                )
            self._next_turn = turn + self._spacing if self._spacing or turn > now else 0.0
            return turn


def _bucket(requests_per_minute: float) -> BaseRateLimiter:
    if not 0 < requests_per_minute < float("inf"):
        raise ConfigurationError("requests_per_minute takes a number above 0", remedy="Leave it out for no limit.")
    # LangChain is imported by whoever sets a limit: the client alone does without it.
    from langchain_core.rate_limiters import InMemoryRateLimiter

    return InMemoryRateLimiter(requests_per_second=requests_per_minute / 60, check_every_n_seconds=_POLL)
