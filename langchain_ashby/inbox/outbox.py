"""Keeps decisions until they are due, delivers them to the agent, and finds their outcomes."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from langgraph.store.base import BaseStore

from langchain_ashby.agent.approval.threads import Agent
from langchain_ashby.agent.execution.waiting import close
from langchain_ashby.inbox.decisions import AlreadyDecided, DecisionError, Decisions, Kept, in_words
from langchain_ashby.inbox.delivery import Delivery
from langchain_ashby.inbox.questions import Approval, Question, Questions
from langchain_ashby.inbox.results import (
    Result,
    Results,
    entries_about,
    first_in_words,
    result,
    result_op,
    who_closed,
)
from langchain_ashby.inbox.threads import Threads
from langchain_ashby.inbox.upkeep import Upkeep

__all__ = ["Agent", "AlreadyDecided", "DecisionError", "Kept", "Outbox", "QuestionOver", "Result", "in_words"]


class QuestionOver(DecisionError):
    """The question is no longer open."""


class First(NamedTuple):
    """The change that was decided, and who decided it, how and when."""

    words: str
    thread_id: str | None
    call_id: str
    tool: str


class Outbox:
    """Decisions on their way. Its methods are called from threads, not from an event loop.

    Args:
        agent: The agent that asked.
        store: Its store.
        undo: How long a decision can be undone before it is sent to the agent.
        stop_before_model: Carry out decisions, then stop: there is no model.
        questions: What waits, if it is read already.
    """

    def __init__(
        self,
        agent: Agent,
        store: BaseStore,
        *,
        undo: timedelta = timedelta(seconds=5),
        stop_before_model: bool = False,
        questions: Questions | None = None,
    ) -> None:
        questions = questions or Questions(store)
        self._store = store
        self._decisions = Decisions(store, undo=undo)
        self._threads = Threads(agent, stop_before_model=stop_before_model)
        self._delivery = Delivery(self._threads, store, self._decisions, questions)
        self._upkeep = Upkeep(self._threads, store, questions, self._decisions)
        self._next_upkeep: datetime | None = None
        self.results = Results(store)

    def keep(self, approval: Approval, decision: Mapping[str, Any], reviewer: str) -> Kept:
        """Keeps a decision. It is sent when it is due and the question's other changes are decided too.

        Args:
            approval: The change, as it was shown.
            decision: The decision, in LangChain's approval protocol.
            reviewer: Who decided.

        Raises:
            AlreadyDecided: if someone else decided first; says who, what and when.
            QuestionOver: if the question is no longer open; says who closed it, if that is known.
            DecisionError: if it is not known now whether the question is open.
        """
        question = approval.question
        kept = self._decisions.keep(approval, decision, reviewer, known=entries_about(self._store, approval))
        # Only now: a question that is still open has lost no decision before this one.
        try:
            is_open = self._is_open(question)
        except TimeoutError:
            if not self._decisions.drop(kept):
                return kept
            raise DecisionError(
                "The database is not answering, so nothing was decided. Try again in a moment"
            ) from None
        if is_open or not self._decisions.drop(kept):
            return kept
        close(self._store, question.waiting["thread_id"], question.interrupt_id)
        raise QuestionOver(self.who_decided(approval))

    def _is_open(self, question: Question) -> bool:
        """True if the question is open in its thread. It is listed a moment before the thread has it."""
        while True:
            is_new = datetime.now(UTC) - question.since < _ASKING
            if question.interrupt_id in self._threads.read(question.waiting["thread_id"]).questions:
                return True
            if not is_new:
                return False
            time.sleep(_PAUSE)

    def who_decided(self, approval: Approval) -> str:
        """Says who closed the question of a change, how and when, as far as it is known."""
        return who_closed(self._store, approval, self.results)

    def first(self, interrupt_id: str, number: int) -> First | None:
        """Says who decided on a change in the inbox; None if nobody did, or it was long ago."""
        if not interrupt_id.isalnum():  # anything can stand in an address
            return None
        kept = self._decisions.sheaf(interrupt_id).kept(number)
        found = kept or self.results.about(interrupt_id, number)
        words = in_words(kept) if kept else first_in_words(self.results.about(interrupt_id, number))
        return First(words, found.thread_id, found.call_id, found.tool) if found and words else None

    def take_back(self, interrupt_id: str, number: int, by: str | None = None) -> Kept | None:
        """Undoes a decision, whoever made it; if someone else does, its reviewer is told who.

        Returns the decision; None if there was none.

        Raises:
            DecisionError: if it has been sent.
        """
        kept = self._decisions.take_back(interrupt_id, number)
        if kept is not None and by is not None and by != kept.reviewer:
            self._store.batch([result_op(result(kept, "taken back", by=by, again=interrupt_id))])
        return kept

    def all(self) -> dict[tuple[str, int], Kept]:
        """The decisions that have not been sent, by question and number."""
        return self._decisions.all()

    def trouble(self, interrupt_id: str) -> str | None:
        """Why a question's decisions could not be delivered yet; None if nothing failed."""
        tries = self._decisions.sheaf(interrupt_id).tries
        return str(tries["said"]) if tries else None

    def deliver(self, now: datetime) -> int:
        """Begins to deliver what is due, and looks after the list. Returns how many questions it began to deliver.

        Called every half a second, in one process or in several.
        """
        begun = self._delivery.begin(now)
        # A later time is from before the clock was set back.
        if self._next_upkeep is None or not timedelta(0) < self._next_upkeep - now <= _EVERY:
            self._next_upkeep = now + _EVERY
            with suppress(TimeoutError):  # the next look may be luckier
                self._upkeep.look(now)
        return begun

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until nothing is in progress. Returns False if that takes longer than the given time."""
        return self._delivery.wait(seconds)

    def close(self, seconds: float = 30.0) -> None:
        """Stops. What is in progress is finished if there is time, and delivered again otherwise."""
        self._delivery.close(seconds)


_EVERY = timedelta(seconds=2)
_ASKING = timedelta(seconds=2)
"""So long a question may be on the list before it is in its thread."""
_PAUSE = 0.1  # seconds
