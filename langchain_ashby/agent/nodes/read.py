"""The node that runs reads. It has no tools that write, so no routing mistake can make it write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property, partial
from itertools import filterfalse
from typing import Any

from langchain_core.messages import ToolCall
from langchain_core.runnables import Runnable, RunnableConfig
from langgraph.prebuilt.tool_node import ToolCallRequest
from langgraph.store.base import BaseStore

from langchain_ashby.agent.approval.gate import needs_approval
from langchain_ashby.agent.execution.waiting import approvals
from langchain_ashby.agent.messages.own import recorded, recorded_result
from langchain_ashby.agent.messages.tool_messages import (
    NOT_IN_THIS_RUN,
    Result,
    not_executed,
    unreadable,
)
from langchain_ashby.agent.run.runtime import current_run
from langchain_ashby.agent.run.settings import RunLimits, RunSettings
from langchain_ashby.agent.run.tools import NodeTools
from langchain_ashby.errors import AshbyError
from langchain_ashby.toolkit.approvals import WaitingApproval, telling


class ReadNode(Runnable[Any, Any]):
    """Runs calls of read-only tools. If Ashby cannot be reached, that answers the call."""

    name = "reads"

    def __init__(self, limits: RunLimits, own_store: BaseStore | None) -> None:
        self._limits = limits
        self._own_store = own_store

    @cached_property
    def tools(self) -> NodeTools:
        """The tools that run without approval."""
        return NodeTools(filterfalse(needs_approval, self._limits.tools.values()), self._execute, self._aexecute)

    def invoke(self, input: list[ToolCall], config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Runs the call of a task."""
        return recorded(self.tools.of(input[0]["name"]).invoke(input, config))

    async def ainvoke(self, input: list[ToolCall], config: RunnableConfig | None = None, **kwargs: Any) -> Any:
        """Runs the call of a task under asyncio."""
        return recorded(await self.tools.of(input[0]["name"]).ainvoke(input, config))

    def _execute(self, request: ToolCallRequest, execute: Callable[[ToolCallRequest], Result]) -> Result:
        settings = self._limits.settings()
        if request.tool_call["name"] not in settings.tools:
            return not_executed(request.tool_call, NOT_IN_THIS_RUN)
        try:
            with self._limits.acting(settings), telling(partial(self._approvals, settings)):
                return recorded_result(execute(request), request.state)
        except AshbyError as error:
            return _failed(request, error)

    async def _aexecute(
        self, request: ToolCallRequest, execute: Callable[[ToolCallRequest], Awaitable[Result]]
    ) -> Result:
        settings = self._limits.settings()
        if request.tool_call["name"] not in settings.tools:
            return not_executed(request.tool_call, NOT_IN_THIS_RUN)
        try:
            with self._limits.acting(settings), telling(partial(self._approvals, settings)):
                return recorded_result(await execute(request), request.state)
        except AshbyError as error:
            return _failed(request, error)

    def _approvals(self, settings: RunSettings) -> list[WaitingApproval]:
        store = current_run(self._own_store).store
        return [] if store is None else approvals(store, self._limits.account, settings.on_behalf_of)


def _failed(request: ToolCallRequest, error: AshbyError) -> Result:
    return unreadable(request.tool_call, error.for_model(), retryable=error.retryable)
