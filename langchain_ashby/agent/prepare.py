"""Making a call ready for a person: checked, and put into words. It runs before the pause, and only reads."""

from __future__ import annotations

from typing import cast

from langchain_core.messages import ToolCall, ToolMessage

from langchain_ashby.agent.answers import not_executed
from langchain_ashby.agent.describe import described, tool_title
from langchain_ashby.agent.gate import Tools, argument_problem, needs_approval
from langchain_ashby.agent.history import open_calls
from langchain_ashby.agent.state import Node, Proposal, State, Update


def preparing(tools: Tools) -> Node:
    """The node that makes a proposal of each write. Wrong arguments go back to the model, not to a person."""

    def prepare(state: State) -> Update:
        calls = [cast(ToolCall, call) for call in open_calls(state["messages"])]
        ready = [ready_for_review(call, tools) for call in calls if needs_approval(tools[call["name"]])]
        return {
            "proposals": [it for it in ready if not isinstance(it, ToolMessage)],
            "messages": [it for it in ready if isinstance(it, ToolMessage)],
        }

    return prepare


def ready_for_review(call: ToolCall, tools: Tools) -> Proposal | ToolMessage:
    """The proposal that a person will see, or the answer to a call with wrong arguments."""
    tool = tools[call["name"]]
    if problem := argument_problem(tool, call["args"]):
        return not_executed(call, problem)
    title = tool_title(tool.name, tool.metadata)
    return Proposal(call=call, title=title, description=described(title, call["args"]))
