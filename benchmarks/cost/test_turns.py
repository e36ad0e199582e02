"""Compares a turn of the agent with `create_agent` and approval middleware: all tools, an instant model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.messages import AIMessage
from langchain_core.tools import BaseTool, BaseToolkit, StructuredTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command

from benchmarks.cost.fixed_server import Listing, serving
from benchmarks.cost.pairs import Notes, Pair, seconds
from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import SYSTEM_PROMPT, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.endpoints import CreateCandidate, GetCandidate, ListCandidateNotes

THEIRS = "create_agent and HumanInTheLoopMiddleware"
KEEPERS = ("memory", "SQLite")


class WithoutCards(BaseToolkit):
    """Tools that the agent does not recognize as Ashby's, so it asks about writes but reads nothing for a card."""

    tools: list[BaseTool]

    def get_tools(self) -> list[BaseTool]:
        """The tools."""
        return [
            StructuredTool(**{name: getattr(it, name) for name in StructuredTool.model_fields}) for it in self.tools
        ]


def timed(kind: type[Any]) -> type[Any]:
    """A kind of store that times its calls."""

    class Timed(kind):
        seconds, calls = 0.0, 0

        def batch(self, ops: Any) -> Any:
            began = perf_counter()
            try:
                return super().batch(ops)
            finally:
                self.seconds += perf_counter() - began
                self.calls += 1

    return Timed


class Turns:
    """Both agents with their checkpointers, and ways to run a turn."""

    def __init__(self, keeper: str, directory: Path, stack: ExitStack) -> None:
        self.keeper = keeper
        self.ours = self._kept(directory / "ours.db", stack)
        self.theirs = self._kept(directory / "theirs.db", stack)

    def _kept(self, file: Path, stack: ExitStack) -> tuple[Any, Any]:
        if self.keeper == "memory":
            return InMemorySaver(), timed(InMemoryStore)()
        saver = stack.enter_context(SqliteSaver.from_conn_string(str(file)))
        store = stack.enter_context(timed(SqliteStore).from_conn_string(str(file)))
        saver.setup()
        store.setup()
        return saver, store

    def graphs(self, toolkit: AshbyToolkit, spoken: AIMessage, *, cards: bool = True) -> tuple[Any, Any]:
        """Our agent and theirs, with a model that sends one message and then finishes."""
        own = toolkit if cards else WithoutCards(tools=toolkit.get_tools())
        ask = HumanInTheLoopMiddleware(interrupt_on=toolkit.interrupt_on())
        return (
            create_recruiting_agent(_model(spoken), own, checkpointer=self.ours[0], store=self.ours[1]),
            create_agent(
                _model(spoken),
                toolkit.get_tools(),
                system_prompt=SYSTEM_PROMPT,
                middleware=[ask],
                checkpointer=self.theirs[0],
            ),
        )


def _model(spoken: AIMessage) -> ScriptedChatModel:
    return ScriptedChatModel(script=lines(spoken, "Done."))


def turn(graph: Any, *, approved: bool = False) -> None:
    """One turn on a new thread, including the person's approval if one is needed."""
    thread = {"configurable": {"thread_id": uuid4().hex}}
    result = graph.invoke({"messages": [("user", "Go.")]}, thread, durability="sync")
    assert ("__interrupt__" in result) == approved
    if approved:
        result = graph.invoke(Command(resume={"decisions": [{"type": "approve"}]}), thread, durability="sync")
    assert [message.type for message in result["messages"]] == ["human", "ai", "tool", "ai"]


@pytest.fixture(params=KEEPERS)
def turns(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Turns]:
    """Agents with their threads in memory or in SQLite."""
    with ExitStack() as stack:
        yield Turns(request.param, tmp_path, stack)


@pytest.fixture
def candidate_url(candidates: list[dict[str, Any]]) -> Iterator[str]:
    """A server that answers every request with a candidate."""
    with serving(Listing(json.dumps(candidates[0]).encode())) as server:
        yield server.url


