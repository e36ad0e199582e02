"""The agent's graph without approval, as a baseline for its time."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage, SystemMessage
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Send

from langchain_ashby import AshbyToolkit
from langchain_ashby.agent import SYSTEM_PROMPT


def without_approval(model: Any, toolkit: AshbyToolkit, checkpointer: Any, store: Any) -> Any:
    """A model and its tools, one task per call: no graph can have fewer steps."""
    tools = toolkit.get_tools()
    bound = model.bind_tools(tools)

    def answer(state: MessagesState) -> dict[str, Any]:
        return {"messages": [bound.invoke([SystemMessage(SYSTEM_PROMPT), *state["messages"]])]}

    graph = StateGraph(MessagesState)
    graph.add_node("model", answer)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", _to_tools, ["tools", END])
    graph.add_edge("tools", "model")
    return graph.compile(checkpointer=checkpointer, store=store)


def _to_tools(state: MessagesState) -> list[Send] | str:
    last = state["messages"][-1]
    calls = last.tool_calls if isinstance(last, AIMessage) else []
    return [Send("tools", [call]) for call in calls] or END
