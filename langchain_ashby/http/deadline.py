"""The deadline of a call: one for all its attempts, its waits and the pieces of its replies."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from contextvars import ContextVar

from langchain_ashby.scoped import scoped


class DeadlineExceeded(TimeoutError):
    """The time is used up, or the call was canceled."""


class Deadline:
    """The moment by which a call must be done. Another thread may cancel the call earlier.

    Args:
        seconds: How long everything together may take, from now.
        outer: The deadline of the call that this is a part of: it ends, and is canceled, with that one.
    """

    def __init__(self, seconds: float, outer: Deadline | None = None) -> None:
        self.seconds = seconds
        self._end: float = time.monotonic() + seconds
        self._cancelled: threading.Event = threading.Event()
        if outer is not None:
            self._end, self._cancelled = min(self._end, outer._end), outer._cancelled
        self._socket: socket.socket | None = None
        self._guard = threading.Lock()

    def remaining(self) -> float:
        """The seconds that are left.

        Raises:
            DeadlineExceeded: if there are none.
        """
        left = self._end - time.monotonic()
        if left <= 0 or self._cancelled.is_set():
            raise DeadlineExceeded("out of time")
        return left

    def allows(self, seconds: float) -> bool:
        """Tells if a wait of that length leaves time for something after it."""
        return not self._cancelled.is_set() and time.monotonic() + seconds < self._end

    def sleep(self, seconds: float) -> None:
        """Waits.

        Raises:
            DeadlineExceeded: if the call was canceled meanwhile.
        """
        if self._cancelled.wait(max(0.0, seconds)):
            raise DeadlineExceeded("canceled")

    def reading(self, connection: socket.socket) -> None:
        """Registers the connection that the call waits for, so that `cancel` can end the wait."""
        with self._guard:
            self._socket = connection

    def done_reading(self) -> None:
        """Forgets the connection: from now on another call may use it."""
        with self._guard:
            self._socket = None

    def cancel(self) -> None:
        """Ends the call as soon as possible: no more waits, no more attempts, and the reply is cut short."""
        self._cancelled.set()
        with self._guard:
            if self._socket is not None:
                with suppress(OSError):  # it may be closed already
                    self._socket.shutdown(socket.SHUT_RDWR)


_current: ContextVar[Deadline | None] = ContextVar("langchain_ashby_deadline", default=None)


def current() -> Deadline | None:
    """The deadline of the call that is running in this thread or task."""
    return _current.get()


def within(deadline: Deadline) -> scoped[Deadline]:
    """Applies the deadline to all calls made inside the block."""
    return scoped(_current, deadline)
