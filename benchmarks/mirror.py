"""Measures the mirror on a large company: the first sync, a run with 100 changes, memory, and the size of the file.

    python -m benchmarks.mirror --applications 100000

The first sync is compared with a plain loop over the same lists, of an Ashby that takes 50 ms for a reply. Ends with
status 1 if it takes more than 1.25 times as long, if a run with 100 changes takes 2 seconds or more, or if memory grows
by more than a tenth in the second half.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
from postgres import cluster

from benchmarks.large_company import serving
from benchmarks.running import parser, rows_file, say, stores, surroundings, table
from langchain_ashby import AshbyClient
from langchain_ashby.endpoint import Paged
from langchain_ashby.mirror import Mirror
from langchain_ashby.mirror.lists import mirrored_lists


class Memory:
    """The memory of this process while a run goes on, in MB."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.seen: list[float] = []

    def note(self, name: str, records: int) -> None:
        """Notes it, after a page."""
        self.seen.append(self._process.memory_info().rss / 1e6)

    @property
    def grew(self) -> float:
        """The highest of the second half against the highest of the first."""
        half = len(self.seen) // 2
        return max(self.seen[half:]) / max(self.seen[:half])


def main() -> int:
    """Measures and prints."""
    options = parser(__doc__)
    options.add_argument("--applications", type=int, default=100_000, help="how many, in hundreds")
    options.add_argument("--latency", type=float, default=0.05, help="seconds that Ashby takes for a reply")
    arguments = options.parse_args()
    say(f"{surroundings()}\n")
    rows, failed = [], False
    with ExitStack() as stack:
        write = stack.enter_context(rows_file(arguments.rows))
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for store in stores(arguments.store):
            if store == "sqlite":
                url = f"sqlite:///{directory / 'mirror.db'}"
            else:
                url = arguments.postgres or stack.enter_context(cluster())
            row = _measured(url, arguments.applications, arguments.latency)
            rows.append({"store": store} | row)
            write(rows[-1])
            failed |= row["ratio"] > 1.25 or row["100 changes, s"] >= 2 or row["memory grew"] > 1.1
    say(table(rows))
    return int(failed)


def _measured(url: str, applications: int, latency: float) -> dict[str, Any]:
    memory = Memory()
    with serving(applications, latency) as (address, change), AshbyClient("key", address) as client:
        bare, bare_cpu = _timed(lambda: _bare_loop(client))
        say(f"{applications} applications: a plain loop takes {bare:.0f} s, {bare_cpu:.0f} s of them in the processor")
        mirror = Mirror(url, client)
        first, first_cpu = _timed(lambda: mirror.sync(history=0, progress=memory.note))
        say(f"the first sync {first:.0f} s, {first_cpu:.0f} s of them in the processor")
        mirror.sync(history=200)
        change()
        changed, _ = _timed(lambda: mirror.sync(history=100))
        nothing, _ = _timed(lambda: mirror.sync(history=0))
        known = mirror.coverage()
    assert known.applications == applications, known
    return {
        "applications": applications,
        "plain loop, s": round(bare, 1),
        "first sync, s": round(first, 1),
        "ratio": round(first / bare, 2),
        "s of processor": f"{bare_cpu:.0f}, {first_cpu:.0f}",
        "100 changes, s": round(changed, 2),
        "no change, s": round(nothing, 2),
        "MB of memory": round(max(memory.seen)),
        "memory grew": round(memory.grew, 2),
        "MB on disk": round((mirror.size() or 0) / 1e6),
    }


def _bare_loop(client: AshbyClient) -> None:
    """Reads the same lists and does nothing with them."""
    for wanted in mirrored_lists(answers=False):
        if isinstance(wanted.request, Paged):
            for _ in client.pages(wanted.request.model_copy(update={"limit": 100})):
                pass
        else:
            client.call(wanted.request)


def _timed(act: Any) -> tuple[float, float]:
    """The seconds that it takes, and those that it spends in the processor."""
    begun, busy = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - begun, time.process_time() - busy


if __name__ == "__main__":
    sys.exit(main())
