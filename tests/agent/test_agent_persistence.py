"""Waiting threads: in memory, in SQLite, across a restart, without a checkpointer; sync, async and streamed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command
from office import Office, agent, approve, assert_sendable, calling, read, request, results, thread, user, write
from waiting_room import turn

HERE = Path(__file__).parent


async def test_the_agent_runs_async() -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(read("ben"), write("ada")), "Done.")
    request(await graph.ainvoke(user(), config))
    assert office.reads == ["ben"]
    request(await graph.ainvoke(Command(resume="?"), config))
    result = await graph.ainvoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]
    assert_sendable(result["messages"])


def test_a_thread_in_sqlite_is_resumed_with_another_graph(tmp_path: Path) -> None:
    config, first, second = thread(), Office(), Office()
    spoken = calling(write("ada"), read("ben")), "Done."
    threads, journal = str(tmp_path / "threads.db"), str(tmp_path / "journal.db")
    with SqliteSaver.from_conn_string(threads) as saver, SqliteStore.from_conn_string(journal) as store:
        agent(first, *spoken, checkpointer=saver, store=store).invoke(user(), config)
    with SqliteSaver.from_conn_string(threads) as saver, SqliteStore.from_conn_string(journal) as store:
        result = agent(second, *spoken, checkpointer=saver, store=store).invoke(Command(resume=approve()), config)
    assert (first.reads, first.writes) == (["ben"], [])
    assert (second.reads, second.writes) == ([], [("ada", "Offer")])
    assert_sendable(result["messages"])


async def test_a_thread_in_sqlite_runs_async(tmp_path: Path) -> None:
    office, config = Office(), thread()
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver:
        spoken = calling(write("ada"), read("ben")), "Done."
        graph = agent(office, *spoken, checkpointer=saver, store=InMemoryStore())
        await graph.ainvoke(user(), config)
        for answer in ("", [], {"decisions": [{"type": "?"}]}):  # type: ignore[var-annotated]
            request(await graph.ainvoke(Command(resume=answer), config))
        assert office.writes == []
        await graph.ainvoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]


def process(*arguments: str, **environment: str) -> list[dict[str, Any]]:
    # The child imports the package from the same place as this test.
    paths = os.pathsep.join([str(HERE), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, str(HERE / "waiting_room.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": paths, **environment},
    )
    assert done.returncode == 0, done.stderr
    assert "unregistered type" not in done.stderr
    turns: list[dict[str, Any]] = json.loads(done.stdout)
    return turns


@pytest.mark.slow
@pytest.mark.parametrize("strict", ["false", "true"])
def test_a_thread_is_resumed_in_another_process_even_with_strict_serialization(tmp_path: Path, strict: str) -> None:
    database = str(tmp_path / "threads.db")
    started = turn(database)
    assert started["reads"] == ["ben"] and started["writes"] == []
    assert len(started["asked"][0]["action_requests"]) == 2
    answers = '{"decisions": [{"type": "approve"}]}', '{"decisions": [{"type": "reject"}, {"type": "approve"}]}'
    asked_again, done = process(database, *answers, LANGGRAPH_STRICT_MSGPACK=strict)
    assert asked_again["writes"] == [] and "2 actions" in asked_again["asked"][0]["problem"]
    assert (done["reads"], done["writes"], done["last"]) == ([], [["cy", "Offer"]], "Done.")


def test_apart_from_messages_the_state_is_plain_json() -> None:
    config = thread()
    graph = agent(Office(), calling(write("ada")))
    graph.invoke(user(), config)
    graph.invoke(Command(resume="?"), config)
    values = dict(graph.get_state(config).values)
    values.pop("messages")
    assert json.loads(json.dumps(values)) == values


def test_streamed_updates_show_the_steps() -> None:
    config = thread()
    graph = agent(Office(), calling(write("ada"), read("ben")), "Done.")
    first = [step for update in graph.stream(user(), config, stream_mode="updates") for step in update]
    assert first[0] == "model"
    assert set(first[1:]) == {"reads", "prepare", "join", "__interrupt__"}
    updates = list(graph.stream(Command(resume=approve()), config, stream_mode="updates"))
    # Steps from before the pause are streamed again, marked as such.
    assert [step for update in updates if "__metadata__" not in update for step in update] == [
        "review",
        "writes",
        "model",
    ]


def test_streamed_values_end_with_the_whole_conversation() -> None:
    config = thread()
    graph = agent(Office(), calling(write("ada")), "Done.")
    *_, last = graph.stream(user(), config, stream_mode="values")
    assert "__interrupt__" in last
    *_, last = graph.stream(Command(resume=approve()), config, stream_mode="values")
    assert [message.type for message in last["messages"]] == ["human", "ai", "tool", "ai"]


def test_streamed_messages_come_word_by_word() -> None:
    graph = agent(Office(), calling(read("ada"), text="I look her up."), "Here she is.")
    streamed = [message for message, _ in graph.stream(user(), thread(), stream_mode="messages")]
    words = [message.text for message in streamed if isinstance(message, AIMessageChunk) and message.text]
    assert words == ["I", " look", " her", " up.", "Here", " she", " is."]


async def test_messages_are_streamed_async() -> None:
    graph = agent(Office(), calling(read("ada"), write("ben"), text="So."), "Done.")
    config = thread()
    words = [message.text async for message, _ in graph.astream(user(), config, stream_mode="messages")]
    assert "So." in words
    words = [m.text async for m, _ in graph.astream(Command(resume=approve()), config, stream_mode="messages")]
    assert "Done." in words


def test_without_a_checkpointer_reads_run_and_writes_never_do() -> None:
    office = Office()
    graph = agent(office, calling(read("ben"), write("ada")), checkpointer=None, store=None)
    assert graph.checkpointer is None and graph.store is None
    said = results(graph.invoke(user()))
    assert {answer.text.split(".")[0] for answer in said} == {"candidate ben", "Not executed"}
    with_store = agent(office, calling(read("ben"), write("ada")), checkpointer=None)
    request(with_store.invoke(user()))
    with pytest.raises(RuntimeError, match="without checkpointer"):
        with_store.invoke(Command(resume=approve()))
    assert office.reads == ["ben", "ben"] and office.writes == []


def test_a_journal_in_memory_says_that_it_forgets(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "langchain_ashby.agent"):
        agent(Office(), store=InMemoryStore())
        assert not caplog.records
        agent(Office())
    assert "lost when the process ends" in caplog.text


def test_threads_are_kept_in_memory_unless_told_otherwise() -> None:
    graph = agent(Office())
    assert isinstance(graph.checkpointer, InMemorySaver) and isinstance(graph.store, InMemoryStore)
    saver, store = InMemorySaver(), InMemoryStore()
    graph = agent(Office(), checkpointer=saver, store=store)
    assert graph.checkpointer is saver and graph.store is store


def test_the_agent_asks_from_inside_another_graph() -> None:
    office, config = Office(), thread()
    outer = StateGraph(MessagesState)
    outer.add_node("recruiter", agent(office, calling(read("ben"), write("ada")), "Done.", checkpointer=None))
    outer.add_edge(START, "recruiter")
    outer.add_edge("recruiter", END)
    graph = outer.compile(checkpointer=InMemorySaver())
    request(graph.invoke(user(), config))
    again = request(graph.invoke(Command(resume="?"), config))
    assert "problem" in again
    result = graph.invoke(Command(resume=approve()), config)
    assert office.writes == [("ada", "Offer")]
    assert len(results(result)) == 2
    assert_sendable(result["messages"])
