"""Answers the agent's questions improperly in every way, and compares Ashby's log with the approvals.

    python -m benchmarks.hostile --examples 10000

The agent proposes two notes, then a third. Each example is a sequence of up to five answers: malformed, reordered, of
wrong types, too large, to another question, repeated. Ends with status 1 and the shortest sequence on any violation.
"""

from __future__ import annotations

import argparse
import sys
import time

from crash.hostile import Room, try_out

from benchmarks.running import progress, say, surroundings, table
from langchain_ashby import AshbyClient
from langchain_ashby.sandbox import AshbySandbox


def main() -> int:
    """Runs the examples and prints how many notes were made; raises any violation."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--examples", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    arguments = options.parse_args()
    say(f"{arguments.examples} sequences of answers, seed {arguments.seed}\n{surroundings()}\n")
    began = time.monotonic()
    with AshbySandbox(candidates=1) as sandbox, AshbyClient(sandbox.api_key, sandbox.url, timeout=10) as client:
        room = Room(sandbox, client)
        counts = try_out(
            room,
            arguments.examples,
            arguments.seed,
            lambda checked: progress(f"{checked} sequences after {time.monotonic() - began:.0f} s"),
        )
    say(table([{**counts, "faults": 0}]) + f"\n\n{time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
