"""A thread keeps what each step changes, and no artifacts; runs return both."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, RemoveMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.message import REMOVE_ALL_MESSAGES, add_messages
from langgraph.store.base import PutOp
from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command
from office import Office, agent, approve, calling, read, results, thread, user, write

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.agent.messages.own import is_own_answer
from langchain_ashby.agent.state import State, Update, changes
from langchain_ashby.agent.state.conversation import added
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.errors import ConfigurationError
from langchain_ashby.sandbox import AshbySandbox

ARTIFACT = {"results": {"id": "ada"}}

_texts, _ids = st.sampled_from(["one", "two"]), st.sampled_from(["a", "b", "c", None])
_messages = st.one_of(
    st.builds(lambda text, id: HumanMessage(text, id=id), _texts, _ids),
    st.builds(lambda text, id: AIMessageChunk(content=text, id=id), _texts, _ids),
    st.builds(lambda text: ("user", text), _texts),
    st.builds(lambda text: {"role": "user", "content": text}, _texts),
    st.builds(lambda id: RemoveMessage(id=id), st.sampled_from(["a", "b", REMOVE_ALL_MESSAGES])),
)
_changes = st.lists(st.one_of(_messages, st.lists(_messages, max_size=4)), max_size=8)


def _copies(changes: list[Any]) -> list[Any]:
    """As a checkpointer gives them back: without the ids that were made meanwhile."""
    return [
        _copies(it) if isinstance(it, list) else it.model_copy() if hasattr(it, "model_copy") else it for it in changes
    ]


def test_a_step_writes_only_what_the_state_has_not() -> None:
    before = State(messages=[], problem=None, proposals=[], left_out=3, stamps={"a": "today"})
    update: Update = {"messages": [], "own": {}, "proposals": [], "edits": [], "problem": None, "left_out": 0}
    update["stamps"] = {}
    assert changes(update, before) == {"messages": [], "own": {}, "left_out": 0, "stamps": {}}


@given(_changes, st.integers(0, 8))
def test_changes_give_the_same_conversation_however_they_are_split(changes: list[Any], at: int) -> None:
    whole = added([], _copies(changes))
    assert added(added([], _copies(changes[:at])), _copies(changes[at:])) == whole
    assert len({it.id for it in whole}) == len(whole), "every message has an id of its own"
    assert not any(isinstance(it, AIMessageChunk) for it in whole)


@given(st.lists(st.builds(lambda text, id: HumanMessage(text, id=id), _texts, st.sampled_from(["a", "b"])), max_size=6))
def test_messages_are_added_and_replaced_as_langgraph_does(messages: list[Any]) -> None:
    expected: Any = []
    for message in messages:
        expected = add_messages(expected, [message.model_copy()])
    assert added([], [[it] for it in messages]) == expected


def artifacts_in(saved: Any) -> list[Any]:
    return [it.artifact for it in results(saved.values)]


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_the_run_returns_the_artifacts_and_the_thread_does_not_keep_them(asynchronous: bool) -> None:
    graph, config = agent(Office(), calling(read("ada"), write("ben")), "Done."), thread()
    result = await graph.ainvoke(user(), config) if asynchronous else graph.invoke(user(), config)
    assert [it.artifact for it in results(result)] == [ARTIFACT]
    assert artifacts_in(graph.get_state(config)) == [None]
    decided: Command[Any] = Command(resume=approve())
    result = await graph.ainvoke(decided, config) if asynchronous else graph.invoke(decided, config)
    assert [it.artifact for it in results(result)] == [None, {"results": {"id": "ben"}}], "of this run"
    assert artifacts_in(graph.get_state(config)) == [None, None]


@pytest.mark.parametrize("mode", ["values", "updates", "messages", "tasks", "debug", "checkpoints"])
def test_every_stream_has_the_artifacts(mode: Any) -> None:
    graph = agent(Office(), calling(read("ada")), "Done.")
    found = [it.artifact for it in _answers(list(graph.stream(user(), thread(), stream_mode=mode)))]
    assert ARTIFACT in found and not any(it not in (None, ARTIFACT) for it in found)


def _answers(value: Any) -> list[ToolMessage]:
    if isinstance(value, ToolMessage):
        return [value]
    if isinstance(value, dict):
        value = [*value.values()]
    return [it for entry in value for it in _answers(entry)] if isinstance(value, list | tuple) else []


def test_a_graph_around_the_agent_gets_the_artifacts() -> None:
    outer = StateGraph(MessagesState)
    outer.add_node("recruiter", agent(Office(), calling(read("ada")), "Done.", checkpointer=None))
    outer.add_edge(START, "recruiter")
    result = outer.compile(checkpointer=InMemorySaver()).invoke(user(), thread())
    assert [it.artifact for it in results(result)] == [ARTIFACT]


def test_an_output_can_be_the_next_input() -> None:
    graph, config = agent(Office(), calling(read("ada")), "Done.", "Fine."), thread()
    result = graph.invoke(user(), config)
    again = graph.invoke({"messages": [*result["messages"], HumanMessage("And?")]}, config)
    assert again["messages"][-1].text == "Fine."
    assert [it.text for it in results(again)] == ["candidate ada"]
    assert artifacts_in(graph.get_state(config)) == [None]


@pytest.mark.parametrize("nonsense", [{"role": "nobody", "content": "x"}, 5, ("user", "a", "b"), {"content": "x"}])
def test_an_input_that_is_no_message_leaves_the_thread_as_it_was(nonsense: Any) -> None:
    graph, config = agent(Office(), "One.", "Two."), thread()
    graph.invoke(user(), config)
    with pytest.raises((ValueError, NotImplementedError)):
        graph.invoke({"messages": [nonsense]}, config)
    assert graph.invoke(user(), config)["messages"][-1].text == "Two."


def test_a_thread_of_an_earlier_version_goes_on() -> None:
    saver, config = InMemorySaver(), thread()
    older = StateGraph(MessagesState)
    older.add_node("speak", lambda state: {"messages": [AIMessage("Before.", id="m1")]})
    older.add_edge(START, "speak")
    older.compile(checkpointer=saver).invoke(user(), config)
    graph = agent(Office(), "unsaid", "After.", checkpointer=saver, store=InMemoryStore())
    said = [it.text for it in graph.invoke(user("Go on."), config)["messages"]]
    assert said == ["Go.", "Before.", "Go on.", "After."]


def test_a_thread_stored_by_the_oldest_langgraph_continues(tmp_path: Path) -> None:
    """LangGraph may still change how it stores changes. The file was made with the versions in `tests/floors.txt`."""
    file, office = tmp_path / "agent.db", Office()
    kept = gzip.decompress(Path(__file__).with_name("kept_by_langgraph_1.2.15.sql.gz").read_bytes())
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(kept.decode())
    config: Any = {"configurable": {"thread_id": "old"}}
    with SqliteSaver.from_conn_string(str(file)) as saver, SqliteStore.from_conn_string(str(file)) as store:
        graph = agent(office, "unsaid", "unsaid", "Moved.", checkpointer=saver, store=store)
        said = [it.text for it in graph.get_state(config).values["messages"]]
        assert said == ["First.", "One.", "Write.", "", "candidate ada"]
        result = graph.invoke(Command(resume=approve()), config, durability="sync")
    assert [it.text for it in result["messages"]] == [*said, "moved ada to Offer", "Moved."]
    assert office.writes == [("ada", "Offer")]


def test_a_conversation_without_its_checkpoints_is_not_taken_for_empty(tmp_path: Path) -> None:
    with SqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver:
        graph, config = agent(Office(), "One.", "Two.", checkpointer=saver, store=InMemoryStore()), thread()
        graph.invoke(user(), config)
        saver.conn.execute("DELETE FROM checkpoints WHERE checkpoint_id < (SELECT max(checkpoint_id) FROM checkpoints)")
        for look in (graph.get_state, lambda config: graph.invoke(user(), config)):
            with pytest.raises(ConfigurationError, match="cannot be read: the checkpoints that hold it are gone"):
                look(config)


def test_only_steps_that_change_the_conversation_about_writes_store_all_of_it() -> None:
    def whole() -> int:
        found = (it.checkpoint for it in saver.list(config) if "messages" in it.checkpoint["channel_values"])
        return len({it["channel_versions"]["messages"] for it in found})

    saver, config = InMemorySaver(), thread()
    graph = agent(Office(), calling(read("ada")), "One.", calling(write("ada")), "Done.", checkpointer=saver)
    graph.invoke(user(), config)
    assert whole() == 0
    graph.invoke(user(), config)
    assert whole() == 1, "the message with the write; the question adds nothing"
    graph.invoke(Command(resume=approve()), config)
    assert whole() == 3, "the decision, the answer"


def test_an_earlier_checkpoint_can_be_gone_back_to() -> None:
    graph, config = agent(Office(), "One.", "Two.", "Three."), thread()
    for _ in range(2):
        graph.invoke(user(), config)
    earlier = next(it for it in graph.get_state_history(config) if len(it.values.get("messages", [])) == 2)
    branch = graph.invoke(user("Otherwise."), earlier.config)
    assert [it.text for it in branch["messages"]] == ["Go.", "One.", "Otherwise.", "Two."]
    assert [it.text for it in graph.get_state(config).values["messages"]] == ["Go.", "One.", "Otherwise.", "Two."]


class Overtaken(InMemoryStore):
    """Lets another worker answer the same question right before the first one's decisions get into the journal."""

    other: Any = None

    def batch(self, ops: Any) -> Any:
        ops = [*ops]
        if self.other is not None and any(isinstance(it, PutOp) for it in ops):
            other, self.other = self.other, None
            other()
        return super().batch(ops)


