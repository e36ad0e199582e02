"""Where every new input enters: calls that an earlier run left open are answered before the conversation goes on."""

from __future__ import annotations

from langchain_core.messages import RemoveMessage, ToolMessage
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from langchain_ashby.agent.answers import Call, not_executed, outcome_unknown
from langchain_ashby.agent.history import arranged, with_every_call_answered
from langchain_ashby.agent.state import State, Update


def reconcile(state: State) -> Update:
    """Close what is open: a new message overtook a pending approval, or a run broke off in the middle.

    A write that a person had let pass may have run before the break; nothing else that is open can have written.
    """
    let_pass = {approval["call"]["id"] for approval in state.get("approvals", [])}

    def answer(call: Call) -> ToolMessage:
        if call["id"] in let_pass:
            return outcome_unknown(call, "The run was broken off while this approved call was being executed.")
        return not_executed(call, "The conversation went on before this call was approved or finished.")

    messages = with_every_call_answered(arranged(state["messages"]), answer)
    if [message.id for message in messages] == [message.id for message in state["messages"]]:
        return {}
    # The answers belong in the middle, and messages can only be appended: so the list is written anew.
    return {
        "messages": [RemoveMessage(REMOVE_ALL_MESSAGES), *messages],
        "proposals": [],
        "approvals": [],
        "problem": None,
    }
