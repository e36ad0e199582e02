"""Kills an inbox between any two steps of a decision, and lets two reviewers decide at once.

    python -m benchmarks.inbox --store both --rounds 200

Ends with status 1 if a write ran twice, without an approval or not at all, if a question was open that was not on the
list, or if somebody was told something wrong.
"""

from __future__ import annotations

import sys
import time

from crash.inboxes import SHAPES, Inboxes, Outcome
from crash.schedule import settings

from benchmarks.running import harness, parser, rows_file, say, stores, surroundings, table


def main() -> int:
    """Runs the trials and the rounds, and prints the table."""
    options = parser(__doc__)
    options.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th point")
    options.add_argument("--rounds", type=int, default=200, help="of two reviewers, on each store")
    options.add_argument("--entry", choices=["invoke", "ainvoke"], default="invoke")
    arguments = options.parse_args()

    outcomes: list[tuple[str, Outcome]] = []
    began = time.monotonic()
    with harness(arguments) as ready, rows_file(arguments.rows) as write:
        for setting in settings(stores(arguments.store), ["sync"], [arguments.entry]):
            say(f"{setting}\n{surroundings()}")
            trials = Inboxes(ready, setting)

            def add(outcome: Outcome, setting: str = str(setting)) -> None:
                outcomes.append((setting, outcome))
                write(outcome.as_json())
                if outcome.failed and not arguments.quiet:
                    say(f"{outcome}")

            for shape in SHAPES:
                deaths = [(phase, *it) for phase, names in trials.points(shape).items() for it in enumerate(names)]
                for number in range(arguments.seed % arguments.every, len(deaths), arguments.every):
                    add(trials.trial(number, shape, *deaths[number]))
            for number in range(arguments.rounds):
                add(trials.race(number, SHAPES[number // 2 % 2]))
    say(table(_sums(outcomes)) + f"\n\n{time.monotonic() - began:.0f} s")
    return int(any(outcome.failed for _, outcome in outcomes))


def _sums(outcomes: list[tuple[str, Outcome]]) -> list[dict[str, object]]:
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for setting, outcome in outcomes:
        groups.setdefault((setting, outcome.phase), []).append(outcome)
    return [
        {
            "store": setting,
            "phase": phase,
            "trials": len(of),
            "killed": sum(it.killed for it in of),
            "twice": sum(it.twice for it in of),
            "unapproved": sum(it.unapproved for it in of),
            "lost": sum(it.lost for it in of),
            "open and not listed": sum(it.unseen for it in of),
            "stuck": sum(it.stuck for it in of),
            "told as not known": sum("unknown" in it.told for it in of),
            "failed": sum(it.failed for it in of),
        }
        for (setting, phase), of in groups.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
