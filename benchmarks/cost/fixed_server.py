"""A server in its own process that does almost no work, so that measurements show the client.

It answers every POST with the same prepared bytes. A long listing repeats one page, with a counting cursor.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.serving import CURSOR, Serving, further, listen, reply


@dataclass(frozen=True)
class Listing:
    """The server's answers.

    Attributes:
        results: The results in each reply, as JSON.
        pages: The number of pages.
        seconds: The time that each takes.
    """

    results: bytes
    pages: int = 1
    seconds: float = 0.0


@contextmanager
def serving(listing: Listing) -> Iterator[FixedServer]:
    """Serves this listing for the duration of the block."""
    command = [sys.executable, "-m", __name__, str(listing.pages), str(listing.seconds), str(len(listing.results))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        try:
            process.stdin.write(listing.results)
            process.stdin.flush()
            yield FixedServer(process)
        finally:
            process.stdin.close()  # it ends when its standard input closes


class FixedServer:
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{self._said()}"

    def most_at_once(self) -> int:
        """The most requests in progress at any one time."""
        assert self._process.stdin
        self._process.stdin.write(b"?")
        self._process.stdin.flush()
        return self._said()

    def _said(self) -> int:
        assert self._process.stdout
        return int(self._process.stdout.readline())


class _Serving(Serving):
    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._last = reply(listing.results)
        self._guard = threading.Lock()
        self._busy = self.most = 0

    def answer(self, method: str, body: bytes) -> bytes:
        cursor = CURSOR.search(body)
        if self._listing.seconds:
            self._take_time()
        number = int(cursor[1]) if cursor else 0
        return self._last if number + 1 >= self._listing.pages else reply(self._listing.results, further(number + 1))

    def _take_time(self) -> None:
        with self._guard:
            self._busy += 1
            self.most = max(self.most, self._busy)
        time.sleep(self._listing.seconds)
        with self._guard:
            self._busy -= 1


def _serve(listing: Listing) -> None:
    serving = _Serving(listing)
    print(listen(serving), flush=True)
    while sys.stdin.buffer.read(1):
        print(serving.most, flush=True)


if __name__ == "__main__":
    pages, seconds, length = sys.argv[1:]
    _serve(Listing(sys.stdin.buffer.read(int(length)), int(pages), float(seconds)))
