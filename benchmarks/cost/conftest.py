"""Shared by the benchmarks: the final table and the servers."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from benchmarks.cost.fixed_server import Listing, serving
from benchmarks.cost.pairs import Notes, Pair
from benchmarks.running import surroundings, table
from langchain_ashby import AshbyClient
from langchain_ashby.endpoints import ListCandidates

_notes = pytest.StashKey[Notes]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the command's options."""
    parser.addoption("--rounds", type=int, help="at most so many rounds of each; the figures mean little then")
    parser.addoption("--rows", type=Path, metavar="FILE", help="write every result there as JSON Lines")


def pytest_configure(config: pytest.Config) -> None:
    """Starts with empty notes."""
    config.stash[_notes] = Notes(config.getoption("rounds"))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Prints the ratios, which matter most; pytest-benchmark prints the times."""
    notes = config.stash[_notes]
    if path := config.getoption("rows"):
        path.write_text("".join(f"{json.dumps(asdict(row))}\n" for row in notes.rows))
    terminalreporter.section("ours beside the other")
    terminalreporter.write_line(f"{surroundings()}\n\n{table(row.told() for row in notes.rows)}\n")
    for fact in notes.facts:
        terminalreporter.write_line(f"- {fact}")


@pytest.fixture(autouse=True)
def alone() -> None:
    """Hides the objects of pytest, of the providers and of the benchmarks before from the garbage collector.

    Otherwise it would walk them again and again, charging whichever code allocates the next object.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def notes(request: pytest.FixtureRequest) -> Notes:
    """Collects the figures."""
    return request.config.stash[_notes]


@pytest.fixture
def pair(notes: Notes, benchmark: Any) -> Pair:
    """Measures two things alternately."""
    return Pair(notes, benchmark)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[AshbyClient]:
    """A client of a sandbox in its own process."""
    command = [sys.executable, "-c", "from langchain_ashby.cli import main; main()", "sandbox", "--candidates", "100"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
        assert running.stdout
        try:
            ready = json.loads(running.stdout.readline())
            with AshbyClient(ready["api_key"], ready["url"]) as client:
                yield client
        finally:
            running.terminate()


@pytest.fixture(scope="session")
def candidates(sandbox: AshbyClient) -> list[dict[str, Any]]:
    """A page of 100 candidates."""
    return [dict(candidate) for candidate in sandbox.call(ListCandidates(limit=100)).results]


@pytest.fixture(scope="session")
def page_url(candidates: list[dict[str, Any]]) -> Iterator[str]:
    """A server that answers with a page of 25 candidates."""
    with serving(Listing(json.dumps(candidates[:25]).encode())) as server:
        yield server.url
