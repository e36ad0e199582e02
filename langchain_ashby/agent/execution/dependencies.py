"""The objects that the nodes of one agent share."""

from __future__ import annotations

from dataclasses import dataclass

from langgraph.store.base import BaseStore

from langchain_ashby.agent.approval.gate import Tools
from langchain_ashby.agent.execution.executor import WriteExecutor
from langchain_ashby.agent.execution.store import check_commits, check_outlives
from langchain_ashby.agent.run.runtime import RunLocation, current_run, run_checkpointer
from langchain_ashby.agent.run.settings import RunLimits
from langchain_ashby.agent.state import Proposal, is_complete


@dataclass(frozen=True)
class Dependencies:
    """The objects that the nodes of one agent share.

    Attributes:
        limits: The limits that the application sets, and the tools.
        executor: Executes writes, and knows the journal.
        own_store: The store that the agent was made with; None if a server provides it.
        forgets: True if that store is the default one, in memory.
    """

    limits: RunLimits
    executor: WriteExecutor
    own_store: BaseStore | None
    forgets: bool = False

    @property
    def tools(self) -> Tools:
        """All tools of the agent, by name."""
        return self.limits.tools

    def location(self) -> RunLocation:
        """Returns the store and the thread of the step that is running.

        Raises:
            ConfigurationError: if that store cannot keep the journal as safely as the threads are kept.
        """
        location = current_run(self.own_store)
        check_commits(location.store)
        if self.forgets and location.store is self.own_store:
            check_outlives(run_checkpointer())
        return location

    def is_of_another_version(self, proposal: Proposal) -> bool:
        """True if the program was changed since the proposal was made, so that it may mean something else now."""
        return not is_complete(proposal) or not self.executor.checker.understands(proposal["call"], proposal["card"])

    def need_new_cards(self, proposals: list[Proposal]) -> bool:
        """True if proposals cannot be decided about as they are."""
        return any(self.is_of_another_version(it) or self.executor.is_too_old(it) for it in proposals)
