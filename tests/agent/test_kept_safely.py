"""Where the journal and the threads are kept: what would lose one of them is refused, or a person is asked."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import RemoveMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command, RetryPolicy
from office import Office, agent, approve, calling, request, results, thread, user, write
from postgres import own_schema

from langchain_ashby.agent import ApprovalPolicy, audit_trail, create_recruiting_agent
from langchain_ashby.cli.stores import open_store
from langchain_ashby.demo.scripted import ScriptedChatModel, lines
from langchain_ashby.errors import ConfigurationError

pytestmark = pytest.mark.slow

ALLOW = ApprovalPolicy({"move_candidate": "allow"})


def inside(inner: Any, **kept: Any) -> Any:
    """The agent as the one node of another graph."""
    outer = StateGraph(MessagesState)
    outer.add_node("recruiter", inner)
    outer.add_edge(START, "recruiter")
    return outer.compile(**kept)


# A policy that lets a write pass.


@pytest.mark.parametrize("durability", ["sync", "async"])
@pytest.mark.parametrize("nested", [False, True])
def test_a_policy_lets_a_write_pass_whose_message_is_saved(tmp_path: Path, durability: Any, nested: bool) -> None:
    office, store = Office(), InMemoryStore()
    with SqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver:
        own = None if nested else saver
        graph = agent(office, calling(write("ada")), "Done.", policy=ALLOW, checkpointer=own, store=store)
        graph = inside(graph, checkpointer=saver) if nested else graph
        result = graph.invoke(user(), thread(), durability=durability)
    assert "__interrupt__" not in result
    assert office.writes == [("ada", "Offer")]


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("how", ["node", "called in a node", "deeper"])
async def test_a_retry_of_the_node_around_the_agent_makes_no_second_write_unasked(how: str, asynchronous: bool) -> None:
    office = Office()
    spoken: list[Any] = [calling(write("ada")), ConnectionError(), calling(write("ada")), "Done."]

    def speak(messages: Any) -> Any:
        said = spoken.pop(0)
        if isinstance(said, Exception):
            raise said
        return lines(said)([])

    model = ScriptedChatModel(script=speak)
    inner: Any = create_recruiting_agent(model, office, policy=ALLOW, checkpointer=None, store=InMemoryStore())
    if how == "deeper":
        inner = inside(inner)

    def call(state: MessagesState) -> Any:
        return inner.invoke(state)

    outer = StateGraph(MessagesState)
    around = call if how == "called in a node" else inner
    outer.add_node("recruiter", around, retry_policy=RetryPolicy(initial_interval=0.01, jitter=False))
    outer.add_edge(START, "recruiter")
    graph = outer.compile(checkpointer=InMemorySaver())
    config = thread()
    result: Any = await graph.ainvoke(user(), config) if asynchronous else graph.invoke(user(), config)
    request(result)
    assert office.writes == ([] if how == "deeper" else [("ada", "Offer")])


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_person_is_asked_if_a_run_starts_from_an_earlier_checkpoint(
    asynchronous: bool,
) -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.", calling(write("ben")), "Done.", policy=ALLOW)

    async def run(given: Any, since: Any) -> Any:
        return await graph.ainvoke(given, since) if asynchronous else graph.invoke(given, since)

    await run(user(), config)
    *_, beginning = (it.config for it in graph.get_state_history(config) if it.next == ("model",))
    await run(user(), graph.get_state(config).config)  # Agent Chat UI sends it with each message
    assert office.writes == [("ada", "Offer"), ("ben", "Offer")]
    request(await run(None, beginning))  # as its "Regenerate" button does
    assert office.writes == [("ada", "Offer"), ("ben", "Offer")]


@pytest.mark.parametrize("how", ["changed", "changed and spoken to", "around", "around, with threads of its own"])
def test_a_person_is_asked_where_the_thread_went_another_way_before(how: str) -> None:
    office, config, saver = Office(), thread(), InMemorySaver()
    own: Any = {"around": None, "around, with threads of its own": True}.get(how, saver)
    spoken = calling(write("ada")), "Done.", "Hm."
    graph = agent(office, *spoken, policy=ALLOW, checkpointer=own, store=InMemoryStore())
    graph = inside(graph, checkpointer=saver) if how.startswith("around") else graph
    graph.invoke(user(), config)
    *_, earlier = (it for it in graph.get_state_history(config) if it.next in (("model",), ("recruiter",)))
    given = None
    if how.startswith("around"):
        config = earlier.config
    else:
        asked = earlier.values["messages"][0]
        new = RemoveMessage(asked.id) if how == "changed and spoken to" else asked.model_copy(update={"content": "Go!"})
        graph.update_state(earlier.config, {"messages": [new]})
        given = user() if how == "changed and spoken to" else None
    request(graph.invoke(given, config))
    assert office.writes == [("ada", "Offer")]


def test_a_person_is_asked_if_langchain_retries_the_agent() -> None:
    office = Office()
    said: list[Any] = [calling(write("ada")), ConnectionError(), calling(write("ada")), "Done."]

    def speak(messages: Any) -> Any:
        now = said.pop(0)
        if isinstance(now, Exception):
            raise now
        return lines(now)([])

    graph = create_recruiting_agent(ScriptedChatModel(script=speak), office, policy=ALLOW)
    request(graph.with_retry(wait_exponential_jitter=False).invoke(user(), thread()))
    assert office.writes == [("ada", "Offer")]


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_person_is_asked_where_the_message_is_saved_only_at_the_end(nested: bool, asynchronous: bool) -> None:
    office, store, saver, config = Office(), InMemoryStore(), InMemorySaver(), thread()
    own = None if nested else saver
    graph = agent(office, calling(write("ada")), "Done.", policy=ALLOW, checkpointer=own, store=store)
    graph = inside(graph, checkpointer=saver) if nested else graph
    began = time.monotonic()
    if asynchronous:
        result = await graph.ainvoke(user(), config, durability="exit")
    else:
        result = graph.invoke(user(), config, durability="exit")
    assert time.monotonic() - began < 1.5, "it waited for what never comes"
    [action] = request(result)["action_requests"]
    assert action["args"]["candidate_id"] == "ada" and office.writes == []
    graph.invoke(Command(resume=approve()), config, durability="exit")
    assert office.writes == [("ada", "Offer")]
    assert [(it.decision, it.policy) for it in audit_trail(store)] == [("approve", "allow")]


class Lagging(InMemorySaver):
    """A checkpointer that keeps each checkpoint only after a while."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    def put(self, *args: Any) -> Any:
        time.sleep(self.seconds)
        return super().put(*args)


