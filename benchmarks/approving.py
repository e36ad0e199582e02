"""Kills an agent between any two steps while two people approve a write that is then held.

    python -m benchmarks.approving --store both

Ends with status 1 if the write ran with one approval, before its time, twice or not at all.
"""

from __future__ import annotations

import sys
import time

from crash.approving import Approving, Outcome
from crash.schedule import settings

from benchmarks.running import harness, parser, rows_file, say, stores, surroundings, table


def main() -> int:
    """Runs the trials and prints the table."""
    options = parser(__doc__)
    options.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th point")
    options.add_argument("--entry", choices=["invoke", "ainvoke"], default="invoke")
    options.add_argument("--durability", choices=["sync", "async"], default="sync")
    arguments = options.parse_args()

    outcomes: list[Outcome] = []
    began = time.monotonic()
    with harness(arguments) as ready, rows_file(arguments.rows) as write:
        for setting in settings(stores(arguments.store), [arguments.durability], [arguments.entry]):
            say(f"{setting}\n{surroundings()}")
            trials = Approving(ready, setting)
            deaths = [(phase, *it) for phase, names in trials.points().items() for it in enumerate(names)]
            for number in range(arguments.seed % arguments.every, len(deaths), arguments.every):
                outcomes.append(outcome := trials.trial(number, *deaths[number]))
                write(outcome.as_json())
                if outcome.failed and not arguments.quiet:
                    say(f"trial {number}: {outcome}")
    say(table(_sums(outcomes)) + f"\n\n{time.monotonic() - began:.0f} s")
    return int(any(outcome.failed for outcome in outcomes))


def _sums(outcomes: list[Outcome]) -> list[dict[str, object]]:
    return [
        {
            "killed in the phase": phase,
            "trials": len(of),
            "too early, or with one approval": sum(it.too_early for it in of),
            "twice": sum(it.effects > 1 for it in of),
            "told as not known": sum(it.became == "unknown" for it in of),
            "not at all": sum(it.effects == 0 and it.became != "unknown" for it in of),
            "failed": sum(it.failed for it in of),
        }
        for phase in dict.fromkeys(it.phase for it in outcomes)
        if (of := [it for it in outcomes if it.phase == phase])
    ]


if __name__ == "__main__":
    sys.exit(main())
