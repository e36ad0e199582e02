"""Samples this process's memory, open files and threads over time, and detects growth."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import psutil

from langchain_ashby.http.transport import CONNECTIONS

LONG_ENOUGH = 120.0
"""The shortest time over which growth is meaningful; at first, caches and pools fill up."""
MORE, SOME = 0.10, 10
"""The tolerance: a fraction of each figure, and a few more files and threads, which come and go."""
KEPT = CONNECTIONS
"""Additional open files allowed: the connections that the client keeps once it has needed them at a time."""


@dataclass(frozen=True)
class Sample:
    """A sample of the process: megabytes, open files (including sockets), sockets, threads."""

    memory: float
    files: int
    sockets: int
    threads: int


@dataclass
class Samples:
    """Samples the process at equal intervals."""

    seconds: float = 0.0
    taken_so_far: list[Sample] = field(default_factory=list)

    @contextmanager
    def taken(self, seconds: float) -> Iterator[None]:
        """Takes a hundred samples over this many seconds."""
        self.seconds = seconds
        over = threading.Event()

        def reads() -> None:
            process = psutil.Process()
            while not over.wait(seconds / 100):
                self.taken_so_far.append(_sample(process))

        looking = threading.Thread(target=reads, daemon=True)
        looking.start()
        try:
            yield
        finally:
            over.set()
            looking.join()

    def as_row(self) -> dict[str, Any]:
        """The medians of the second and the last quarter."""
        early, late = self._quarters()
        return {
            "memory": f"{early.memory:.0f} → {late.memory:.0f} MB",
            "files": f"{early.files} → {late.files}",
            "sockets": f"{early.sockets} → {late.sockets}",
            "threads": f"{early.threads} → {late.threads}",
        }

    def leaks(self) -> Iterator[str]:
        """The figures that grew between the second and the last quarter."""
        if self.seconds < LONG_ENOUGH:
            return
        early, late = self._quarters()
        if late.memory > early.memory * (1 + MORE):
            yield f"memory grew from {early.memory:.0f} to {late.memory:.0f} MB"
        if late.files > early.files * (1 + MORE) + SOME + KEPT:
            yield f"open files grew from {early.files} to {late.files}"
        if late.threads > early.threads * (1 + MORE) + SOME:
            yield f"threads grew from {early.threads} to {late.threads}"

    def _quarters(self) -> tuple[Sample, Sample]:
        quarter = max(1, len(self.taken_so_far) // 4)
        return _middle(self.taken_so_far[quarter : 2 * quarter]), _middle(self.taken_so_far[-quarter:])


def _sample(process: psutil.Process) -> Sample:
    with process.oneshot():
        memory, files, threads = process.memory_info().rss / 1e6, process.num_fds(), process.num_threads()
    return Sample(memory, files, len(process.net_connections("tcp")), threads)


def _middle(samples: list[Sample]) -> Sample:
    def of(name: str) -> Any:
        return median(getattr(sample, name) for sample in samples) if samples else 0

    return Sample(of("memory"), int(of("files")), int(of("sockets")), int(of("threads")))
