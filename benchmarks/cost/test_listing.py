"""All pages of a company with 100,000 candidates."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from time import perf_counter
from typing import Any

import psutil
import requests

from benchmarks.cost.fixed_server import Listing, serving
from benchmarks.cost.pairs import Notes
from langchain_ashby import AshbyClient
from langchain_ashby.endpoints import ListCandidates

CANDIDATES, PER_PAGE = 100_000, 100
BLOCK = 50
FLAT = 8_000_000
"""The most bytes that memory may grow between the first pages and the last; one page takes 1.5 million."""


def by_hand(url: str) -> Iterator[Any]:
    """The loop as written without this package."""
    session, body = requests.Session(), {"limit": PER_PAGE}
    session.auth = ("key", "")
    while True:
        reply = session.post(f"{url}/candidate.list", json=body, timeout=60).json()
        yield from reply["results"]
        if not reply["moreDataAvailable"]:
            return
        body = {"limit": PER_PAGE, "cursor": reply["nextCursor"]}


def batched(times: list[float]) -> Iterator[list[float]]:
    """The times in blocks of pages, because a stall of the machine hits one page and not its neighbor."""
    return (times[start : start + BLOCK] for start in range(0, len(times), BLOCK))


def test_listing_everything(notes: Notes, candidates: list[dict[str, Any]]) -> None:
    """The two loops alternate page by page to the end."""
    pages = max(40, notes.rounds(CANDIDATES // PER_PAGE))
    with (
        serving(Listing(json.dumps(candidates[:PER_PAGE]).encode(), pages)) as server,
        AshbyClient("key", server.url) as client,
    ):
        loops = {"ours": client.items(ListCandidates(limit=PER_PAGE)), "theirs": by_hand(server.url)}
        took: dict[str, list[float]] = {name: [] for name in loops}
        memory = []
        for _ in range(pages):
            for name, loop in loops.items():
                began = perf_counter()
                seen = sum(1 for _ in islice(loop, PER_PAGE))
                took[name].append(perf_counter() - began)
                assert seen == PER_PAGE
            memory.append(psutil.Process().memory_info().rss)
        assert not any(list(loop) for loop in loops.values())

        tracemalloc.start()
        objects = []
        for number, _ in enumerate(client.items(ListCandidates(limit=PER_PAGE))):
            if number % (10 * PER_PAGE) == 0:
                objects.append(tracemalloc.get_traced_memory()[0])
            if number == 200 * PER_PAGE:
                break
        tracemalloc.stop()
    whole = f"{pages * PER_PAGE:,} candidates, {BLOCK} pages at a time"
    mine, theirs = ([sum(block) for block in batched(times)] for times in took.values())
    notes.compare(whole, mine, "a bare loop", theirs, at_most=1 / 0.9)
    grown, kept = memory[-1] - memory[len(memory) // 10], objects[-1] - objects[1]
    notes.tell(
        f"from the tenth part of that listing to its end the process grew by {grown / 1e6:.1f} MB; from page 10 to "
        f"page {(len(objects) - 1) * 10} Python's objects grew by {kept / 1e6:.2f} MB"
    )
    assert grown < FLAT and kept < FLAT
