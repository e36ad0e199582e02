"""Open questions that the list has lost are found in the threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.agent.execution.waiting import all_waiting, forget, place, withdraw
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.inbox.catch_up import CatchUp
from langchain_ashby.inbox.outbox import Agent
from langchain_ashby.sandbox import AshbySandbox

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def lose(agent: Agent) -> None:
    """What a crash, or a version that kept no list, leaves."""
    assert agent.store is not None
    for it in all_waiting(agent.store):
        forget(agent.store, place(it))


def test_a_question_that_is_not_listed_is_listed_again_as_it_was(agent: Agent) -> None:
    assert agent.store is not None
    [before] = all_waiting(agent.store)
    lose(agent)
    assert CatchUp(agent, agent.store).look(NOW) == 1
    [after] = all_waiting(agent.store)
    for name in ("interrupt_id", "thread_id", "request", "asked", "said"):
        assert dict(after)[name] == dict(before)[name]


def test_threads_that_could_not_be_read_for_a_moment_are_looked_at_again(
    sandbox: AshbySandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise OSError("the database is away")

    # For the second look, nothing in the threads is new any more.
    monkeypatch.setattr("langchain_ashby.inbox.catch_up._CLOCKS_APART", -timedelta(days=99_999))
    with two_that_wait_in_a_file(sandbox, tmp_path) as (agent, store, _):
        catch_up = CatchUp(agent, store)
        with monkeypatch.context() as patch:
            patch.setattr(type(agent), "get_state", away)
            assert catch_up.look(NOW) == 0
        assert catch_up.look(NOW + timedelta(minutes=2)) == 2
        assert len(all_waiting(store)) == 2


def test_it_looks_once_a_minute_and_finds_what_came_since(agent: Agent) -> None:
    assert agent.store is not None
    catch_up = CatchUp(agent, agent.store)
    assert catch_up.look(NOW) == 0
    lose(agent)
    assert catch_up.look(NOW + timedelta(seconds=59)) == 0
    assert catch_up.look(NOW + timedelta(seconds=60)) == 1


def test_a_question_that_was_answered_or_is_being_answered_is_not_listed(agent: Agent) -> None:
    assert agent.store is not None
    withdraw(agent.store, "note")  # as an answer does, before the thread has it
    assert CatchUp(agent, agent.store).look(NOW) == 0
    [interrupt] = agent.get_state({"configurable": {"thread_id": "note"}}).interrupts
    reject = {"decisions": [{"type": "reject"}]}
    agent.invoke(Command(resume={interrupt.id: reject}), {"configurable": {"thread_id": "note"}})
    assert CatchUp(agent, agent.store).look(NOW + timedelta(minutes=2)) == 0
    assert all_waiting(agent.store) == []


@contextmanager
def two_that_wait_in_a_file(sandbox: AshbySandbox, tmp_path: Path) -> Iterator[tuple[Agent, SqliteStore, str]]:
    """An agent with two questions that are not listed, its store, and for whom the changes would be made."""
    candidate, user = sandbox.records("candidate")[0]["id"], sandbox.records("user")[1]["id"]
    note = call("ashby_create_candidate_note", candidate_id=candidate, note="Call back on Monday.")
    file = str(tmp_path / "agent.db")
    with (
        AshbyClient(sandbox.api_key, sandbox.url) as client,
        SqliteSaver.from_conn_string(file) as saver,
        SqliteStore.from_conn_string(file) as store,
    ):
        store.setup()
        model = ScriptedChatModel(script=lines(say("I add the note.", note)))
        agent = create_recruiting_agent(model, AshbyToolkit(client), checkpointer=saver, store=store, act_for="anyone")
        for thread in ("one", "two"):
            asked: Any = {"messages": [("user", "A note.")]}
            settings: Any = {"on_behalf_of": user}
            agent.invoke(asked, {"configurable": {"thread_id": thread}}, context=settings, durability="sync")
        lose(agent)
        yield agent, store, user


def test_the_user_for_whom_it_would_be_made_is_known_again_in_a_file(sandbox: AshbySandbox, tmp_path: Path) -> None:
    with two_that_wait_in_a_file(sandbox, tmp_path) as (agent, store, user):
        assert CatchUp(agent, store).look(NOW) == 2
        assert [it["settings"] for it in all_waiting(store)] == [{"on_behalf_of": user}] * 2


def test_a_look_that_is_to_end_ends(agent: Agent) -> None:
    assert agent.store is not None
    lose(agent)
    catch_up = CatchUp(agent, agent.store)
    catch_up.end()
    assert catch_up.look(NOW) == 0