def test_a_checkpointer_that_lags_a_little_is_waited_for() -> None:
    office = Office()
    graph = agent(office, calling(write("ada")), "Done.", policy=ALLOW, checkpointer=Lagging(0.1))
    assert "__interrupt__" not in graph.invoke(user(), thread(), durability="async")
    assert len(office.writes) == 1


class FarBehind(InMemorySaver):
    """A checkpointer that keeps no checkpoint before a person is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()

    def put(self, *args: Any) -> Any:
        assert self.asked.wait(30)
        return super().put(*args)

    def put_writes(self, config: Any, writes: Any, *args: Any) -> None:
        if any(channel == "__interrupt__" for channel, _ in writes):
            self.asked.set()
        super().put_writes(config, writes, *args)


def test_a_person_is_asked_where_the_checkpointer_lags_far_behind() -> None:
    office = Office()
    graph = agent(office, calling(write("ada")), "Done.", policy=ALLOW, checkpointer=FarBehind())
    request(graph.invoke(user(), thread(), durability="async"))
    assert office.writes == []


def test_without_a_checkpointer_no_policy_lets_a_write_pass() -> None:
    office = Office()
    graph = agent(office, calling(write("ada")), "Done.", policy=ALLOW, checkpointer=None)
    request(graph.invoke(user()))
    assert office.writes == []


async def test_a_checkpointer_for_asyncio_is_read_back_as_well(tmp_path: Path) -> None:
    office = Office()
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver:
        store = InMemoryStore()
        graph = agent(office, calling(write("ada")), "Done.", policy=ALLOW, checkpointer=saver, store=store)
        result = await graph.ainvoke(user(), thread())
    assert "__interrupt__" not in result and len(office.writes) == 1


class OnlyAsync(BaseCheckpointSaver[str]):
    """A checkpointer that can be used under asyncio only, as LangGraph's servers have them."""

    def __init__(self, inner: InMemorySaver) -> None:
        super().__init__()
        self.aget_tuple, self.aput = inner.aget_tuple, inner.aput  # type: ignore[method-assign]
        self.aput_writes, self.alist = inner.aput_writes, inner.alist  # type: ignore[method-assign]
        self.get_next_version = inner.get_next_version  # type: ignore[method-assign]


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
async def test_a_checkpointer_that_is_read_under_asyncio_only_is_read_back_as_well(durability: Any) -> None:
    office, saver, store = Office(), OnlyAsync(InMemorySaver()), InMemoryStore()
    graph = agent(office, calling(write("ada")), "Done.", policy=ALLOW, checkpointer=saver, store=store)
    result = await graph.ainvoke(user(), thread(), durability=durability)
    assert ("__interrupt__" in result) is (durability == "exit")
    assert len(office.writes) == (durability != "exit")