def test_two_workers_with_one_question_leave_no_call_without_an_answer() -> None:
    with AshbySandbox(candidates=10) as ashby, AshbyClient(ashby.api_key, ashby.url) as client:
        candidate = ashby.records("candidate")[0]["id"]
        notes = [call("ashby_create_candidate_note", candidate_id=candidate, note=f"Note {n}.") for n in range(3)]
        store, config = Overtaken(), thread()
        model = ScriptedChatModel(script=lines(say("", *notes), "Done."))
        graph = create_recruiting_agent(model, AshbyToolkit(client), store=store)
        graph.invoke(user(), config)
        decisions: Any = [{"type": "reject"}, {"type": "approve"}, {"type": "approve"}]
        store.other = lambda: graph.invoke(Command(resume={"decisions": decisions}), config)
        graph.invoke(Command(resume={"decisions": decisions}), config)
        assert len([it for it in ashby.requests() if it["endpoint"] == "candidate.createNote"]) == 2
    saved = graph.get_state(config).values
    assert len(results(saved)) == 3, "as the worker had it whose steps are the latest"
    assert all(is_own_answer(it, saved["own"]) for it in results(saved))


def test_the_database_grows_by_what_is_said(tmp_path: Path) -> None:
    """Without the changes it would grow with the square of the thread's length."""
    long, database = "x" * 20_000, tmp_path / "threads.db"
    sizes = []
    with SqliteSaver.from_conn_string(str(database)) as saver:
        graph = agent(Office(), *["Noted."] * 20, checkpointer=saver, store=InMemoryStore())
        config = thread()
        for _ in range(20):
            graph.invoke(user(long), config, durability="sync")
            saver.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            sizes.append(database.stat().st_size)
    grown = [after - before for before, after in pairwise(sizes)]
    assert max(grown) < 5 * len(long), grown
