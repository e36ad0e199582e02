"""Resumes one thread in two processes at the same instant and counts the effects in Ashby.

    python -m benchmarks.races --rounds 200 --store both

Ends with status 1 if a write ran twice, or did not run and could not be asked about again.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from crash.agents import AGENTS, OURS
from crash.races import BEGINNINGS, Outcome, Races, rounds
from crash.schedule import settings

from benchmarks.running import harness, parser, progress, rows_file, say, stores, surroundings, table


def main() -> int:
    """Runs the rounds and prints the tables."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=200, help="on each store")
    options.add_argument("--entry", choices=["invoke", "ainvoke"], default="invoke")
    options.add_argument("--durability", choices=["sync", "async"], default="sync")
    options.add_argument("--agent", choices=AGENTS, default=OURS)
    arguments = options.parse_args()

    of = settings(stores(arguments.store), [arguments.durability], [arguments.entry])
    count = arguments.rounds * len(of)
    say(f"{count} rounds of {arguments.agent}, seed {arguments.seed}, on {', '.join(map(str, of))}\n{surroundings()}\n")
    outcomes: list[Outcome] = []
    began = time.monotonic()
    with harness(arguments) as ready, rows_file(arguments.rows) as write:
        races = Races(ready)
        for planned in rounds(count, arguments.seed, of):
            outcome = races.run(planned, arguments.agent)
            outcomes.append(outcome)
            write(outcome.as_json())
            if outcome.failed and not arguments.quiet:
                say(f"round {outcome.number}: {outcome}")
            if planned.number % 50 == 49:
                progress(f"{planned.number + 1} rounds after {time.monotonic() - began:.0f} s")
    say(table(_sums(outcomes)) + "\n\n" + table(_raised(outcomes)) + f"\n\n{time.monotonic() - began:.0f} s")
    return int(any(outcome.failed for outcome in outcomes))


def _sums(outcomes: list[Outcome]) -> list[dict[str, object]]:
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.setting, outcome.beginning), []).append(outcome)
    return [
        {
            "store": setting,
            "beginning": BEGINNINGS[beginning],
            "rounds": len(of),
            "one effect": sum(it.in_the_end == 1 for it in of),
            "two or more": sum(it.in_the_end > 1 for it in of),
            "none yet after the race": sum(it.after_race == 0 for it in of),
            "none, lost": sum(it.lost for it in of),
            "none, said so": sum(it.in_the_end == 0 and not it.lost for it in of),
            "stuck": sum(it.stuck for it in of),
            "misreported": sum(it.misreported for it in of),
            "unknown": sum(it.unknown for it in of),
        }
        for (setting, beginning), of in sorted(groups.items())
    ]


def _raised(outcomes: list[Outcome]) -> list[dict[str, object]]:
    raised = Counter(line for outcome in outcomes for line in outcome.raised)
    return [{"what the racers raised": line, "times": times} for line, times in raised.most_common(10)]


if __name__ == "__main__":
    sys.exit(main())
