"""The same graph without approval, and the smallest one: what the agent's time is held against."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage, SystemMessage
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Send

from langchain_ashby import AshbyToolkit
from langchain_ashby.agent import SYSTEM_PROMPT


def same_steps(model: Any, toolkit: AshbyToolkit, checkpointer: Any, store: Any) -> Any:
    """Our graph as it would be if nobody were asked: a way in, the model, one task per call, a join."""
    graph = _begun(model, toolkit)
    graph.add_node("enter", _pass)
    graph.add_node("join", _pass)
    graph.add_edge(START, "enter")
    graph.add_edge("enter", "model")
    graph.add_conditional_edges("model", _to_tools, ["tools", END])
    graph.add_edge("tools", "join")
    graph.add_edge("join", "model")
    return graph.compile(checkpointer=checkpointer, store=store)


def smallest(model: Any, toolkit: AshbyToolkit, checkpointer: Any, store: Any) -> Any:
    """A model and its tools, one task per call, and nothing else."""
    graph = _begun(model, toolkit)
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", _to_tools, ["tools", END])
    graph.add_edge("tools", "model")
    return graph.compile(checkpointer=checkpointer, store=store)


def _begun(model: Any, toolkit: AshbyToolkit) -> StateGraph[MessagesState]:
    tools = toolkit.get_tools()
    bound = model.bind_tools(tools)

    def answer(state: MessagesState) -> dict[str, Any]:
        return {"messages": [bound.invoke([SystemMessage(SYSTEM_PROMPT), *state["messages"]])]}

    graph = StateGraph(MessagesState)
    graph.add_node("model", answer)
    graph.add_node("tools", ToolNode(tools))
    return graph


def _pass(state: MessagesState) -> dict[str, Any]:
    return {}


def _to_tools(state: MessagesState) -> list[Send] | str:
    last = state["messages"][-1]
    calls = last.tool_calls if isinstance(last, AIMessage) else []
    return [Send("tools", [call]) for call in calls] or END
