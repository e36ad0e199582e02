"""A write in progress: what may run, and its outcome."""

from __future__ import annotations

from dataclasses import dataclass

from langchain_core.messages import ToolCall, ToolMessage
from langgraph.store.base import BaseStore

from langchain_ashby.agent.execution.outcome import Outcome
from langchain_ashby.agent.run.runtime import RunLocation
from langchain_ashby.agent.state import Approval, Proposal, is_complete


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


@dataclass(frozen=True)
class WriteResult:
    """The outcome of a call, the answer to it, and Ashby's ids of the requests that it took."""

    outcome: Outcome
    answer: ToolMessage
    request_ids: tuple[str, ...] = ()
