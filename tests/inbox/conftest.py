"""An inbox over a real agent on the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from desks import KINDS, Pair, note, place
from people import Browser, browser_of
from postgres import postgres as postgres

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.inbox.outbox import Agent, Outbox
from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox() as it:
        yield it


@pytest.fixture
def agent(sandbox: AshbySandbox) -> Agent:
    """An agent that adds a note to the first candidate, and waits for approval in the thread `note`."""
    return _waiting(sandbox)


@pytest.fixture(scope="module")
def one_agent() -> Iterator[Agent]:
    """The same for all tests of a module that let no decision leave."""
    with AshbySandbox() as it:
        yield _waiting(it)


@pytest.fixture
def undecided_agent(one_agent: Agent) -> Iterator[Agent]:
    """That agent, whose question stays open: what a test decides is taken back."""
    yield one_agent
    assert one_agent.store is not None
    outbox = Outbox(one_agent, one_agent.store)
    for interrupt_id, number in outbox.all():
        outbox.take_back(interrupt_id, number)
    outbox.close()


@pytest.fixture(params=KINDS)
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    """A place of each kind for threads and their store."""
    url = request.getfixturevalue("postgres") if "postgres" in request.param else None
    with place(request.param, tmp_path, url) as it:
        yield it


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Pair]:
    """A place in memory."""
    with place("memory", tmp_path, None) as it:
        yield it


def _waiting(sandbox: AshbySandbox) -> Agent:
    model = ScriptedChatModel(script=lines(say("I add the note.", note()), say("Done.")))
    made = create_recruiting_agent(model, AshbyToolkit(AshbyClient(sandbox.api_key, sandbox.url)))
    made.invoke({"messages": [("user", "Note to call back on Monday.")]}, {"configurable": {"thread_id": "note"}})
    return made


@pytest.fixture
def browser(agent: Agent) -> Iterator[Browser]:
    """A client of the inbox, in which decisions leave at once."""
    with browser_of(agent, undo=timedelta(0)) as it:
        yield it
