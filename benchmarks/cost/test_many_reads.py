"""200 reads in one message of the model: as many at once as the agent may run, and no slower than that."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from math import ceil
from time import perf_counter
from typing import Any
from uuid import uuid4

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langgraph.checkpoint.memory import InMemorySaver

from benchmarks.cost.fixed_server import FixedServer, Listing, serving
from benchmarks.cost.pairs import Notes
from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say

READS = 200
SECONDS = 0.25
"""The server's time for each read."""


@pytest.mark.parametrize("at_once", [16, 32, 64])
@pytest.mark.parametrize("way", ["invoke", "ainvoke"])
def test_many_reads(notes: Notes, candidates: list[dict[str, Any]], at_once: int, way: str) -> None:
    """The server needs this many waves, each as long as a read; both agents add CPU time."""
    spoken = say("", *(call("ashby_get_candidate", candidate_id=str(uuid4())) for _ in range(READS)))
    model = ScriptedChatModel(script=lines(spoken, "Done."))
    waves = ceil(READS / at_once)
    with (
        serving(Listing(json.dumps(candidates[0]).encode(), seconds=SECONDS)) as server,
        AshbyClient("key", server.url, max_connections=at_once) as client,
    ):
        toolkit = AshbyToolkit(client)
        ours = create_recruiting_agent(model, toolkit, max_concurrency=at_once)
        asking = HumanInTheLoopMiddleware(interrupt_on=toolkit.interrupt_on())
        theirs = create_agent(model, toolkit.get_tools(), middleware=[asking], checkpointer=InMemorySaver())
        run = partial(_took if way == "invoke" else _atook, server, at_once)
        run(theirs)  # opens the connections
        pairs = [(run(ours), run(theirs)) for _ in range(notes.rounds(6))]
        notes.tell(f"of {at_once} reads allowed at once, {server.most_at_once()} were on the server, {way}")
    mine, others = map(list, zip(*pairs, strict=True))
    what = f"{READS} reads, {at_once} at once, {way}"
    notes.compare(what, mine, "create_agent", others)
    notes.compare(what, mine, f"the server alone, {waves} waves", [waves * SECONDS] * len(mine))


def _took(server: FixedServer, at_once: int, agent: Any) -> float:
    began = perf_counter()
    _check(agent.invoke({"messages": [("user", "Go.")]}, _config(at_once)), server, at_once)
    return perf_counter() - began


def _atook(server: FixedServer, at_once: int, agent: Any) -> float:
    began = perf_counter()
    _check(asyncio.run(agent.ainvoke({"messages": [("user", "Go.")]}, _config(at_once))), server, at_once)
    return perf_counter() - began


def _check(result: Any, server: FixedServer, at_once: int) -> None:
    answers = [message for message in result["messages"] if message.type == "tool"]
    assert len(answers) == READS and all(answer.status == "success" for answer in answers)
    # On a busy machine, the server may answer the first read before the last one is sent.
    assert 1 < server.most_at_once() <= at_once


def _config(at_once: int) -> dict[str, Any]:
    return {"configurable": {"thread_id": uuid4().hex}, "max_concurrency": at_once}
