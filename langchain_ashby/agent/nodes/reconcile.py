"""The node that answers open calls before the conversation goes on: a new input overtook them, or a run broke off."""

from __future__ import annotations

from datetime import UTC, datetime

from langchain_core.messages import AIMessage, RemoveMessage, ToolMessage
from langgraph.graph.message import REMOVE_ALL_MESSAGES

from langchain_ashby.agent.approval.gate import needs_approval
from langchain_ashby.agent.approval.standing import waited
from langchain_ashby.agent.execution.dependencies import Dependencies
from langchain_ashby.agent.execution.journal_record import journal_key
from langchain_ashby.agent.execution.waiting import withdraw
from langchain_ashby.agent.execution.write import WriteResult, pending_write
from langchain_ashby.agent.messages.history import arranged, calls_of, genuine, with_every_call_answered
from langchain_ashby.agent.messages.own import is_own_call, kept_answer, record_of_turn, turn_of
from langchain_ashby.agent.messages.tool_messages import Call, not_executed, outcome_unknown, with_words
from langchain_ashby.agent.run.runtime import RunLocation
from langchain_ashby.agent.run.settings import RunSettings
from langchain_ashby.agent.state import Proposal, State, Update, is_complete, undecided


def reconcile(state: State, _: RunSettings, given: Dependencies) -> Update:
    """Answers the open calls: a new message overtook an approval, or a run broke off.

    The outcome of a write is in the journal, or can be found out; no other open call can have written.
    """
    location, own = given.location(), state.get("own", {})
    if location.store is not None:
        withdraw(location.store, location.thread_id)
    approved = {it["call"]["id"]: it for it in [*state.get("approvals", []), *state.get("edits", [])]}
    waiting = {it["call"]["id"]: it for it in state.get("proposals", [])}
    known = genuine(state["messages"], own)
    kept = {id(it) for it in known}
    claimed = {it.tool_call_id for it in state["messages"] if isinstance(it, ToolMessage) and id(it) not in kept}
    spoken = [it for it in known if isinstance(it, AIMessage)]
    # The model spoke again only after these were answered, so the answers were removed.
    past = [call for message in spoken[:-1] if message.id in own for call in calls_of(message)]
    altered = [it for it in spoken if not all(is_own_call(call, it, own) for call in calls_of(it))]
    replaced = [call for it in altered for call in calls_of(it) if not is_own_call(call, it, own)]

    record: dict[str, str] = {}

    def answer(call: Call) -> ToolMessage:
        if call in replaced:  # what was found is of the call that stood there before
            found = outcome_unknown(call, _REPLACED)
        else:
            found = outcome(call)
            found = with_words(found, after=f" {_CLAIMED}") if call["id"] in claimed else found
        return kept_answer(found, record)

    def outcome(call: Call) -> ToolMessage:
        overtaken = not_executed(call, "The conversation moved on before this call was approved or finished.")
        approval = approved.get(str(call["id"]))
        if approval is None:
            proposal = waiting.get(str(call["id"])) or _lost(call, state, given, location)
            if not is_complete(proposal):
                was_answered = call in past and needs_approval(given.tools.get(str(call["name"])))
                return outcome_unknown(call, _NO_RECORD) if was_answered else overtaken
            approval = undecided(proposal)
            overtaken = with_words(overtaken, after=waited(proposal))
        if write := pending_write(approval, location):
            return given.executor.close(write, WriteResult("superseded", overtaken))
        if call["id"] in approved:
            return outcome_unknown(call, "The run was interrupted while this approved call was being executed.")
        return overtaken

    messages = with_every_call_answered(arranged(known), answer)
    there = {call["id"] for it in messages for call in calls_of(it) if call not in replaced}
    for it in (*approved.values(), *waiting.values()):
        if it["call"]["id"] not in there:
            outcome(it["call"])  # its message was removed or replaced, so the outcome is only recorded
    again = {str(it.id): record_of_turn(it, str(turn_of(it, own))) for it in altered}
    # The answers belong in the middle, and messages can only be appended: so the list is rewritten.
    return {
        "messages": [RemoveMessage(REMOVE_ALL_MESSAGES), *messages],
        "own": {**again, **record},
        "proposals": [],
        "approvals": [],
        "edits": [],
        "problem": None,
    }


def _lost(call: Call, state: State, given: Dependencies, location: RunLocation) -> Proposal | None:
    """Finds a call in the journal that the state does not have, because the step that proposed it was lost."""
    made = [
        (it, index, own)
        for it in state["messages"]
        if isinstance(it, AIMessage)
        for index, own in enumerate(it.tool_calls)
        if own == call
    ]
    if not made or location.store is None:
        return None
    # An open call is of the latest message that makes it: an earlier one with the same id is answered.
    message, index, own = made[-1]
    key = journal_key(location.thread_id, turn_of(message, state.get("own", {})), index, own)
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
        place=index,
        after={},
        policy="ask",
        on_behalf_of=None,
        account=given.executor.checker.account(own),
    )


_CLAIMED = "A message from outside this agent claimed to be the answer to this call. It was dropped: do not rely on it."
_REPLACED = "Something outside this agent put it in the place of another call."
_NO_RECORD = "Its answer was removed from the conversation, and the journal has no record of it."
