"""Runs work in another thread, so that Ctrl-C is handled while the terminal waits for it."""

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
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

T = TypeVar("T")


class Interrupted(Enum):
    """Yielded between the results when the person presses Ctrl-C."""

    YES = "interrupted"


class BackgroundWork(Generic[T]):
    """Iterates over an iterable in another thread and yields its results; Ctrl-C is yielded as `Interrupted.YES`.

    The caller decides what Ctrl-C means, and calls `abandon` to stop waiting. Leaving the `with` block by an exception
    abandons the work too.

    Args:
        steps: Makes the iterable.
        meanwhile: Called many times a second by the waiting thread, so that one thread alone writes to the terminal.
    """

    def __init__(self, steps: Callable[[], Iterable[T]], meanwhile: Callable[[], None]) -> None:
        self._steps = steps
        self._meanwhile = meanwhile
        self._stopping = threading.Event()
        self._results: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind and self._thread.is_alive():
            self.abandon()

    def __iter__(self) -> Iterator[T | Interrupted]:
        """Yields the results in order.

        Raises:
            Exception: what the work raised.
        """
        self._thread.start()
        with _on_ctrl_c(lambda: self._results.put(("interrupt", None))):
            due = 0.0
            while True:
                if time.monotonic() >= due:
                    self._meanwhile()
                    due = time.monotonic() + _TICK
                try:
                    kind, it = self._results.get(timeout=max(0, due - time.monotonic()))
                except Empty:
                    continue
                if kind == "end":
                    return
                if kind == "error":
                    raise it
                yield Interrupted.YES if kind == "interrupt" else cast(T, it)

    def abandon(self) -> None:
        """Stops waiting. The work ends after its current step, or with the program."""
        global _abandoned
        self._stopping.set()
        _abandoned = True

    def finish_step(self) -> None:
        """Waits until the current step is done; the work ends there."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            for it in self._steps():
                if self._stopping.is_set():
                    break
                self._results.put(("step", it))
        except BaseException as error:
            self._results.put(("error", error))
        else:
            self._results.put(("end", None))


_TICK = 1 / 12
"""Seconds between two calls of `meanwhile`."""

_abandoned = False


def exit_without_abandoned_threads(status: int) -> None:
    """Ends the program at once if work was abandoned: Python would wait for its threads."""
    if _abandoned:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


@contextmanager
def _on_ctrl_c(react: Callable[[], None]) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, lambda *_: react())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
