"""A write in progress: what may run, and its outcome."""

from __future__ import annotations

from dataclasses import dataclass

from langchain_core.messages import AIMessage, ToolCall, ToolMessage
from langgraph.store.base import BaseStore

from langchain_ashby.agent.execution.journal_record import call_digest
from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.messages.own import is_own_call, turn_of
from langchain_ashby.agent.run.runtime import RunLocation
from langchain_ashby.agent.state import Approval, Proposal, State, is_complete


@dataclass(frozen=True)
class PendingWrite:
    """An approved or declined write, with the store and thread that record it."""

    store: BaseStore
    thread_id: str | None
    approval: Approval

    @property
    def call(self) -> ToolCall:
        """The call that may run."""
        return self.approval["call"]

    @property
    def proposal(self) -> Proposal:
        """The proposal as it was shown."""
        return self.approval["proposal"]

    @property
    def key(self) -> str:
        """Its key in the journal."""
        return self.proposal["journal_key"]


def pending_write(approval: Approval, location: RunLocation) -> PendingWrite | None:
    """Pairs an approval with its store; None without a store, or if another version of the package made it."""
    if location.store is None or not is_complete(approval.get("proposal")):
        return None
    return PendingWrite(location.store, location.thread_id, approval)


def still_stands(proposal: Proposal, state: State) -> bool:
    """True if the conversation still has the call that a proposal was made from.

    A call that an application put in the place of the model's own, before there was a card, is recognized by its key.
    """
    own = state.get("own", {})
    key = proposal.get("journal_key", "").split("/")[-1]  # another version of the package may have made none
    return any(
        call["id"] == proposal["call"]["id"]
        and (is_own_call(call, message, own) or call_digest(turn_of(message, own), place, call) == key)
        for message in state["messages"]
        if isinstance(message, AIMessage)
        for place, call in enumerate(message.tool_calls)
    )


@dataclass(frozen=True)
class WriteResult:
    """The outcome of a call, the answer to it, and Ashby's ids of the requests that it took."""

    outcome: Outcome
    answer: ToolMessage
    request_ids: tuple[str, ...] = ()
