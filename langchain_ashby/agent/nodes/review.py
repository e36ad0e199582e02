"""The node that pauses for a person's decisions. What became of a call before is never overruled by a later decision.

LangGraph runs this node again from its top when the decisions come, so until then it only reads.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from langchain_core.messages import ToolMessage
from langgraph.store.base import Item
from langgraph.types import interrupt

from langchain_ashby.agent.approval.decisions import (
    Decision,
    Decline,
    UnusableAnswer,
    Wait,
    allowed_decisions,
    decisions_in,
)
from langchain_ashby.agent.approval.requirements import NOTHING
from langchain_ashby.agent.approval.standing import Counted, Uncounted, check_named, in_words, of_action, weighed
from langchain_ashby.agent.execution.dependencies import Dependencies
from langchain_ashby.agent.execution.journal_record import namespace, record_in
from langchain_ashby.agent.execution.notes import note, note_counted
from langchain_ashby.agent.execution.order import held_back
from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.execution.store import look, store_time, thread_label
from langchain_ashby.agent.execution.waiting import (
    Place,
    Waiting,
    close,
    close_listed,
    keep,
    listed_open,
    of_thread,
    open_mark,
    waiting,
)
from langchain_ashby.agent.execution.write import PendingWrite, WriteResult, still_stands
from langchain_ashby.agent.messages.tool_messages import NO_STORE, not_executed
from langchain_ashby.agent.run.runtime import RunLocation, answers_a_question, question_id, reviewer, settings_given
from langchain_ashby.agent.run.settings import RunSettings
from langchain_ashby.agent.state import Approval, Decided, Proposal, State, Update, undecided
from langchain_ashby.text.markdown import plain


def review(state: State, settings: RunSettings, given: Dependencies) -> Update:
    """Asks once. Decisions that cannot be used become a `problem`, and the graph comes here again.

    Asking again is another run of the node, not a loop in it: each question then has an id of its own, and decisions
    about an earlier one cannot be taken for decisions about this one.
    """
    location, proposals = given.location(), state.get("proposals", [])
    held = held_back(state)
    if location.store is None:
        return {
            "messages": [not_executed(it["call"], NO_STORE) for it in proposals],
            "proposals": [],
            "approvals": held,
        }
    again: Update = {"approvals": held, "edits": []}
    if any(map(given.is_of_another_version, proposals)):
        close(location.store, location.thread_id, question_id())
        return {**again, "problem": _OTHER_VERSION}
    # Kept whatever the answer is: what this run requires, and shows, counts for the runs after it.
    again["proposals"] = proposals = [_with_requirements(it, settings) for it in proposals]
    # LangGraph runs this again with the answer. A listed question stays as it is: the journal is checked
    # anyway when one of its calls is made or declined.
    at = thread_label(location.thread_id), question_id()
    asked = request_for(at[1], proposals, state.get("problem"))
    listed = listed_open(location.store, at) if answers_a_question() else None
    if listed is None:
        over, found = _on_record(proposals, at, given, location)
        if over:
            ids = {approval["call"]["id"] for approval in over}
            close(location.store, location.thread_id, at[1])
            return {
                "proposals": [it for it in proposals if it["call"]["id"] not in ids],
                "approvals": [*held, *over],
                "edits": [],
                "problem": None,
            }
        listed = keep(location.store, _listed(asked, state, given, settings, location), found)
    answer = interrupt(asked)
    close_listed(location.store, listed)
    # The command with the answer may have changed the conversation as well; then `reconcile` closes the calls.
    if not all(still_stands(it, state) for it in proposals):
        return again
    try:
        decisions = decisions_in(answer, asked["request_id"], proposals, given.tools)
    except UnusableAnswer as problem:
        return {**again, "problem": str(problem)}
    signed = [_signed(it) for it in decisions]
    return again | _carried_out(signed, asked["request_id"], held, given, settings, location)


def _on_record(
    proposals: list[Proposal], at: Place, given: Dependencies, location: RunLocation
) -> tuple[list[Approval], tuple[list[Item], Item | None]]:
    """Finds the proposals whose outcome is already in the journal, and the questions listed for the thread."""
    assert location.store is not None
    pending = [PendingWrite(location.store, location.thread_id, undecided(it)) for it in proposals]
    (*written, listed), [is_open] = look(
        location.store, [*(namespace(it.key) for it in pending), of_thread(at[0])], open_mark(at)
    )
    records = map(record_in, written)
    over = [it.approval for it, record in zip(pending, records, strict=True) if given.executor.is_over(it, record)]
    return over, (listed, is_open)


def _carried_out(
    decisions: list[Decision],
    request_id: str,
    held: list[Approval],
    given: Dependencies,
    settings: RunSettings,
    location: RunLocation,
) -> Update:
    """Answers the declined calls, and sorts the approved ones by what comes next.

    An approval that is not enough, or does not count, leaves its proposal open; the others are carried out.
    """
    assert location.store is not None
    approved = [it for it in decisions if not isinstance(it, Decline | Wait)]
    objections = {
        str(it["call"]["id"]): given.executor.of_another_account(it["proposal"]) or settings.objection(it)
        for it in approved
    }
    late = [
        it for it in approved if not objections[str(it["call"]["id"])] and given.executor.is_too_old(it["proposal"])
    ]
    if late:
        for approval in late:  # their calls stay open, and are asked about again
            note(approval, "expired", _TOO_LATE, location)
        return {"problem": _TOO_LATE}
    clock = partial(store_time, location.store)
    stay = [it.proposal for it in decisions if isinstance(it, Wait)]
    uncounted: list[str] = []
    answers: list[ToolMessage] = []
    approvals: list[Approval] = []
    edits: list[Approval] = []

    for decline in (it for it in decisions if isinstance(it, Decline)):
        outcome: Outcome = "rejected" if decline.decided["decision"] == "reject" else "responded"
        against: Approval = {**undecided(decline.proposal), "decided": decline.decided}
        write = PendingWrite(location.store, location.thread_id, against)
        answers.append(given.executor.close(write, WriteResult(outcome, decline.answer)))
    for approval in approved:
        if why := objections[str(approval["call"]["id"])]:
            write = PendingWrite(location.store, location.thread_id, approval)
            withheld = WriteResult("withheld", not_executed(approval["call"], why))
            answers.append(given.executor.close(write, withheld))
            continue
        proposal, decided = approval["proposal"], approval["decided"]
        try:
            if decided is not None and decided["decision"] == "edit":
                if proposal.get("requires", NOTHING)["second_reviewer"]:
                    check_named(decided)
                edits.append(approval)
                continue
            counted = weighed(approval, clock)
        except Uncounted as reason:
            uncounted.append(f"{proposal['title']}: {reason}")
            stay.append(proposal)
            continue
        if isinstance(counted, Counted):
            note_counted(approval, counted, location, request_id)
            stay.append(counted.proposal)
        else:
            approvals.append(counted)
    going = []
    for approval in [*held, *approvals]:
        # Before any write of the message runs: afterwards its own changes are hard to tell from those of others.
        write = PendingWrite(location.store, location.thread_id, approval)
        if given.executor.is_bulk(write):
            given.executor.many.close_stale(write)
            going.append(approval)
        elif approval["proposal"]["after"] and (stale := given.executor.objection(write)):
            answers.append(given.executor.close(write, stale))
        else:
            going.append(approval)
    some = [_OTHERS if answers or approvals or edits or len(stay) > len(uncounted) else _NOTHING, *uncounted]
    return {
        "messages": answers,
        "proposals": sorted(stay, key=lambda it: it["place"]),
        "approvals": going,
        "edits": edits,
        "problem": "\n".join(some) if uncounted else None,
    }


def _listed(
    asked: dict[str, Any], state: State, given: Dependencies, settings: RunSettings, location: RunLocation
) -> Waiting:
    chosen = {name: it for name, it in settings_given().items() if name != "reviewer" and it not in (None, False)}
    # A server may have authenticated this user; when someone else answers, it authenticates them instead.
    if settings.on_behalf_of:
        chosen["on_behalf_of"] = settings.on_behalf_of
    return waiting(
        asked["request_id"],
        location.thread_id,
        asked,
        proposals=state.get("proposals", []),
        messages=state["messages"],
        requester=reviewer(),
        settings=chosen,
        ttl=given.executor.approval_ttl,
    )


def request_for(request_id: str, proposals: list[Proposal], problem: str | None) -> dict[str, Any]:
    """Builds the question for a person, in LangChain's approval protocol.

    Beyond the protocol, the request has a `request_id`, which is also the interrupt's id, and the `problem` with the
    last decisions, if any. An action has its `tool_call_id`, its `title`, its `card` if it is an Ashby tool, and
    `on_behalf_of` if it would be made for a user. If one approval is not enough, it says where it stands: who has
    approved it (`approved_by`), what it `needs`, for how many seconds it will be held (`hold`) or until when it is
    (`held_until`), and whose approvals no longer count (`void`).
    """
    allowed = allowed_decisions(proposals)
    request: dict[str, Any] = {
        "request_id": request_id,
        "action_requests": [
            {
                "name": proposal["call"]["name"],
                "args": proposal["call"]["args"],
                "description": _description(proposal),
                "tool_call_id": proposal["call"]["id"],
                "title": proposal["title"],
                **({"card": card} if (card := proposal["card"]) else {}),
                **({"on_behalf_of": user} if (user := proposal["on_behalf_of"]) else {}),
                **of_action(proposal),
            }
            for proposal in proposals
        ],
        "review_configs": [
            {"action_name": proposal["call"]["name"], "allowed_decisions": allowed} for proposal in proposals
        ],
    }
    return request | {"problem": problem} if problem else request


def _description(proposal: Proposal) -> str:
    """The card, below where the write stands."""
    standing = [f"*{plain(it)}*" for it in in_words(of_action(proposal))]
    return "\n\n".join([*standing, proposal["description"]])


def _with_requirements(proposal: Proposal, settings: RunSettings) -> Proposal:
    """The proposal with what this run's policies require as well."""
    requires = settings.requires(proposal)
    return proposal if requires == NOTHING else {**proposal, "requires": requires}


def _signed(decision: Decision) -> Decision:
    """Adds who decided. The reviewer that the run names takes precedence over the one in the decision."""
    if isinstance(decision, Wait):
        return decision
    if isinstance(decision, Decline):
        return replace(decision, decided=_by_reviewer(decision.decided))
    assert decision["decided"] is not None
    return {**decision, "decided": _by_reviewer(decision["decided"])}


def _by_reviewer(decided: Decided) -> Decided:
    return {**decided, "reviewer": reviewer() or decided["reviewer"]}


_NOTHING = "Nothing was executed."
_OTHERS = "Some approvals do not count; the other decisions are carried out."
_OTHER_VERSION = "Nothing was executed: another version of the package proposed this. Its card is new; decide again."
_TOO_LATE = "Nothing was executed: the proposal was too old. Its card is new; decide again."
