"""Compares the client with requests, and a tool with an empty one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import requests
from langchain_core.tools import StructuredTool

from benchmarks.cost.fixed_server import Listing, serving
from benchmarks.cost.pairs import Notes, Pair, seconds
from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import GetCandidate, ListCandidates
from langchain_ashby.http import wire
from langchain_ashby.results import render
from langchain_ashby.results.redaction import without_private

PAGE = ListCandidates(limit=25)
BARE = "Session.post(…).json()"


def bare(url: str, key: str = "key", **settings: Any) -> Callable[[], Any]:
    """A call as written without this package, on a kept-open connection."""
    session = requests.Session()
    session.auth = (key, "")
    session.headers.update(wire.HEADERS)
    for name, value in settings.items():
        setattr(session, name, value)
    return lambda: session.post(f"{url}/{PAGE.path}", json={"limit": 25}, timeout=60).json()


def test_a_call(pair: Pair, page_url: str) -> None:
    """The comparison that matters: the server takes almost no time."""
    with AshbyClient("key", page_url) as client:
        pair("a page of 25", partial(client.call, PAGE), BARE, bare(page_url), rounds=2000, at_most=1.10)


def test_a_call_beside_a_tuned_session(pair: Pair, page_url: str) -> None:
    """Stricter: a session that skips the proxy lookup, as our client does for this machine."""
    with AshbyClient("key", page_url) as client:
        ours, theirs = partial(client.call, PAGE), bare(page_url, trust_env=False)
        pair("a page of 25", ours, f"{BARE}, no proxies", theirs, rounds=2000, at_most=1.10)


def test_a_call_on_the_sandbox(pair: Pair, sandbox: AshbyClient) -> None:
    """The time that a developer sees."""
    theirs = bare(sandbox.base_url, sandbox._api_key.get_secret_value())
    pair("a page of 25 of the sandbox", partial(sandbox.call, PAGE), BARE, theirs, rounds=200, at_most=1.10)


def test_a_tool_call(notes: Notes) -> None:
    """A tool's overhead over its client, for an empty result."""
    args = {"candidate_id": str(uuid4())}
    with serving(Listing(b"{}")) as server, _TimedClient("key", server.url) as client:
        (ours,) = AshbyToolkit(client, include=["ashby_get_candidate"]).get_tools()
        empty = StructuredTool.from_function(
            lambda candidate_id=None, external_mapping_id=None: None,
            name=ours.name,
            description=ours.description,
            args_schema=GetCandidate,
        )
        mine, theirs = [], []
        for _ in range(notes.rounds(3000)):
            theirs.append(seconds(partial(empty.invoke, args)))
            client.seconds = 0.0
            mine.append(seconds(partial(ours.invoke, args)) - client.seconds)
    notes.compare("a tool call, less its client", mine, "an empty StructuredTool, same schema", theirs, at_most=1.2)


def test_what_is_made_of_a_page(benchmark: Any, sandbox: AshbyClient, notes: Notes) -> None:
    """The time to redact and render a page; an empty tool has no counterpart."""
    results = sandbox.call(PAGE).results
    benchmark.name = "what is made of a page of 25"
    benchmark.pedantic(
        lambda: render(ListCandidates.record(), without_private(results)[0]), rounds=notes.rounds(200), warmup_rounds=1
    )
    taken = benchmark.stats.stats.median * 1000
    notes.tell(f"of a page of 25 a tool makes text, and leaves out what is private, in {taken:.2f} ms")


class _TimedClient(AshbyClient):
    """A client that times its calls."""

    seconds = 0.0

    def exchange(self, request: Any) -> Any:
        """Times the client's own."""
        made: list[Any] = []
        self.seconds += seconds(lambda: made.append(super(_TimedClient, self).exchange(request)))
        return made[0]
