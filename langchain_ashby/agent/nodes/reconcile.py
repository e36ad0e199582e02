"""The node that a new input enters by if calls are open: they are answered before the conversation goes on."""

from __future__ import annotations

from datetime import UTC, datetime

from langchain_core.messages import AIMessage, RemoveMessage, ToolMessage
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from langchain_ashby.agent.execution.dependencies import Dependencies
from langchain_ashby.agent.execution.journal import journal_key
from langchain_ashby.agent.execution.write import WriteResult, pending_write
from langchain_ashby.agent.messages.history import arranged, with_every_call_answered
from langchain_ashby.agent.messages.tool_messages import Call, not_executed, outcome_unknown
from langchain_ashby.agent.run.runtime import RunLocation
from langchain_ashby.agent.run.settings import DEFAULT
from langchain_ashby.agent.state import Proposal, State, Update, is_complete, undecided


def reconcile(state: State, given: Dependencies) -> Update:
    """Answers the open calls: a new message overtook an approval, or a run broke off.

    The outcome of a write is in the journal, or can be found out; no other open call can have written.
    """
    location = given.location()
    approved = {it["call"]["id"]: it for it in [*state.get("approvals", []), *state.get("edits", [])]}
    waiting = {it["call"]["id"]: it for it in state.get("proposals", [])}

    def answer(call: Call) -> ToolMessage:
        overtaken = not_executed(call, "The conversation went on before this call was approved or finished.")
        approval = approved.get(str(call["id"]))
        if approval is None:
            proposal = waiting.get(str(call["id"])) or _lost(call, state, given, location)
            if not is_complete(proposal):
                return overtaken
            approval = undecided(proposal)
        if write := pending_write(approval, location):
            return given.executor.close(write, WriteResult("superseded", overtaken))
        if call["id"] in approved:
            return outcome_unknown(call, "The run was broken off while this approved call was being executed.")
        return overtaken

    messages = with_every_call_answered(arranged(state["messages"]), answer)
    # The answers belong in the middle, and messages can only be appended: so the list is written anew.
    return {
        "messages": [RemoveMessage(REMOVE_ALL_MESSAGES), *messages],
        "proposals": [],
        "approvals": [],
        "edits": [],
        "problem": None,
    }


def _lost(call: Call, state: State, given: Dependencies, location: RunLocation) -> Proposal | None:
    """Finds a call in the journal that the state does not have, because the step that proposed it was lost."""
    made = [
        (it.id, index, own)
        for it in state["messages"]
        if isinstance(it, AIMessage)
        for index, own in enumerate(it.tool_calls)
        if own == call
    ]
    if not made or location.store is None:
        return None
    # An open call is of the latest message that makes it: an earlier one with the same id is answered.
    message_id, index, own = made[-1]
    key = journal_key(location.thread_id, message_id, index, own)
    journal = given.executor.journal
    known = journal.read(location.store, key)
    if known.concluded is None and not known.claims:
        return None
    return Proposal(
        call=own,
        title=own["name"],
        description="",
        card=None,
        original=None,
        made=datetime.now(UTC).isoformat(),
        journal=journal.name(location.store),
        journal_key=key,
        after={},
        policy="ask",
        policy_name=DEFAULT,
        on_behalf_of=None,
        account=given.executor.checker.account(own),
    )
