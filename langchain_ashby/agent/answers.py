"""Tool messages for calls that did not simply run.

Their first words are always the same, so that models, people and programs can tell at once whether something happened.
"""

from __future__ import annotations

from typing import Literal

from langchain_core.messages import InvalidToolCall, ToolCall, ToolMessage

Call = ToolCall | InvalidToolCall

NOT_EXECUTED = "Not executed."
OUTCOME_UNKNOWN = "Outcome not known."
EXECUTED_AS_EDITED = "Executed as edited by a person."


def not_executed(call: Call, why: str, *, status: Literal["success", "error"] = "error") -> ToolMessage:
    """The answer to a call that never ran."""
    return _answer(call, f"{NOT_EXECUTED} {why}", status)


def outcome_unknown(call: Call, why: str) -> ToolMessage:
    """The answer to a write that may have taken effect."""
    check = (
        "The change may have been made. Read the record it concerns and see whether the change is there before you "
        "propose it again; if you cannot tell, say so to the user."
    )
    return _answer(call, f"{OUTCOME_UNKNOWN} {why} {check}", "error")


def unreadable(call: Call, why: str, *, retryable: bool) -> ToolMessage:
    """The answer to a read that got no usable reply from Ashby."""
    advice = "Trying again may help." if retryable else "Trying again will not help; tell the user what is wrong."
    return _answer(call, f"Nothing could be read. {why} {advice}", "error")


def _answer(call: Call, content: str, status: Literal["success", "error"]) -> ToolMessage:
    return ToolMessage(content, name=call["name"], tool_call_id=call["id"], status=status)
