"""How long a call may still take: one budget for all its attempts, its waits and the pieces of its replies."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar


class OutOfTime(TimeoutError):
    """The budget is used up, or the call was stopped."""


class Budget:
    """The time of one call. Another thread may stop it before.

    Args:
        seconds: How long everything together may take.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._stopped = threading.Event()
        self._socket: socket.socket | None = None
        self._guard = threading.Lock()

    def remaining(self) -> float:
        """The seconds that are left.

        Raises:
            OutOfTime: if there are none.
        """
        left = self._end - time.monotonic()
        if left <= 0 or self._stopped.is_set():
            raise OutOfTime("out of time")
        return left

    def allows(self, seconds: float) -> bool:
        """Whether a wait of that length leaves time for something after it."""
        return not self._stopped.is_set() and time.monotonic() + seconds < self._end

    def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            OutOfTime: if the call was stopped meanwhile.
        """
        if self._stopped.wait(max(0.0, seconds)):
            raise OutOfTime("stopped")

    def reading(self, connection: socket.socket) -> None:
        """Say which connection the call waits for, so that `stop` can end the wait."""
        with self._guard:
            self._socket = connection

    def done_reading(self) -> None:
        """Say that the call waits for none any more: another call may use the connection from now on."""
        with self._guard:
            self._socket = None

    def stop(self) -> None:
        """End the call as soon as may be: no more waits and attempts, and no more of the reply."""
        self._stopped.set()
        with self._guard:
            if self._socket is not None:
                with suppress(OSError):  # it may be closed already
                    self._socket.shutdown(socket.SHUT_RDWR)


_current: ContextVar[Budget | None] = ContextVar("langchain_ashby_budget", default=None)


def current() -> Budget | None:
    """The budget of the call that is running here."""
    return _current.get()


@contextmanager
def within(budget: Budget) -> Iterator[Budget]:
    """Let all calls that are made meanwhile take their time from this budget."""
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)
