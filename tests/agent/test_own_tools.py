"""Writing tools of the application's own, beside Ashby's: what they see, and that none acts twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, InjectedToolCallId, StructuredTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.errors import ParentCommand
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import InjectedState, ToolRuntime
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command, Send, interrupt
from langgraph_swarm import SwarmState, create_handoff_tool
from office import Office, agent, approve, assert_sendable, calling, made, request, results, thread, user, write

from langchain_ashby.agent import audit_trail

effects: list[str] = []


@pytest.fixture(autouse=True)
def _no_effects() -> None:
    effects.clear()


def own(func: Callable[..., Any], **metadata: Any) -> BaseTool:
    return StructuredTool.from_function(func, description="a tool", metadata=metadata)


def sees_state(state: Annotated[dict[str, Any], InjectedState]) -> str:
    """Sees the state."""
    effects.append(" ".join(it.type for it in state["messages"]))
    return "seen"


def sees_messages(messages: Annotated[list[Any], InjectedState("messages")]) -> str:
    """Sees a part of the state."""
    effects.append(" ".join(it.type for it in messages))
    return "seen"


def sees_runtime(runtime: ToolRuntime) -> str:
    """Sees the runtime."""
    effects.append(" ".join(it.type for it in runtime.state["messages"]))
    return "seen"


@pytest.mark.parametrize("func", [sees_state, sees_messages, sees_runtime])
@pytest.mark.parametrize("metadata", [{}, {"readOnlyHint": True}], ids=["write", "read"])
@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_tool_sees_the_conversation_as_its_state(func: Any, metadata: Any, asynchronous: bool) -> None:
    config = thread()
    graph = agent(Office(more=[own(func, **metadata)]), calling(made(func.__name__, {})), "Done.")
    result = await graph.ainvoke(user(), config) if asynchronous else graph.invoke(user(), config)
    if not metadata:
        request(result)
        told: Command[Any] = Command(resume=approve())
        result = await graph.ainvoke(told, config) if asynchronous else graph.invoke(told, config)
    assert effects == ["human ai"]
    assert results(result)[0].text == "seen"


def test_the_conversation_is_not_copied_into_the_tasks_that_write() -> None:
    config = thread()
    graph = agent(Office(more=[own(sees_state)]), calling(made("sees_state", {}), write("ada")), "Done.")
    graph.invoke(user("A needle in the haystack."), config)
    graph.invoke(Command(resume=approve(2)), config)
    pending = [value for it in graph.checkpointer.list(config) for _, _, value in it.pending_writes or ()]
    sent = [it for it in pending if isinstance(it, Send) and it.node == "writes"]
    assert len(sent) == 2 and "needle" not in str(sent)


def asks_late() -> str:
    """Acts, and asks afterwards."""
    effects.append("acted")
    return f"answered {interrupt('Really?')}"


def asks_first() -> str:
    """Asks, and acts afterwards."""
    answer = interrupt("Really?")
    effects.append("acted")
    return f"answered {answer}"


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_tool_that_asks_a_person_after_it_acted_does_not_act_again(asynchronous: bool) -> None:
    config, store = thread(), InMemoryStore()
    graph = agent(Office(more=[own(asks_late)]), calling(made("asks_late", {})), "Done.", store=store)
    graph.invoke(user(), config)
    told: Command[Any] = Command(resume=approve())
    result = await graph.ainvoke(told, config) if asynchronous else graph.invoke(told, config)
    assert "__interrupt__" not in result
    assert results(result)[0].text.startswith("Outcome not known. The tool paused to ask a person")
    assert effects == ["acted"]
    assert [it.outcome for it in audit_trail(store)] == ["unknown"]


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_tool_that_declares_that_it_asks_first_is_run_again_with_the_answer(
    asynchronous: bool,
) -> None:
    config = thread()
    graph = agent(Office(more=[own(asks_first, asksBeforeActing=True)]), calling(made("asks_first", {})), "Done.")
    graph.invoke(user(), config)
    told: list[Command[Any]] = [Command(resume=approve()), Command(resume="yes")]
    for it in told:
        result = await graph.ainvoke(it, config) if asynchronous else graph.invoke(it, config)
    assert effects == ["acted"]
    assert results(result)[0].text == "answered yes"


def test_the_declaration_counts_only_if_it_is_true_itself() -> None:
    config = thread()
    graph = agent(Office(more=[own(asks_late, asksBeforeActing="no")]), calling(made("asks_late", {})), "Done.")
    graph.invoke(user(), config)
    graph.invoke(Command(resume=approve()), config)
    assert effects == ["acted"]


def returns_for_the_parent(tool_call_id: Annotated[str, InjectedToolCallId]) -> Any:
    """Acts, and hands over."""
    effects.append("acted")
    handed = ToolMessage("Handed over.", tool_call_id=tool_call_id)
    return Command(graph=Command.PARENT, goto="other", update={"messages": [handed]})


def raises_for_the_parent(tool_call_id: Annotated[str, InjectedToolCallId]) -> Any:
    """Acts, and hands over by an error."""
    effects.append("acted")
    handed = ToolMessage("Handed over.", tool_call_id=tool_call_id)
    raise ParentCommand(Command(graph=Command.PARENT, goto="other", update={"messages": [handed]}))


def fails_late() -> str:
    """Acts, and fails."""
    effects.append("acted")
    raise KeyError("zap")


def test_of_a_tool_that_fails_it_is_not_said_that_ashby_would_tell() -> None:
    config = thread()
    graph = agent(Office(more=[own(fails_late)]), calling(made("fails_late", {})), "Done.")
    graph.invoke(user(), config)
    with pytest.raises(KeyError):
        graph.invoke(Command(resume=approve()), config)
    [answer] = results(graph.invoke(None, config))
    assert effects == ["acted"]
    assert "There is no way to check whether it took effect." in answer.text and "Ashby" not in answer.text


HANDING = [returns_for_the_parent, raises_for_the_parent]


@pytest.mark.parametrize("func", HANDING)
@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_command_for_the_parent_is_passed_on_once(func: Any, asynchronous: bool) -> None:
    config, store, visits = thread(), InMemoryStore(), []

    def other(state: MessagesState) -> Any:
        visits.append(state["messages"][-1].text)
        if len(visits) == 1:
            raise KeyError("the next agent fails")
        return {"messages": [("ai", "The other is here.")]}

    outer = StateGraph(MessagesState)
    inner = agent(Office(more=[own(func)]), calling(made(func.__name__, {})), "Done.", checkpointer=None, store=store)
    outer.add_node("recruiter", inner)
    outer.add_node("other", other)
    outer.add_edge(START, "recruiter")
    graph = outer.compile(checkpointer=InMemorySaver(), store=store)
    request(await graph.ainvoke(user(), config) if asynchronous else graph.invoke(user(), config))
    told: Command[Any] = Command(resume=approve())
    with pytest.raises(KeyError):
        await graph.ainvoke(told, config, durability="sync") if asynchronous else graph.invoke(
            told, config, durability="sync"
        )
    result = await graph.ainvoke(None, config) if asynchronous else graph.invoke(None, config)
    assert effects == ["acted"]
    assert visits == ["Handed over."] * 2
    assert result["messages"][-1].text == "The other is here."
    assert [it.outcome for it in audit_trail(store)] == ["applied"]


@pytest.mark.parametrize("func", HANDING)
def test_where_there_is_no_parent_the_tool_has_acted_all_the_same(func: Any) -> None:
    config, store = thread(), InMemoryStore()
    graph = agent(Office(more=[own(func)]), calling(made(func.__name__, {})), "Done.", store=store)
    graph.invoke(user(), config)
    with pytest.raises(Exception):  # noqa: B017 - LangGraph's own, and another one in each way
        graph.invoke(Command(resume=approve()), config)
    result = graph.invoke(user("What happened?"), config)
    assert effects == ["acted"]
    assert results(result)[0].text == "Handed over."
    assert [it.outcome for it in audit_trail(store)] == ["applied"]


def test_a_handoff_tool_of_a_swarm_works_after_approval() -> None:
    config = thread()
    office = Office(more=[create_handoff_tool(agent_name="scheduler")])
    outer = StateGraph(SwarmState)
    hand_over = calling(made("transfer_to_scheduler", {}))
    outer.add_node("recruiter", agent(office, hand_over, "Back.", checkpointer=None, store=InMemoryStore()))
    outer.add_node("scheduler", lambda state: {"messages": [("ai", f"{state['active_agent']} is here.")]})
    outer.add_edge(START, "recruiter")
    graph = outer.compile(checkpointer=InMemorySaver())
    request(graph.invoke(user(), config))
    result = graph.invoke(Command(resume=approve()), config)
    assert result["messages"][-1].text == "scheduler is here."
    assert [it.text for it in results(result)] == ["Successfully transferred to scheduler"]
    assert_sendable(result["messages"])
