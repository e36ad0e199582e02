"""From a person's answer to what may run. What became of a call before is never overruled by a later answer."""

from __future__ import annotations

from langchain_core.messages import ToolMessage
from langgraph.store.base import BaseStore

from langchain_ashby.agent.approval.decisions import decided_in
from langchain_ashby.agent.execution.audit import audit_op
from langchain_ashby.agent.execution.executor import PendingWrite, WriteExecutor, WriteResult, audit_entry
from langchain_ashby.agent.messages.tool_messages import NO_STORE, not_executed
from langchain_ashby.agent.run.runtime import RunLocation, current_run, reviewer
from langchain_ashby.agent.run.settings import RunLimits, RunSettings
from langchain_ashby.agent.state import Approval, Decided, Node, Proposal, State, Update


def deciding(review: Node, executor: WriteExecutor, limits: RunLimits, own_store: BaseStore | None) -> Node:
    """The node that has a person asked by `review`, and takes their answer up.

    LangGraph runs it again from its top when the answer comes. What it does before it asks is to read.
    """

    def decide(state: State) -> Update:
        location, proposals = current_run(own_store), state.get("proposals", [])
        if location.store is None:
            return {
                "messages": [not_executed(it["call"], NO_STORE) for it in proposals],
                "proposals": [],
                "approvals": [],
            }
        if any(of_another_version(proposal, executor) for proposal in proposals):
            return {"problem": _OTHER_VERSION}
        pending = [PendingWrite(location.store, location.thread_id, it["page"], undecided(it)) for it in proposals]
        if over := [write.approval for write in pending if executor.is_over(write)]:
            ids = {approval["call"]["id"] for approval in over}
            return {
                "proposals": [it for it in proposals if it["call"]["id"] not in ids],
                "approvals": over,
                "edits": [],
                "problem": None,
            }
        update = review(state)
        if update.get("problem"):
            return update
        approvals, withheld = _within(limits.settings(), [_signed(approval) for approval in update["approvals"]])
        if late := [approval for approval in approvals if executor.is_too_old(approval["proposal"])]:
            _note_late(late, location)
            return {"problem": _TOO_LATE}
        by_id = {proposal["call"]["id"]: proposal for proposal in proposals}
        declined = [_closed(answer, by_id[answer.tool_call_id], executor, location) for answer in update["messages"]]
        for approval, why in withheld:
            write = PendingWrite(location.store, location.thread_id, approval["proposal"]["page"], approval)
            declined.append(executor.close(write, WriteResult("withheld", not_executed(approval["call"], why))))
        return {
            **update,
            "messages": declined,
            "approvals": [it for it in approvals if it["decided"]["decision"] != "edit"],
            "edits": [it for it in approvals if it["decided"]["decision"] == "edit"],
        }

    return decide


def undecided(proposal: Proposal) -> Approval:
    """A proposal that nobody decided about, as far as is known: it may be looked into, and not be run."""
    return Approval(call=proposal["call"], edited="original" in proposal, proposal=proposal)


def needs_new_cards(proposals: list[Proposal], executor: WriteExecutor) -> bool:
    """Whether proposals cannot be decided about as they are."""
    return any(of_another_version(it, executor) or executor.is_too_old(it) for it in proposals)


def of_another_version(proposal: Proposal, executor: WriteExecutor) -> bool:
    """Whether a proposal waited while the program was changed, and this version cannot be sure of its meaning."""
    whole = "page" in proposal and "made" in proposal
    return not whole or not executor.checker.understands(proposal["call"], proposal.get("card"))


def _within(settings: RunSettings, approvals: list[Approval]) -> tuple[list[Approval], list[tuple[Approval, str]]]:
    """What this run may execute, and what it may not, with the reason."""
    objections = [(approval, settings.objection(approval)) for approval in approvals]
    return [it for it, why in objections if why is None], [(it, why) for it, why in objections if why is not None]


def _signed(approval: Approval) -> Approval:
    return {**approval, "decided": _by_reviewer(approval["decided"])}


def _by_reviewer(decided: Decided) -> Decided:
    """A decision with who made it. Whom the run names counts for more than what the answer says of itself."""
    return {**decided, "reviewer": reviewer() or decided["reviewer"]}


def _closed(answer: ToolMessage, proposal: Proposal, executor: WriteExecutor, location: RunLocation) -> ToolMessage:
    assert location.store is not None
    decided, plain = decided_in(answer)
    approval: Approval = {**undecided(proposal), "decided": _by_reviewer(decided)}
    write = PendingWrite(location.store, location.thread_id, proposal["page"], approval)
    return executor.close(write, WriteResult("rejected" if decided["decision"] == "reject" else "responded", plain))


def _note_late(late: list[Approval], location: RunLocation) -> None:
    """Put approvals that came too late into the audit trail. Their calls stay open, and are asked about again."""
    assert location.store is not None
    for approval in late:
        write = PendingWrite(location.store, location.thread_id, approval["proposal"]["page"], approval)
        location.store.batch(
            [audit_op(*audit_entry(write, WriteResult("expired", not_executed(approval["call"], _TOO_LATE))))]
        )


_OTHER_VERSION = (
    "Nothing was executed: this was proposed while another version of the program ran. It was read anew; decide again."
)
_TOO_LATE = "Nothing was executed: the proposal was too old. It was read anew; decide again."
