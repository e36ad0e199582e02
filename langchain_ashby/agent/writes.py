"""The node that runs writes which a person let pass, one task per write."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from langchain_core.messages import ToolMessage
from langgraph.prebuilt import ToolNode
from langgraph.prebuilt.tool_node import ToolCallRequest, ToolCallWithContext
from langgraph.types import Command, Send

from langchain_ashby.agent.answers import EXECUTED_AS_EDITED, not_executed, outcome_unknown
from langchain_ashby.agent.gate import Tools, needs_approval
from langchain_ashby.agent.reads import Result, declared_errors
from langchain_ashby.agent.state import Approval
from langchain_ashby.errors import AshbyError


def to_write(approval: Approval) -> Send:
    """The task that runs an approved write. The approval travels with the call, and is all that the node sees."""
    task = ToolCallWithContext(__type="tool_call_with_context", tool_call=approval["call"], state=approval)
    return Send("writes", task)


def writing(tools: Tools) -> ToolNode:
    """The node for approved writes. A connection that fails answers the call with what is known of the outcome."""

    def run(request: ToolCallRequest, execute: Callable[[ToolCallRequest], Result]) -> Result:
        try:
            result = execute(request)
        except AshbyError as error:
            result = _failed(request, error)
        return _with_edit(request.state, result)

    async def arun(request: ToolCallRequest, execute: Callable[[ToolCallRequest], Awaitable[Result]]) -> Result:
        try:
            result = await execute(request)
        except AshbyError as error:
            result = _failed(request, error)
        return _with_edit(request.state, result)

    return ToolNode(
        [tool for tool in tools.values() if needs_approval(tool)],
        name="writes",
        handle_tool_errors=declared_errors,
        wrap_tool_call=run,
        awrap_tool_call=arun,
    )


def _failed(request: ToolCallRequest, error: AshbyError) -> ToolMessage:
    answer = outcome_unknown if error.outcome_unknown else not_executed
    return answer(request.tool_call, error.for_model())


def _with_edit(approval: Approval, result: Result) -> Result:
    """The result of an edited call, with what really ran: in the conversation the model sees only its own arguments."""
    if not approval["edited"] or isinstance(result, Command):
        return result
    args = json.dumps(approval["call"]["args"], ensure_ascii=False)
    if result.status == "success":
        words = f"{EXECUTED_AS_EDITED} The arguments were {args}, not yours; do not call again with yours."
        return _with_words(result, before=f"{words}\n\n")
    return _with_words(result, after=f"\n\nA person had edited this call: its arguments were {args}, not yours.")


def _with_words(result: ToolMessage, before: str = "", after: str = "") -> ToolMessage:
    content = result.content
    if isinstance(content, str):
        return result.model_copy(update={"content": f"{before}{content}{after}"})
    around = [[{"type": "text", "text": text}] if text else [] for text in (before, after)]
    return result.model_copy(update={"content": [*around[0], *content, *around[1]]})
