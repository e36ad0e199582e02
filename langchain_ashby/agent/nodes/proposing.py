"""What happens with proposed writes: they are asked about, or the application's policy decides alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from langchain_core.messages import AIMessage, ToolCall, ToolMessage
from langgraph.store.base import BaseStore

from langchain_ashby.agent.approval.gate import Tools, needs_approval
from langchain_ashby.agent.execution.audit import audit_op
from langchain_ashby.agent.execution.executor import PendingWrite, WriteExecutor, WriteResult, audit_entry
from langchain_ashby.agent.execution.journal import journal_key
from langchain_ashby.agent.execution.verify import needs_another_look
from langchain_ashby.agent.messages.history import maker_of, open_calls
from langchain_ashby.agent.messages.tool_messages import NO_STORE, not_executed
from langchain_ashby.agent.nodes.deciding import undecided
from langchain_ashby.agent.run.runtime import RunLocation, current_run
from langchain_ashby.agent.run.settings import RunLimits, RunSettings
from langchain_ashby.agent.state import Approval, Decided, Node, Proposal, State, Update


def proposing(
    prepare: Node, tools: Tools, executor: WriteExecutor, limits: RunLimits, own_store: BaseStore | None
) -> Node:
    """The node that has cards made by `prepare`, notes where the journal keeps them, and applies the policy.

    It prepares the open writes of the model's message; or, if there are any, a person's edits, or the proposals that
    were asked about before and have to be asked about again.
    """

    def propose(state: State) -> Update:
        location, settings = current_run(own_store), limits.settings()
        if location.store is None:
            return {"messages": _refused(state, tools), "proposals": [], "approvals": [], "edits": []}
        edits = {str(edit["call"]["id"]): edit for edit in state.get("edits", [])}
        before = {str(it["call"]["id"]): it for it in state.get("proposals", [])}
        if any(_was_replaced(it, state) for it in [*before.values(), *(edit["proposal"] for edit in edits.values())]):
            edits, before = {}, {}
        made = prepare(_with_calls(state, [it["call"] for it in (edits or before).values()]))
        journal = executor.journal.name(location.store)
        complete = _completed(state, made["proposals"], edits, before, location, journal, settings)
        update: dict[str, Any] = {"proposals": [], "approvals": [], "edits": []}
        update["messages"] = [_answered(answer, edits, before, executor, location) for answer in made["messages"]]
        for proposal in complete:
            proposal["policy"] = ruling = settings.ruling(proposal["call"]["name"], proposal.get("card"))
            edit = edits.get(str(proposal["call"]["id"]))
            if other := settings.acts_for_another_than(proposal["on_behalf_of"]):
                write = PendingWrite(location.store, location.thread_id, proposal["page"], edit or undecided(proposal))
                ending = WriteResult("withheld", not_executed(proposal["call"], other))
                update["messages"].append(executor.close(write, ending))
            elif ruling == "never":
                write = PendingWrite(location.store, location.thread_id, proposal["page"], _by_policy(proposal))
                update["messages"].append(executor.close(write, _forbidden(proposal["call"])))
            elif ruling == "allow":
                update["approvals"].append(_by_policy(proposal) if edit is None else _as_edited(edit, proposal))
            elif edit is None:
                update["proposals"].append(proposal)
            elif needs_another_look(edit["proposal"].get("card"), proposal.get("card")):
                _note_edit(edit, proposal, location.store, location.thread_id)
                proposal["description"] = f"{_EDITED}\n\n{proposal['description']}"
                update["proposals"].append(proposal)
            else:
                update["approvals"].append(_as_edited(edit, proposal))
        return update

    return propose


def _answered(
    answer: ToolMessage,
    edits: dict[str, Approval],
    before: dict[str, Proposal],
    executor: WriteExecutor,
    location: RunLocation,
) -> ToolMessage:
    """The answer to a call that cannot be asked about. If it was asked about before, the journal may know better."""
    earlier = before.get(answer.tool_call_id)
    approval = edits.get(answer.tool_call_id) or (earlier and undecided(earlier))
    if approval is None or location.store is None or not {"page", "made"} <= approval["proposal"].keys():
        return answer
    write = PendingWrite(location.store, location.thread_id, approval["proposal"]["page"], approval)
    return executor.close(write, WriteResult("withheld", answer))


def _was_replaced(proposal: Proposal, state: State) -> bool:
    """Whether the model's message has by now another call in the place of the one that led to the proposal."""
    proposed = {**proposal["call"], "args": proposal.get("original", proposal["call"]["args"])}
    return any(it["id"] == proposed["id"] and it != proposed for it in open_calls(state["messages"]))