def test_a_run_that_dies_before_its_message_is_saved_leads_to_one_write_at_most() -> None:
    """The next process finds an empty thread, and asks its model again."""
    office, store = Office(), InMemoryStore()
    for saver in (InMemorySaver(), InMemorySaver()):
        spoken = calling(write("ada")), "Done."
        graph = agent(office, *spoken, policy=ALLOW, checkpointer=saver, store=store)
        graph.invoke(user(), {"configurable": {"thread_id": "same"}}, durability="exit")
    assert office.writes == []


# A store beside the checkpointer.


def test_threads_that_outlive_the_process_need_a_store_that_does(tmp_path: Path) -> None:
    with SqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver:
        with pytest.raises(ConfigurationError, match="journal of the writes would be in memory") as refused:
            agent(Office(), checkpointer=saver)
        assert "an open SqliteStore of langgraph.store.sqlite" in refused.value.remedy
        with SqliteStore.from_conn_string(str(tmp_path / "store.db")) as store:
            store.setup()
            agent(Office(), checkpointer=saver, store=store)
        agent(Office(), checkpointer=saver, store=None)
    agent(Office(), checkpointer=InMemorySaver())
    agent(Office(), checkpointer=None)


async def test_an_asynchronous_checkpointer_is_no_exception(tmp_path: Path) -> None:
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver:
        with pytest.raises(ConfigurationError, match="AsyncSqliteSaver"):
            agent(Office(), checkpointer=saver)


@pytest.mark.parametrize("checkpointer", [None, True])
def test_a_graph_around_the_agent_whose_threads_outlive_it_needs_a_store_too(tmp_path: Path, checkpointer: Any) -> None:
    office = Office()
    with SqliteSaver.from_conn_string(str(tmp_path / "threads.db")) as saver:
        graph = inside(agent(office, calling(write("ada")), checkpointer=checkpointer), checkpointer=saver)
        with pytest.raises(ConfigurationError, match="SqliteSaver keeps the threads"):
            graph.invoke(user(), thread())
        store = InMemoryStore()
        graph = inside(agent(office, calling(write("ada")), checkpointer=checkpointer), checkpointer=saver, store=store)
        request(graph.invoke(user(), thread()))
    assert office.writes == []


def test_a_graph_around_the_agent_in_memory_needs_none() -> None:
    graph = inside(agent(Office(), calling(write("ada")), checkpointer=None), checkpointer=InMemorySaver())
    request(graph.invoke(user(), thread()))


# PostgreSQL.


@pytest.mark.slow
def test_a_connection_that_does_not_commit_is_refused_before_anything_is_claimed(postgres: str) -> None:
    import psycopg
    from langgraph.checkpoint.postgres import PostgresSaver
    from langgraph.store.postgres import PostgresStore
    from psycopg.rows import dict_row
    from psycopg_pool import ConnectionPool

    with PostgresSaver.from_conn_string(postgres) as saver, PostgresStore.from_conn_string(postgres) as store:
        saver.setup()
        store.setup()
        agent(Office(), checkpointer=saver, store=store)
        with psycopg.connect(postgres, row_factory=dict_row) as connection:
            for options in (
                {"store": PostgresStore(connection)},
                {"store": store, "checkpointer": PostgresSaver(connection)},
            ):
                with pytest.raises(ConfigurationError, match="does not commit by itself"):
                    agent(Office(), **options)
            # A graph around it, or a server, brings the store.
            office = Office()
            inner = agent(office, calling(write("ada")), checkpointer=None, store=None)
            graph = inside(inner, checkpointer=InMemorySaver(), store=PostgresStore(connection))
            with pytest.raises(ConfigurationError, match="does not commit by itself"):
                graph.invoke(user(), thread())
        assert not [it for it in store.search(("langchain_ashby", "journal")) if "claim" in str(it)]
        with ConnectionPool(postgres, kwargs={"row_factory": dict_row}) as pool:  # it commits each time
            office = Office()
            graph = agent(office, calling(write("ada")), "Done.", store=PostgresStore(pool))  # type: ignore[arg-type]
            config = thread()
            graph.invoke(user(), config)
            assert results(graph.invoke(Command(resume=approve()), config))[0].status == "success"
        assert [it.outcome for it in audit_trail(store, config["configurable"]["thread_id"])] == ["applied"]


def test_a_database_without_tables_says_what_makes_them(postgres: str) -> None:
    empty = own_schema(postgres)
    with pytest.raises(ValueError, match=r"It has no tables: call setup\(\) once"), open_store(empty) as store:
        audit_trail(store)
