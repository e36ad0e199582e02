"""Where a new input enters if calls are open: they are answered before the conversation goes on."""

from __future__ import annotations

from datetime import UTC, datetime

from langchain_core.messages import AIMessage, RemoveMessage, ToolMessage
from langgraph.graph.message import REMOVE_ALL_MESSAGES
from langgraph.store.base import BaseStore

from langchain_ashby.agent.execution.executor import PendingWrite, WriteExecutor, WriteResult
from langchain_ashby.agent.execution.journal import journal_key
from langchain_ashby.agent.messages.history import arranged, with_every_call_answered
from langchain_ashby.agent.messages.tool_messages import Call, not_executed, outcome_unknown
from langchain_ashby.agent.nodes.deciding import undecided
from langchain_ashby.agent.run.runtime import RunLocation, current_run
from langchain_ashby.agent.state import Approval, Node, Proposal, State, Update


def reconciling(executor: WriteExecutor, own_store: BaseStore | None) -> Node:
    """The node that closes what is open: a new message overtook a pending approval, or a run broke off in the middle.

    What became of a write stands in the journal, or can be found out; nothing else that is open can have written.
    """

    def reconcile(state: State) -> Update:
        location = current_run(own_store)
        let_pass = {it["call"]["id"]: it for it in [*state.get("approvals", []), *state.get("edits", [])]}
        waiting = {it["call"]["id"]: undecided(it) for it in state.get("proposals", [])}

        def answer(call: Call) -> ToolMessage:
            overtaken = not_executed(call, "The conversation went on before this call was approved or finished.")
            approval = (
                let_pass.get(str(call["id"])) or waiting.get(str(call["id"])) or _lost(call, state, executor, location)
            )
            if approval is None:
                return overtaken
            if write := _matter(approval, location):
                return executor.close(write, WriteResult("superseded", overtaken))
            if call["id"] in let_pass:
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

    return reconcile


def _lost(call: Call, state: State, executor: WriteExecutor, location: RunLocation) -> Approval | None:
    """A call that the journal knows and the state does not: the step that proposed it was lost."""
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
    page = journal_key(location.thread_id, message_id, index, own)
    known = executor.journal.read(location.store, page)
    if known.concluded is None and not known.claims:
        return None
    now, journal = datetime.now(UTC).isoformat(), executor.journal.name(location.store)
    return undecided(Proposal(call=own, title=own["name"], description="", made=now, journal=journal, page=page))


def _matter(approval: Approval, location: RunLocation) -> PendingWrite | None:
    """What the journal may know of; None without one, or for a call of a version that kept none."""
    proposal = approval.get("proposal")
    if location.store is None or proposal is None or "page" not in proposal or "made" not in proposal:
        return None
    return PendingWrite(location.store, location.thread_id, proposal["page"], approval)
