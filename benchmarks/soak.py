"""Runs many agents that read and write for a long time while everything around them fails at random.

    python -m benchmarks.soak --minutes 30 --store both

32 agents in threads and 200 under asyncio take turns, on each store. Ends with status 1 if an approved write was made
twice or misreported to the model, if an answer was undocumented, or if memory, open files or threads grew.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from crash import children
from crash.persistence import set_up
from postgres import cluster
from soak import phase

from benchmarks.running import parser, rows_file, say, stores, surroundings, table

SHOWN = 20
"""The most violations printed per phase."""


def main() -> int:
    """Runs each phase in its own process, and prints the table."""
    options = parser(__doc__)
    options.add_argument("--minutes", type=float, default=5, help="in all")
    options.add_argument("--mode", choices=[*phase.MODES, "both"], default="both")
    options.add_argument("--agents", type=int, help="so many at a time, instead of 32 and 200")
    arguments = options.parse_args()
    modes = list(phase.MODES) if arguments.mode == "both" else [arguments.mode]
    plan = [(store, mode) for store in stores(arguments.store) for mode in modes]
    seconds = arguments.minutes * 60 / len(plan)
    say(f"{arguments.minutes:g} minutes, seed {arguments.seed}\n{surroundings()}\n")
    rows, wrong, faults = [], 0, Counter[str]()
    with ExitStack() as stack, rows_file(arguments.rows) as write:
        url = arguments.postgres
        if url is None and "postgres" in stores(arguments.store):
            url = stack.enter_context(cluster())
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        for store, mode in plan:
            agents = arguments.agents or phase.MODES[mode]
            place = url if store == "postgres" else str(directory / f"{mode}.db")
            began = time.monotonic()
            children.run(partial(set_up, place))
            end = children.run(partial(phase.run, place, mode, agents, seconds, arguments.seed), timeout=seconds + 300)
            if end.result is None:
                raise RuntimeError(end.error or f"{store} {mode} did not come to its end")
            took = f"{(time.monotonic() - began) / 60:.1f}"
            row = {"store": store, "agents": f"{agents}, {mode}", "minutes": took, **end.result["row"]}
            rows.append(row)
            write(row)
            faults.update(end.result["faults"])
            wrong += len(end.result["wrong"])
            for line in end.result["wrong"][:SHOWN]:
                say(f"{store} {mode}: {line}")
    if not arguments.quiet:
        say(f"\n{table({'fault': name, 'times': times} for name, times in faults.most_common())}\n")
    say(f"{table(rows)}\n\n{wrong} wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
