"""The node that runs reads. It has no tools that write, so no routing mistake can make it write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from langchain_core.messages import ToolMessage
from langgraph.prebuilt import ToolNode
from langgraph.prebuilt.tool_node import ToolCallRequest

from langchain_ashby.agent.approval.gate import needs_approval
from langchain_ashby.agent.messages.tool_messages import (
    NOT_IN_THIS_RUN,
    Result,
    declared_errors,
    not_executed,
    unreadable,
)
from langchain_ashby.agent.run.settings import RunLimits
from langchain_ashby.errors import AshbyError


def read_node(limits: RunLimits) -> ToolNode:
    """Makes the node for calls of read-only tools. If Ashby cannot be reached, that answers the call."""

    def run(request: ToolCallRequest, execute: Callable[[ToolCallRequest], Result]) -> Result:
        settings = limits.settings()
        if request.tool_call["name"] not in settings.tools:
            return not_executed(request.tool_call, NOT_IN_THIS_RUN)
        try:
            with limits.acting(settings):
                return execute(request)
        except AshbyError as error:
            return _failed(request, error)

    async def arun(request: ToolCallRequest, execute: Callable[[ToolCallRequest], Awaitable[Result]]) -> Result:
        settings = limits.settings()
        if request.tool_call["name"] not in settings.tools:
            return not_executed(request.tool_call, NOT_IN_THIS_RUN)
        try:
            with limits.acting(settings):
                return await execute(request)
        except AshbyError as error:
            return _failed(request, error)

    return ToolNode(
        [tool for tool in limits.tools.values() if not needs_approval(tool)],
        name="reads",
        handle_tool_errors=declared_errors,
        wrap_tool_call=run,
        awrap_tool_call=arun,
    )


def _failed(request: ToolCallRequest, error: AshbyError) -> ToolMessage:
    return unreadable(request.tool_call, error.for_model(), retryable=error.retryable)
