"""Searches errors and logs for leaked keys."""

from __future__ import annotations

import base64
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager


def spellings(key: str) -> tuple[str, str]:
    """A key in plain form and as sent."""
    return key, base64.b64encode(f"{key}:".encode()).decode()


def everything_about(error: BaseException) -> str:
    """An error as the most verbose reporter shows it: the whole chain, each frame with its variables.

    The tests' own frames, which legitimately hold the key, are left out.
    """
    parts = []
    link: BaseException | None = error
    while link is not None:
        shown = traceback.TracebackException.from_exception(link, capture_locals=True, compact=False)
        theirs = [frame for frame in shown.stack if not {"tests", "benchmarks"} & set(frame.filename.split("/"))]
        parts.append("".join(str(frame.locals) for frame in theirs) + "".join(shown.format_exception_only()))
        parts.append(repr(link) + str(link) + repr(vars(link)))
        link = link.__cause__ or link.__context__
    return "\n".join(parts)


class Watch(logging.Handler):
    """Collects log records that contain a key."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.secrets: set[str] = set()
        self.records = 0
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records += 1
        text = self.format(record)
        if any(secret in text for secret in tuple(self.secrets)):
            self.leaks.append(f"{record.name}, {record.filename}:{record.lineno}")


@contextmanager
def watched_logs() -> Iterator[Watch]:
    """Turns on all logging and captures it."""
    root, watch = logging.getLogger(), Watch()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(watch)
    try:
        yield watch
    finally:
        root.removeHandler(watch)
        root.setLevel(before)