def test_a_turn_that_reads(pair: Pair, turns: Turns, candidate_url: str, candidates: list[dict[str, Any]]) -> None:
    """A question, a read, an answer."""
    with AshbyClient("key", candidate_url) as client:
        spoken = say("", call("ashby_get_candidate", candidate_id=candidates[0]["id"]))
        ours, theirs = turns.graphs(AshbyToolkit(client), spoken)
        what = f"a turn that reads, {turns.keeper}"
        pair(what, partial(turn, ours), THEIRS, partial(turn, theirs), rounds=300, at_most=1.0)


def test_a_turn_that_writes(pair: Pair, turns: Turns, candidate_url: str, candidates: list[dict[str, Any]]) -> None:
    """An approved write, in both without a card. Ours includes the journal, theirs has none."""
    with AshbyClient("key", candidate_url) as client:
        ours, theirs = turns.graphs(AshbyToolkit(client), _note(candidates[0]), cards=False)
        what = f"an approved write without card, {turns.keeper}"
        mine, others = partial(turn, ours, approved=True), partial(turn, theirs, approved=True)
        pair(what, mine, THEIRS, others, rounds=300, at_most=1.0)


def test_a_turn_that_writes_less_its_journal(
    notes: Notes, turns: Turns, candidate_url: str, candidates: list[dict[str, Any]]
) -> None:
    """The same less the time in the store, which is the price of never writing twice."""
    store = turns.ours[1]
    with AshbyClient("key", candidate_url) as client:
        ours, theirs = turns.graphs(AshbyToolkit(client), _note(candidates[0]), cards=False)
        mine, others, journal = [], [], []
        for _ in range(5 + notes.rounds(300)):
            others.append(seconds(partial(turn, theirs, approved=True)))
            store.seconds, store.calls = 0.0, 0
            whole = seconds(partial(turn, ours, approved=True))
            mine.append(whole - store.seconds)
            journal.append(store.seconds)
    what = f"an approved write without card, less its journal, {turns.keeper}"
    notes.compare(what, mine[5:], THEIRS, others[5:], at_most=1.0)
    notes.tell(
        f"the journal and the audit trail of a write take {median(journal) * 1000:.2f} ms in "
        f"{store.calls} calls of the store, {turns.keeper}"
    )


def test_a_turn_that_writes_with_a_card(pair: Pair, turns: Turns, sandbox: AshbyClient) -> None:
    """The full write on the sandbox: card, re-check, journal. Theirs has none of them, and makes no reads."""
    candidate = sandbox.call(GetCandidate(candidate_id=_somebody(sandbox)))
    ours, theirs = turns.graphs(AshbyToolkit(sandbox), _note(candidate))
    what = f"an approved write with its card, on the sandbox, {turns.keeper}"
    pair(what, partial(turn, ours, approved=True), THEIRS, partial(turn, theirs, approved=True), rounds=60)


def test_a_turn_that_writes_with_a_card_beside_the_same_reads(pair: Pair, turns: Turns, sandbox: AshbyClient) -> None:
    """The same, compared with theirs plus the reads of a note's card: the candidate and its notes, twice each."""
    candidate = sandbox.call(GetCandidate(candidate_id=_somebody(sandbox)))
    ours, theirs = turns.graphs(AshbyToolkit(sandbox), _note(candidate))

    def read_and_turn() -> None:
        for _ in range(2):
            sandbox.call(GetCandidate(candidate_id=candidate["id"]))
            list(sandbox.items(ListCandidateNotes(candidate_id=candidate["id"])))
        turn(theirs, approved=True)

    what = f"an approved write with its card, on the sandbox, {turns.keeper}"
    pair(what, partial(turn, ours, approved=True), f"{THEIRS}, and the same reads", read_and_turn, rounds=60)


def _somebody(sandbox: AshbyClient) -> str:
    """A new candidate for each benchmark, because notes pile up and slow down the reads."""
    return str(sandbox.call(CreateCandidate(name="Mary Somerville"))["id"])


def _note(candidate: Any) -> AIMessage:
    return say("", call("ashby_create_candidate_note", candidate_id=candidate["id"], note="Met on Monday."))
