"""A call is known by the turn in which the agent made it, whatever ids a provider, a cache or a graph repeats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, RemoveMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from office import Office, approve, assert_sendable, read, request, results, thread, user, write

from langchain_ashby.agent import audit_trail, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel

LAST = AIMessage("Done.", id="fixed-last")


def repeating(office: Office, *calls: Any, **options: Any) -> Any:
    """An agent whose model gives the same message, ids and all, whenever a person speaks."""

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        if isinstance(messages[-1], ToolMessage):
            return LAST.model_copy(deep=True)
        return AIMessage("", id="fixed", tool_calls=[dict(call) for call in calls])

    return create_recruiting_agent(ScriptedChatModel(script=script), office, **options)


def test_a_reply_that_repeats_an_earlier_ones_ids_is_asked_and_made_anew() -> None:
    office, config, store = Office(), thread(), InMemoryStore()
    graph = repeating(office, write("ada", call_id="w"), read("ben", "r"), store=store)
    for number in range(3):
        asked = request(graph.invoke(user(), config))
        assert len(asked["action_requests"]) == 1
        result = graph.invoke(Command(resume=approve()), config)
        assert len(office.writes) == len(office.reads) == number + 1
    assert [it.type for it in result["messages"]] == ["human", "ai", "tool", "tool", "ai"] * 3
    ids = [it.id for it in result["messages"]]
    assert len(set(ids)) == len(ids)
    assert len({it.tool_call_id for it in results(result)}) == 6
    assert_sendable(result["messages"])
    assert [it.outcome for it in audit_trail(store)] == ["applied"] * 3


def test_a_reply_from_a_cache_is_asked_and_made_anew() -> None:
    office, config = Office(), thread()
    said: list[int] = []

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        said.append(len(messages))
        if isinstance(messages[-1], ToolMessage):
            return AIMessage("Done.")
        return AIMessage("", tool_calls=[write("ada", call_id="w")])

    model = ScriptedChatModel(script=script, cache=InMemoryCache(), disable_streaming=True)
    outer = StateGraph(MessagesState)
    inner = create_recruiting_agent(model, office, checkpointer=None, store=InMemoryStore())

    def recruiter(state: MessagesState) -> Any:
        return {"messages": inner.invoke({"messages": [HumanMessage("Move Ada.", id="h")]})["messages"][-1:]}

    outer.add_node("recruiter", recruiter)
    outer.add_edge(START, "recruiter")
    graph = outer.compile(checkpointer=InMemorySaver())
    for number in range(2):
        request(graph.invoke(user(), config))
        graph.invoke(Command(resume=approve()), config)
        assert len(office.writes) == number + 1
    assert len(said) < 4, "the cache was not used"


def test_two_agents_in_one_thread_do_not_take_each_others_calls_for_their_own() -> None:
    office, config, store = Office(), thread(), InMemoryStore()
    outer = StateGraph(MessagesState)
    for name in ("one", "two"):
        inner = repeating(office, write("ada", call_id="w"), checkpointer=None, store=store)

        def node(state: MessagesState, inner: Any = inner) -> Any:
            return {"messages": inner.invoke({"messages": [HumanMessage("Move Ada.")]})["messages"][-1:]}

        outer.add_node(name, node)
    outer.add_edge(START, "one")
    outer.add_edge("one", "two")
    graph = outer.compile(checkpointer=InMemorySaver(), store=store)
    request(graph.invoke(user(), config))
    request(graph.invoke(Command(resume=approve()), config))
    graph.invoke(Command(resume=approve()), config)
    assert len(office.writes) == 2


def test_a_call_id_that_was_trimmed_away_and_comes_again_is_a_new_call() -> None:
    office, config = Office(), thread()
    graph = repeating(office, write("ada", call_id="w"))
    graph.invoke(user(), config)
    result = graph.invoke(Command(resume=approve()), config)
    old = [RemoveMessage(str(it.id)) for it in result["messages"]]
    request(graph.invoke({"messages": [*old, HumanMessage("Again.")]}, config))
    graph.invoke(Command(resume=approve()), config)
    assert len(office.writes) == 2


def test_a_reply_with_the_id_of_a_persons_message_does_not_replace_it() -> None:
    config = thread()
    graph = repeating(Office(), write("ada", call_id="w"))
    result = graph.invoke({"messages": [HumanMessage("Go.", id="fixed")]}, config)
    assert [it.type for it in result["messages"]] == ["human", "ai"]


@pytest.fixture
def lost() -> Iterator[tuple[Office, Any, Any, Any]]:
    """A thread back at its question, though the write was approved and made: only the journal knows."""
    office, config, saver, store = Office(), thread(), InMemorySaver(), InMemoryStore()
    graph = repeating(office, write("ada", call_id="w"), checkpointer=saver, store=store)
    graph.invoke(user(), config)
    waiting = graph.get_state(config).config
    graph.invoke(Command(resume=approve()), config)
    yield office, graph, config, waiting


def test_the_same_turn_is_found_in_the_journal_again(lost: tuple[Office, Any, Any, Any]) -> None:
    office, graph, _, waiting = lost
    result = graph.invoke(None, waiting)
    assert "__interrupt__" not in result
    assert len(office.writes) == 1
    assert [it.text for it in results(result)] == ["moved ada to Offer"]


def test_a_turn_whose_proposal_was_lost_is_found_in_the_journal_again(lost: tuple[Office, Any, Any, Any]) -> None:
    office, graph, config, _ = lost
    [spoken] = [it for it in graph.get_state_history(config) if it.next == ("prepare",)]
    result = graph.invoke(user("What happened?"), spoken.config)
    assert len(office.writes) == 1
    assert results(result)[0].text == "moved ada to Offer"


def test_a_call_of_an_earlier_version_is_found_under_its_messages_id() -> None:
    from langchain_ashby.agent.messages.own import turn_of

    message = AIMessage("", id="m1")
    assert turn_of(message, {}) == "m1"
    assert turn_of(message, {"m1": "a turn"}) == "a turn"
