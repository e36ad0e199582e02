"""Shared by the commands: options, storage, the description of the machine, and output."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from crash.killing_sandbox import KillingSandbox
from crash.trials import Harness
from postgres import cluster

STORES = ("sqlite", "postgres")
PACKAGES = ("langchain-core", "langgraph", "langchain", "langgraph-checkpoint-sqlite", "langgraph-checkpoint-postgres")


def parser(description: str | None) -> argparse.ArgumentParser:
    """The arguments common to all commands."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--store", choices=[*STORES, "both"], default="sqlite")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--postgres", metavar="URL", help="use this database and not a cluster of our own")
    made.add_argument("--rows", type=Path, metavar="FILE", help="write every result there as JSON Lines")
    made.add_argument("--quiet", action="store_true", help="print the summary only")
    return made


def stores(chosen: str) -> list[str]:
    """The stores selected by `--store`."""
    return list(STORES) if chosen == "both" else [chosen]


@contextmanager
def harness(arguments: argparse.Namespace) -> Iterator[Harness]:
    """A harness with a sandbox, a directory for files, and, if requested, a PostgreSQL."""
    with ExitStack() as stack:
        url = arguments.postgres
        if url is None and "postgres" in stores(arguments.store):
            url = stack.enter_context(cluster())
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="threads-"))
        # The sandbox comes last: it inherits open files, and must end first.
        sandbox = stack.enter_context(KillingSandbox())
        yield Harness(sandbox, Path(directory), url)


@contextmanager
def rows_file(path: Path | None) -> Iterator[Any]:
    """A function that writes a row, or does nothing if there is no file."""
    if path is None:
        yield lambda row: None
        return
    with path.open("w") as file:
        yield lambda row: print(json.dumps(row), file=file, flush=True)


def surroundings() -> str:
    """The machine, the date and the versions, on one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {_processor()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, {packages}"
    )


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as a Markdown table, with the first row's keys as headers."""
    rows = list(rows)
    if not rows:
        return "(nothing)"
    lines = ["| " + " | ".join(rows[0]) + " |", "|---" * len(rows[0]) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row.values())) + " |" for row in rows)])


def say(text: str) -> None:
    """Prints without buffering, so that a long run can be watched."""
    print(text, flush=True)


def progress(text: str) -> None:
    """Prints progress to standard error."""
    print(text, file=sys.stderr, flush=True)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
