"""Work in a thread of its own, so that whoever waits for it at the terminal can be heard at any time."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")


class Interrupted(Enum):
    """What comes between the results when the person presses Ctrl-C."""

    YES = "interrupted"


class Work(Generic[T]):
    """Goes through an iterable in another thread and gives what it yields; Ctrl-C comes as `Interrupted.YES`.

    It stays with the person what Ctrl-C means: nothing is broken off in the middle. Who does not want to wait any
    longer calls `leave`: the work then ends after the step that it is at.

    Args:
        steps: What gives the iterable.
        meanwhile: Called many times a second by whoever waits: so all that is shown at the terminal is shown by one
            thread, and nothing comes in between.
    """

    def __init__(self, steps: Callable[[], Iterable[T]], meanwhile: Callable[[], None]) -> None:
        self._steps = steps
        self._meanwhile = meanwhile
        self._left = threading.Event()
        self._came: SimpleQueue[tuple[str, Any]] = SimpleQueue()

    def __iter__(self) -> Iterator[T | Interrupted]:
        """What comes, in order.

        Raises:
            Exception: what the work raised.
        """
        threading.Thread(target=self._go, daemon=True).start()
        with _interrupts(lambda: self._came.put(("interrupt", None))):
            due = 0.0
            while True:
                if time.monotonic() >= due:
                    self._meanwhile()
                    due = time.monotonic() + _TICK
                try:
                    kind, it = self._came.get(timeout=max(0, due - time.monotonic()))
                except Empty:
                    continue
                if kind == "end":
                    return
                if kind == "error":
                    raise it
                yield Interrupted.YES if kind == "interrupt" else cast(T, it)

    def leave(self) -> None:
        """Wait no longer. What is under way in other threads is let go of when the program ends."""
        global _let_go
        self._left.set()
        _let_go = True

    def _go(self) -> None:
        try:
            for it in self._steps():
                if self._left.is_set():
                    break
                self._came.put(("step", it))
        except BaseException as error:
            self._came.put(("error", error))
        else:
            self._came.put(("end", None))


_TICK = 1 / 12
"""Seconds between two looks at what is under way."""

_let_go = False


def end_at_once_if_work_was_left(status: int) -> None:
    """End the program without waiting for threads that nobody waits for any more; Python would wait for them."""
    if _let_go:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


@contextmanager
def _interrupts(react: Callable[[], None]) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, lambda *_: react())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
