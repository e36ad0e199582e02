"""Measures the mirror on a large company: the first sync, a run with 100 changes, memory, and the size of the file.

    python -m benchmarks.mirror --applications 100000 --rounds 3

The first sync is compared with a plain loop over the same lists, with an Ashby that takes 50 ms for a reply. The two
alternate, and the ratio is the median of the rounds. Ends with status 1 if the first sync takes more than 1.25 times as
long, if a run with 100 changes takes 2 seconds or more, or if memory grows by more than a tenth in the second half.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psutil
from postgres import cluster, own_schema

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
    options.add_argument("--rounds", type=int, default=1, help="how many times both are timed")
    arguments = options.parse_args()
    say(f"{surroundings()}\n")
    rows, failed = [], False
    with ExitStack() as stack:
        write = stack.enter_context(rows_file(arguments.rows))
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for store in stores(arguments.store):
            urls = [f"sqlite:///{directory / f'mirror-{number}.db'}" for number in range(arguments.rounds)]
            if store != "sqlite":
                server = arguments.postgres or stack.enter_context(cluster())
                urls = [own_schema(server, f"mirror_{number}") for number in range(arguments.rounds)]
            row = _measured(urls, arguments.applications, arguments.latency)
            rows.append({"store": store} | row)
            write(rows[-1])
            failed |= row["ratio"] > 1.25 or row["100 changes, s"] >= 2 or row["memory grew"] > 1.1
    say(table(rows))
    return int(failed)


def _measured(urls: Sequence[str], applications: int, latency: float) -> dict[str, Any]:
    memory, loops, firsts = Memory(), [], []
    with serving(applications, latency) as (address, change), AshbyClient("key", address) as client:
        for number, url in enumerate(urls):
            mirror = Mirror(url, client)
            first = partial(mirror.sync, history=0, progress=memory.note)
            acts = [(loops, partial(_bare_loop, client)), (firsts, first)]
            for times, act in acts if number % 2 else reversed(acts):
                times.append(_timed(act))
            (loop, busy_loop), (sync, busy) = loops[-1], firsts[-1]
            plain = f"a plain loop {loop:.0f} s (CPU {busy_loop:.0f})"
            say(f"{applications} applications: {plain}, the first sync {sync:.0f} s (CPU {busy:.0f})")
        mirror.sync(history=200)
        change()
        changed, busy_changes = _timed(lambda: mirror.sync(history=100))
        nothing, _ = _timed(lambda: mirror.sync(history=0))
        known = mirror.coverage()
    assert known.applications == applications, known
    ratios = [sync / loop for (loop, _), (sync, _) in zip(loops, firsts, strict=True)]
    return {
        "applications": applications,
        "plain loop, s": round(median(it for it, _ in loops), 1),
        "first sync, s": round(median(it for it, _ in firsts), 1),
        "ratio": round(median(ratios), 2),
        "s of processor": f"{median(it for _, it in loops):.0f}, {median(it for _, it in firsts):.0f}",
        "100 changes, s": round(changed, 2),
        "their CPU seconds": round(busy_changes, 2),
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
