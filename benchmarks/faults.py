"""Injects every fault into every tool and checks the outcome against the documentation.

    python -m benchmarks.faults

Ends with status 1 on any other outcome. The table has a row per fault. `--share` tries a few tools with every fault,
and each of the others with a few; `--tool` and `--trouble` try one.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from faults.leaks import Watch, watched_logs
from faults.trial import Bench, Row
from faults.troubles import TROUBLES, Trouble

from benchmarks.running import rows_file, say, surroundings, table
from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoints import OPERATIONS

THOROUGHLY = (
    "ashby_list_candidates",
    "ashby_get_application",
    "ashby_create_candidate_note",
    "ashby_upload_candidate_resume",
    "ashby_submit_application_feedback",
    "ashby_create_offer",
)
"""Tools of each kind: a page, a record, and writes of one request, with a file, with a form, and of three steps."""
FEW = 2
"""The number of faults that `--share` tries with each of the other tools."""


def main() -> int:
    """Tries the matrix and prints the table."""
    arguments = _arguments()
    _leave_proxies_alone()
    began = time.monotonic()
    # A bulk write makes the requests of single ones, and its outcome is one for each.
    tools = arguments.tool or [name for name, it in OPERATIONS.items() if not issubclass(it, Bulk)]
    troubles = [trouble for trouble in TROUBLES if not arguments.trouble or trouble.name in arguments.trouble]
    plan = list(share(tools, troubles) if arguments.share else everything(tools, troubles))
    with (
        tempfile.TemporaryDirectory() as uploads,
        rows_file(arguments.rows) as write,
        watched_logs() as watch,
        ThreadPoolExecutor(arguments.workers) as pool,
    ):
        benches = _Benches(Path(uploads), watch)
        rows = []
        for made in pool.map(benches.run, plan):
            for row in made:
                rows.append(row)
                write(row.as_json())
                if row.wrong:
                    say(f"{row.tool}, {row.request}, {row.trouble}: {'; '.join(row.wrong)}")
        benches.close()
    wrong = sum(bool(row.wrong) for row in rows)
    if not arguments.quiet:
        say(f"{surroundings()}\n\n{_summary(rows)}\n")
    say(
        f"{len(rows)} trials with {len({row.tool for row in rows})} tools in {time.monotonic() - began:.0f} s, "
        f"{watch.records} log records read, {wrong} wrong"
    )
    return int(wrong > 0)


def everything(tools: Iterable[str], troubles: list[Trouble]) -> Iterable[tuple[str, Trouble]]:
    """Every tool with every fault."""
    return ((tool, trouble) for tool in tools for trouble in troubles)


def share(tools: Iterable[str], troubles: list[Trouble]) -> Iterable[tuple[str, Trouble]]:
    """Some tools with every fault, and each of the others with a few, in turn."""
    turn = 0
    for tool in tools:
        if tool in THOROUGHLY:
            yield from ((tool, trouble) for trouble in troubles)
        else:
            for _ in range(FEW):
                yield tool, troubles[turn % len(troubles)]
                turn += 1


class _Benches:
    """A bench for each thread."""

    def __init__(self, uploads: Path, watch: Watch) -> None:
        self._uploads = uploads
        self._watch = watch
        self._own = threading.local()
        self._made: list[Bench] = []

    def run(self, case: tuple[str, Trouble]) -> list[Row]:
        """The rows of a tool and a fault: one for each request of the tool that it applies to."""
        tool, trouble = case
        if not hasattr(self._own, "bench"):
            # Separate, so that no bench overwrites a file that another uploads.
            uploads = Path(tempfile.mkdtemp(dir=self._uploads))
            self._own.bench = Bench(uploads, self._watch).__enter__()
            self._made.append(self._own.bench)
        bench: Bench = self._own.bench
        made = (bench.run(tool, request, trouble) for request in dict.fromkeys(bench.requests(tool)))
        return [row for row in made if row is not None]

    def close(self) -> None:
        """Stops them."""
        for bench in self._made:
            bench.__exit__()


def _summary(rows: list[Row]) -> str:
    """A row per fault: the number of trials, the outcomes by frequency, the longest time."""
    lines = []
    for trouble in TROUBLES:
        of = [row for row in rows if row.trouble == trouble.name]
        told = sorted({row.told for row in of}, key=[row.told for row in of].count, reverse=True)
        lines.append(
            {
                "trouble": trouble.name,
                "trials": len(of),
                "tools": len({row.tool for row in of}),
                "told": ", ".join(f"{sum(row.told == each for row in of)} {each}" for each in told),
                "longest": f"{max((row.seconds for row in of), default=0):.1f} s",
                "wrong": sum(bool(row.wrong) for row in of),
            }
        )
    return table(line for line in lines if line["trials"])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", action="store_true", help="a part that takes half a minute")
    parser.add_argument("--tool", action="append", choices=list(OPERATIONS), metavar="NAME")
    parser.add_argument("--trouble", action="append", choices=[it.name for it in TROUBLES], metavar="NAME")
    parser.add_argument("--workers", type=int, default=4, help="trials at the same time; they mostly wait")
    parser.add_argument("--rows", type=Path, metavar="FILE", help="write every result there as JSON Lines")
    parser.add_argument("--quiet", action="store_true", help="print what is wrong only")
    return parser.parse_args()


def _leave_proxies_alone() -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)


if __name__ == "__main__":
    sys.exit(main())
