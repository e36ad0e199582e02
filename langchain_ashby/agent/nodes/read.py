"""The node that runs reads. Tools that write are not in it, so no mistake in routing can make it write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import ToolException
from langgraph.prebuilt import ToolNode
from langgraph.prebuilt.tool_node import ToolCallRequest
from langgraph.types import Command

from langchain_ashby.agent.approval.gate import Tools, needs_approval
from langchain_ashby.agent.messages.tool_messages import NOT_IN_THIS_RUN, not_executed, unreadable
from langchain_ashby.agent.run.settings import RunLimits
from langchain_ashby.errors import AshbyError

Result = ToolMessage | Command[Any]


def reading(tools: Tools, limits: RunLimits) -> ToolNode:
    """The node for calls of tools that are marked as only reading. A failure to reach Ashby answers the call."""

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
        [tool for tool in tools.values() if not needs_approval(tool)],
        name="reads",
        handle_tool_errors=declared_errors,
        wrap_tool_call=run,
        awrap_tool_call=arun,
    )


def declared_errors(error: ToolException) -> str:
    """What a model may read of an error: one that a tool declares. Any other is a fault in a program, and is raised."""
    # ToolNode asks this about every error that leaves a wrapper, whatever the type says.
    if not isinstance(error, ToolException):
        raise error
    return str(error)


def _failed(request: ToolCallRequest, error: AshbyError) -> ToolMessage:
    return unreadable(request.tool_call, error.for_model(), retryable=error.retryable)
