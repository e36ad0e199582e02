"""Sends unexpected input everywhere and accepts only documented errors.

    python -m benchmarks.fuzz --examples 20000
    python -m benchmarks.fuzz --examples 20000 --seed 7 replies cards

Ends with status 1 otherwise, and prints the shortest example for each target, and the seed.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from typing import Any

from fuzz.target import hunt
from fuzz.targets import TARGETS

from benchmarks.running import progress, say, surroundings, table


def main() -> int:
    """Runs the targets one after the other and prints the outcomes."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--examples", type=int, default=1000, help="for each target")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("targets", nargs="*", metavar="TARGET", help=f"{', '.join(TARGETS)}; all if left out")
    arguments = options.parse_args()
    if unknown := [name for name in arguments.targets if name not in TARGETS]:
        options.error(f"there is no target {unknown[0]!r}; there are {', '.join(TARGETS)}")
    say(f"{arguments.examples} examples for each target, seed {arguments.seed}\n{surroundings()}\n")
    rows = [_row(name, arguments.examples, arguments.seed) for name in arguments.targets or TARGETS]
    say(table(rows))
    return 1 if any(row["faults"] for row in rows) else 0


def _row(name: str, examples: int, seed: int) -> dict[str, Any]:
    began, faults = time.monotonic(), 0
    came: dict[str, int] = {}
    with TARGETS[name].open() as target:
        try:
            counts = hunt(target, examples, seed, lambda checked: progress(f"{name}: {checked} examples"))
            came = dict(counts.most_common())
        except Exception:
            faults = 1
            say(f"{name}:\n{traceback.format_exc()}")
    outcomes = ", ".join(f"{outcome} {count:,}" for outcome, count in came.items())
    return {
        "target": name,
        "examples": f"{sum(came.values()):,}",
        "what came of them": outcomes or "see above",
        "faults": faults,
        "seconds": f"{time.monotonic() - began:.0f}",
    }


if __name__ == "__main__":
    sys.exit(main())