def _with_calls(state: State, calls: list[ToolCall]) -> State:
    """The state with these calls as the open ones, if there are any."""
    return State(messages=[AIMessage("", tool_calls=calls)]) if calls else state


def _completed(
    state: State,
    made: list[Proposal],
    edits: dict[str, Approval],
    before: dict[str, Proposal],
    location: RunLocation,
    journal: str,
    settings: RunSettings,
) -> list[Proposal]:
    """The proposals with what the journal and the audit trail need to know of them."""
    message = maker_of(state["messages"])
    index = {call["id"]: number for number, call in enumerate(message.tool_calls)} if message else {}
    now = datetime.now(UTC).isoformat()
    complete = []
    for proposal in made:
        call_id = str(proposal["call"]["id"])
        edit, earlier = edits.get(call_id), before.get(call_id)
        known = edit["proposal"] if edit else earlier
        user = settings.on_behalf_of if known is None else known.get("on_behalf_of")
        whole = Proposal(**{**proposal, "made": now, "policy_name": settings.policy, "on_behalf_of": user})
        if known is not None and "page" in known and "journal" in known:
            whole |= {"page": known["page"], "journal": known["journal"]}
        else:
            page = journal_key(
                location.thread_id, message.id if message else None, index.get(call_id, -1), proposal["call"]
            )
            whole |= {"page": page, "journal": journal}
        if edit is not None:
            whole["original"] = edit["proposal"].get("original", edit["proposal"]["call"]["args"])
        elif earlier is not None and "original" in earlier:
            whole["original"] = earlier["original"]
        complete.append(whole)
    return complete


def _by_policy(proposal: Proposal) -> Approval:
    return Approval(
        call=proposal["call"],
        edited="original" in proposal,
        proposal=proposal,
        decided=Decided(decision="policy", reviewer=None, at=proposal["made"]),
    )


def _as_edited(edit: Approval, proposal: Proposal) -> Approval:
    """A person's edit, with the card of exactly what they wrote."""
    return Approval(call=proposal["call"], edited=True, proposal=proposal, decided=edit["decided"])


def _note_edit(edit: Approval, proposal: Proposal, store: BaseStore, thread_id: str | None) -> None:
    """Put an edit that is asked about again into the audit trail: somebody else may decide about what it has become."""
    shown = edit["proposal"] | {"original": proposal["original"]}
    write = PendingWrite(store, thread_id, proposal["page"], edit | {"proposal": shown})
    store.batch([audit_op(*audit_entry(write, WriteResult("edited", not_executed(edit["call"], _SHOWN_AGAIN))))])


def _forbidden(call: ToolCall) -> WriteResult:
    why = "The application does not allow this change, whoever asks for it. Do not propose it again; tell the user."
    return WriteResult("policy", not_executed(call, why))


def _refused(state: State, tools: Tools) -> list[ToolMessage]:
    return [
        not_executed(it, NO_STORE) for it in open_calls(state["messages"]) if needs_approval(tools.get(str(it["name"])))
    ]


_SHOWN_AGAIN = "A person edited this call, and its own card was asked about first."
_EDITED = (
    "*This is your edit. It concerns other records, or does more than what was shown before, so look at it again.*"
)
