"""Kills an inbox between any two steps of a decision, and lets two reviewers decide at once.

    python -m benchmarks.inbox --store both --rounds 200
    python -m benchmarks.inbox --store both --entry both --rounds 0 --every 0 --schedule 500

With `--schedule`, also runs the trials of `benchmarks.crashes` with all their disturbances, with people deciding in the
inbox. Ends with status 1 if a write ran twice, without an approval or not at all, if an open question was not on the
list, or if someone was told something wrong.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from crash.inboxes import SHAPES, Inboxes, Outcome
from crash.plans import Setting, Trial
from crash.schedule import schedule, settings
from crash.through_inbox import WAY
from crash.trials import Harness
from crash.verdict import Row
from crash.verdict import table as summary

from benchmarks.crashes import doubt_of, where_of
from benchmarks.running import harness, parser, rows_file, say, stores, surroundings, table


def main() -> int:
    """Runs the trials and the rounds, and prints the table."""
    options = parser(__doc__)
    options.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th point; 0 for none")
    options.add_argument("--rounds", type=int, default=200, help="of two reviewers, on each store")
    options.add_argument("--schedule", type=int, default=0, metavar="N", help="trials of the crash schedule")
    options.add_argument("--entry", choices=["invoke", "ainvoke", "both"], default="invoke")
    arguments = options.parse_args()
    entries = ["invoke", "ainvoke"] if arguments.entry == "both" else [arguments.entry]

    outcomes: list[tuple[str, Outcome]] = []
    began = time.monotonic()
    with harness(arguments) as ready, rows_file(arguments.rows) as write:
        of = settings(stores(arguments.store), ["sync"], entries)
        rows = [*_scheduled(ready, of, arguments, write)]
        for setting in of if arguments.every or arguments.rounds else ():
            say(f"{setting}\n{surroundings()}")
            trials = Inboxes(ready, setting)

            def add(outcome: Outcome, setting: str = str(setting)) -> None:
                outcomes.append((setting, outcome))
                write(outcome.as_json())
                if outcome.failed and not arguments.quiet:
                    say(f"{outcome}")

            for shape in SHAPES:
                deaths = [(phase, *it) for phase, names in trials.points(shape).items() for it in enumerate(names)]
                if arguments.every:
                    for number in range(arguments.seed % arguments.every, len(deaths), arguments.every):
                        add(trials.trial(number, shape, *deaths[number]))
            for number in range(arguments.rounds):
                add(trials.race(number, SHAPES[number // 2 % 2]))
    if rows:
        say(f"{summary(rows, by='setting')}\n\n{where_of(rows)}\n\n{doubt_of(rows)}\n")
    say(table(_sums(outcomes)) + f"\n\n{time.monotonic() - began:.0f} s")
    return int(any(it.failed for _, it in outcomes) or any(it.failed for it in rows))


def _scheduled(
    ready: Harness, of: Sequence[Setting], arguments: argparse.Namespace, write: Callable[[Any], None]
) -> Iterator[Row]:
    """Runs the trials of the crash schedule in the inbox."""
    ready.way = WAY
    for trial in schedule(arguments.schedule, arguments.seed, of):
        row = ready.run(_in_a_process(trial))
        write(row.as_json())
        if row.failed and not arguments.quiet:
            say(f"trial {trial.number} on {trial.setting}, {'; '.join(row.told) or 'not killed'}:")
            say("".join(f"    {line}\n" for line in row.detail).rstrip())
        yield row


def _in_a_process(trial: Trial) -> Trial:
    """Returns the trial without cancelled calls: an inbox makes calls in a thread, where they are killed or finish."""
    deaths = tuple(replace(it, how="instant") if it.how == "cancel" else it for it in trial.deaths)
    return replace(trial, deaths=deaths)


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
