"""From a person's answer to what may run. What became of a call before is never overruled by a later answer."""

from __future__ import annotations

from langchain_core.messages import ToolMessage
from langgraph.store.base import BaseStore

from langchain_ashby.agent.answers import NO_STORE, not_executed
from langchain_ashby.agent.attempts import Attempts, Ending, Matter, entry_of
from langchain_ashby.agent.audit import written
from langchain_ashby.agent.bounds import Bounds, Terms
from langchain_ashby.agent.decisions import decided_in
from langchain_ashby.agent.place import Place, here, reviewer
from langchain_ashby.agent.state import Approval, Decided, Node, Proposal, State, Update


def deciding(review: Node, attempts: Attempts, bounds: Bounds, own_store: BaseStore | None) -> Node:
    """The node that has a person asked by `review`, and takes their answer up.

    LangGraph runs it again from its top when the answer comes. What it does before it asks is to read.
    """

    def decide(state: State) -> Update:
        place, proposals = here(own_store), state.get("proposals", [])
        if place.store is None:
            return {
                "messages": [not_executed(it["call"], NO_STORE) for it in proposals],
                "proposals": [],
                "approvals": [],
            }
        if any(of_another_version(proposal, attempts) for proposal in proposals):
            return {"problem": _OTHER_VERSION}
        matters = [Matter(place.store, place.thread_id, it["page"], undecided(it)) for it in proposals]
        if over := [matter.approval for matter in matters if attempts.is_over(matter)]:
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
        approvals, withheld = _within(bounds.terms(), [_signed(approval) for approval in update["approvals"]])
        if late := [approval for approval in approvals if attempts.is_too_old(approval["proposal"])]:
            _note_late(late, place)
            return {"problem": _TOO_LATE}
        by_id = {proposal["call"]["id"]: proposal for proposal in proposals}
        declined = [_closed(answer, by_id[answer.tool_call_id], attempts, place) for answer in update["messages"]]
        for approval, why in withheld:
            matter = Matter(place.store, place.thread_id, approval["proposal"]["page"], approval)
            declined.append(attempts.close(matter, Ending("withheld", not_executed(approval["call"], why))))
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


def needs_new_cards(proposals: list[Proposal], attempts: Attempts) -> bool:
    """Whether proposals cannot be decided about as they are."""
    return any(of_another_version(it, attempts) or attempts.is_too_old(it) for it in proposals)


def of_another_version(proposal: Proposal, attempts: Attempts) -> bool:
    """Whether a proposal waited while the program was changed, and this version cannot be sure of its meaning."""
    whole = "page" in proposal and "made" in proposal
    return not whole or not attempts.sight.understands(proposal["call"], proposal.get("card"))


def _within(terms: Terms, approvals: list[Approval]) -> tuple[list[Approval], list[tuple[Approval, str]]]:
    """What this run may execute, and what it may not, with the reason."""
    objections = [(approval, terms.objection(approval)) for approval in approvals]
    return [it for it, why in objections if why is None], [(it, why) for it, why in objections if why is not None]


def _signed(approval: Approval) -> Approval:
    return {**approval, "decided": _by_reviewer(approval["decided"])}


def _by_reviewer(decided: Decided) -> Decided:
    """A decision with who made it. Whom the run names counts for more than what the answer says of itself."""
    return {**decided, "reviewer": reviewer() or decided["reviewer"]}


def _closed(answer: ToolMessage, proposal: Proposal, attempts: Attempts, place: Place) -> ToolMessage:
    assert place.store is not None
    decided, plain = decided_in(answer)
    approval: Approval = {**undecided(proposal), "decided": _by_reviewer(decided)}
    matter = Matter(place.store, place.thread_id, proposal["page"], approval)
    return attempts.close(matter, Ending("rejected" if decided["decision"] == "reject" else "responded", plain))


def _note_late(late: list[Approval], place: Place) -> None:
    """Put approvals that came too late into the audit trail. Their calls stay open, and are asked about again."""
    assert place.store is not None
    for approval in late:
        matter = Matter(place.store, place.thread_id, approval["proposal"]["page"], approval)
        place.store.batch([written(*entry_of(matter, Ending("expired", not_executed(approval["call"], _TOO_LATE))))])


_OTHER_VERSION = (
    "Nothing was executed: this was proposed while another version of the program ran. It was read anew; decide again."
)
_TOO_LATE = "Nothing was executed: the proposal was too old. It was read anew; decide again."
