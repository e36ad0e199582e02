"""The tools of a node, each made ready when it is first called."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from langchain_core.tools import BaseTool
from langgraph.prebuilt import ToolNode
from langgraph.prebuilt.tool_node import ToolCallRequest

from langchain_ashby.agent.messages.tool_messages import Result, declared_errors

Execute = Callable[[ToolCallRequest, Callable[[ToolCallRequest], Result]], Result]
AsyncExecute = Callable[[ToolCallRequest, Callable[[ToolCallRequest], Awaitable[Result]]], Awaitable[Result]]


class NodeTools:
    """The tools that a node runs through `execute`, by their names.

    Each has a tool node of LangGraph to itself: one of all tools takes longer to make than the rest of the agent.
    """

    def __init__(self, tools: Iterable[BaseTool], execute: Execute, aexecute: AsyncExecute) -> None:
        self.tools_by_name = {tool.name: tool for tool in tools}
        self._execute = execute
        self._aexecute = aexecute
        self._made: dict[str | None, ToolNode] = {}

    def of(self, name: str) -> ToolNode:
        """Returns the tool node of a tool; for an unknown name one of all tools, which answers with their names."""
        tool = self.tools_by_name.get(name)
        key = None if tool is None else name
        if key not in self._made:
            self._made[key] = ToolNode(
                [tool] if tool else list(self.tools_by_name.values()),
                handle_tool_errors=declared_errors,
                wrap_tool_call=self._execute,
                awrap_tool_call=self._aexecute,
            )
        return self._made[key]
