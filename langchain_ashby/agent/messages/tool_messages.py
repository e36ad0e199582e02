"""Tool messages for calls that did not simply run.

Their first words are fixed, so that models, people and programs can tell at once whether anything was executed. Each
quotation of Ashby, a model or a person is on one line, so that it cannot begin like such a message. Ids are spelled as
in results.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from langchain_core.messages import InvalidToolCall, ToolCall, ToolMessage
from langchain_core.tools import ToolException
from langgraph.types import Command

from langchain_ashby.agent.state import Approval
from langchain_ashby.spelling import in_words, with_short_ids
from langchain_ashby.text.safe import visible
from langchain_ashby.text.words import one_line

Call = ToolCall | InvalidToolCall

Result = ToolMessage | Command[Any]
"""A tool's return value. Foreign tools may steer the graph with a `Command`."""

NOT_EXECUTED = "Not executed."
OUTCOME_UNKNOWN = "Outcome not known."
EXECUTED = "Executed."
EXECUTED_IN_PART = "Executed in part."
EXECUTED_AS_EDITED = "Executed as edited by a person."
EDITED = "A person had edited this call:"
REJECTED = "A person rejected this call."
THEIR_REASON = "Their reason:"
NO_REASON = "They gave no reason."
ANSWERED = "A person answered instead:"

NO_STORE = (
    "This agent has no store for its journal, so it makes no changes: after a crash there would be no record of what "
    "was done. Tell the user that the application must give the agent a store."
)

NOT_IN_THIS_RUN = "The settings of this run do not allow this tool."


def not_executed(call: Call, why: str, *, status: Literal["success", "error"] = "error") -> ToolMessage:
    """The answer to a call that never ran."""
    return _answer(call, f"{NOT_EXECUTED} {why}", status)


def executed(call: Call, why: str) -> ToolMessage:
    """The answer to a write that took effect but whose result is not available."""
    return _answer(call, f"{EXECUTED} {in_words(why)}", "success")


def executed_in_part(call: Call, why: str) -> ToolMessage:
    """The answer to a write whose first steps took effect and whose last did not."""
    return _answer(call, f"{EXECUTED_IN_PART} {in_words(why)}", "error")


def outcome_unknown(call: Call, why: str) -> ToolMessage:
    """The answer to a write that may have taken effect."""
    check = (
        "The change may have been made. Read the record it concerns and see whether the change is there before you "
        "propose it again; if you cannot tell, say so to the user."
    )
    return _answer(call, f"{OUTCOME_UNKNOWN} {in_words(why)} {check}", "error")


def unreadable(call: Call, why: str, *, retryable: bool) -> ToolMessage:
    """The answer to a read that got no usable reply from Ashby."""
    advice = "Trying again may help." if retryable else "Trying again will not help; tell the user what is wrong."
    return _answer(call, f"Nothing could be read. {in_words(why)} {advice}", "error")


def marked(answer: ToolMessage, decision: Literal["reject", "respond"]) -> ToolMessage:
    """Marks an answer as a person's decision, as LangChain's approval does: interfaces show it so."""
    mark = {"lc_source": "hitl_interrupt_decision", "lc_data": {"decision": decision}}
    return answer.model_copy(update={"additional_kwargs": {**answer.additional_kwargs, **mark}})


def _answer(call: Call, content: str, status: Literal["success", "error"]) -> ToolMessage:
    return ToolMessage(visible(content), name=call["name"], tool_call_id=call["id"], status=status)


def with_edit(approval: Approval, answer: ToolMessage) -> ToolMessage:
    """Adds the edited arguments to the result of an edited call: the conversation shows only the model's own."""
    if not approval["edited"]:
        return answer
    args = one_line(json.dumps(with_short_ids(approval["call"]["args"]), ensure_ascii=False), None)
    if answer.status == "success":
        words = f"{EXECUTED_AS_EDITED} The arguments were {args}, not yours; do not call again with yours."
        return with_words(answer, before=f"{words}\n\n")
    return with_words(answer, after=f"\n\n{EDITED} its arguments were {args}, not yours.")


def with_words(result: ToolMessage, before: str = "", after: str = "") -> ToolMessage:
    """Adds text before or after the content of an answer."""
    content = result.content
    if isinstance(content, str):
        return result.model_copy(update={"content": f"{before}{content}{after}"})
    around = [[{"type": "text", "text": text}] if text else [] for text in (before, after)]
    return result.model_copy(update={"content": [*around[0], *content, *around[1]]})


def declared_errors(error: ToolException) -> str:
    """Returns the text of an error that a tool declares, for the model. Any other is a bug, and is raised."""
    # ToolNode passes every error that leaves a wrapper, whatever the type says.
    if not isinstance(error, ToolException):
        raise error
    return str(error)
