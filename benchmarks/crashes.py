"""Kills the agent with SIGKILL in the middle of approved writes, recovers it in a new process, counts the effects.

    python -m benchmarks.crashes --trials 1000 --store both --durability both --entry both
    python -m benchmarks.crashes --trials 200 --agent both      # the same kills for LangChain's create_agent

Ends with status 1 if one of our trials shows a violation.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from crash.agents import AGENTS, OURS
from crash.moments import name_of
from crash.schedule import schedule, settings
from crash.verdict import FAILURES, Row
from crash.verdict import table as summary

from benchmarks.running import harness, parser, progress, rows_file, say, stores, surroundings, table


def main() -> int:
    """Runs the trials and prints the tables."""
    options = parser(__doc__)
    options.add_argument("--trials", type=int, default=100)
    options.add_argument("--first", type=int, default=0, help="begin with this trial of the schedule")
    options.add_argument("--durability", choices=["sync", "async", "both"], default="sync")
    options.add_argument("--entry", choices=["invoke", "ainvoke", "both"], default="invoke")
    options.add_argument("--plain", action="store_true", help="deaths and faults only: no colleagues, clocks, accounts")
    options.add_argument("--agent", choices=[*AGENTS, "both"], default=OURS)
    arguments = options.parse_args()

    durabilities = ["sync", "async"] if arguments.durability == "both" else [arguments.durability]
    entries = ["invoke", "ainvoke"] if arguments.entry == "both" else [arguments.entry]
    agents = AGENTS if arguments.agent == "both" else [arguments.agent]
    of = settings(stores(arguments.store), durabilities, entries)
    say(f"{arguments.trials} trials, seed {arguments.seed}, on {', '.join(map(str, of))}\n{surroundings()}\n")

    rows: list[Row] = []
    began = time.monotonic()
    with harness(arguments) as ready, rows_file(arguments.rows) as write:
        for trial in schedule(arguments.trials, arguments.seed, of, plain=arguments.plain):
            if trial.number < arguments.first:
                continue
            for which in agents:
                row = ready.run(trial, which)
                rows.append(row)
                write(row.as_json())
                if row.failed and not arguments.quiet:
                    say(f"trial {trial.number} of {which} on {trial.setting}, {'; '.join(row.told) or 'not killed'}:")
                    say("".join(f"    {line}\n" for line in row.detail).rstrip())
            if trial.number % 50 == 49:
                progress(f"{trial.number + 1} trials after {time.monotonic() - began:.0f} s")
    first = [row for row in rows if row.agent == agents[0]]
    ours = f"{agents[0]}:\n\n{summary(first, by='setting')}"
    say(f"\n{summary(rows)}\n\n{ours}\n\n{where_of(rows)}\n\n{doubt_of(first)}\n")
    say(f"{time.monotonic() - began:.0f} s. " + "; ".join(f"{name}: {words}" for name, words in FAILURES.items()))
    return int(any(row.failed for row in rows if row.agent == OURS))


def where_of(rows: list[Row]) -> str:
    """The faults of the trials: how often each occurred, and how many of its trials failed."""
    befell: dict[str, Counter[str]] = {}
    failed: dict[str, Counter[str]] = {}
    for row in rows:
        for name in map(name_of, row.told):
            befell.setdefault(row.agent, Counter())[name] += 1
            failed.setdefault(row.agent, Counter())[name] += row.failed
    names = sorted({name for of in befell.values() for name in of})
    return table(
        {"what befell": name} | {agent: f"{befell[agent][name]}, {failed[agent][name]} failed" for agent in befell}
        for name in names
    )


def doubt_of(rows: list[Row]) -> str:
    """Why writes are told as unknown, and how often."""
    whys: Counter[str] = sum((Counter(row.why_unknown) for row in rows), Counter())
    return table({"why nothing can be told": why, "writes": times} for why, times in whys.most_common())


if __name__ == "__main__":
    sys.exit(main())
