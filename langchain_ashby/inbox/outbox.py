"""Decisions on their way to the agent: kept in the store until they are due, then delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore, PutOp
from langgraph.types import Command

from langchain_ashby.agent.execution.store import items_under, load, put_op
from langchain_ashby.agent.run.compiled import QuestionClosedError
from langchain_ashby.inbox.questions import Approval, Question, Questions

Agent = CompiledStateGraph[Any, Any, Any, Any]


@dataclass(frozen=True)
class Kept:
    """A decision that has not left yet.

    Attributes:
        interrupt_id: The question.
        number: The change in the question, from 1.
        fingerprint: What was shown to the reviewer.
        decision: The decision, in LangChain's approval protocol.
        reviewer: Who decided.
        due: When it may leave.
    """

    interrupt_id: str
    number: int
    fingerprint: str
    decision: dict[str, Any]
    reviewer: str
    due: datetime


class Outbox:
    """Decisions on their way.

    Args:
        agent: The agent that asked.
        store: Its store.
        undo: How long a decision can be taken back before it leaves.
        stop_before_model: Carry out decisions and go no further: there is no model.
    """

    def __init__(
        self, agent: Agent, store: BaseStore, *, undo: timedelta = timedelta(seconds=5), stop_before_model: bool = False
    ) -> None:
        self._agent = agent
        self._store = store
        self._questions = Questions(store)
        self._undo = undo
        self._stop_before = ["model"] if stop_before_model else None

    def keep(self, approval: Approval, decision: Mapping[str, Any], reviewer: str) -> Kept:
        """Keeps a decision. It leaves when it is due and the question's other changes are decided as well."""
        kept = Kept(
            approval.question.interrupt_id,
            approval.number,
            approval.fingerprint,
            dict(decision),
            reviewer,
            datetime.now(UTC) + self._undo,
        )
        value = {**vars(kept), "due": kept.due.isoformat()}
        self._store.batch([put_op(ROOT, _key(kept.interrupt_id, kept.number), value)])
        return kept

    def take_back(self, interrupt_id: str, number: int) -> None:
        """Takes a decision back that has not left."""
        self._store.batch([PutOp(ROOT, _key(interrupt_id, number), None)])

    def all(self) -> dict[tuple[str, int], Kept]:
        """The decisions that have not left, by question and number."""
        found = (load(item) for item in items_under(self._store, ROOT))
        kept = [Kept(**{**it, "due": datetime.fromisoformat(it["due"])}) for it in found]
        return {(it.interrupt_id, it.number): it for it in kept}

    def deliver(self, now: datetime) -> int:
        """Delivers the questions whose decisions are all made and due. Returns how many."""
        kept, delivered = self.all(), 0
        for question in self._questions.all():
            decisions = [kept.get((question.interrupt_id, it.number)) for it in question.approvals]
            ready = [it for it in decisions if it and it.due <= now]
            if len(ready) == len(question.approvals):
                self._send(question, ready)
                delivered += 1
        return delivered

    def _send(self, question: Question, decisions: list[Kept]) -> None:
        waiting = question.waiting
        answer = {
            "request_id": question.interrupt_id,
            "decisions": [
                {**it.decision, "tool_call_id": approval.action["tool_call_id"], "reviewer": it.reviewer}
                for it, approval in zip(decisions, question.approvals, strict=True)
            ],
        }
        try:
            self._agent.invoke(
                Command(resume={question.interrupt_id: answer}),
                {"configurable": {"thread_id": waiting["thread_id"]}},
                context=waiting["settings"],
                durability="sync",
                interrupt_before=self._stop_before,
            )
        except QuestionClosedError:
            pass  # someone else was first; the audit trail says who
        for it in decisions:
            self.take_back(it.interrupt_id, it.number)


def _key(interrupt_id: str, number: int) -> str:
    return f"{interrupt_id}.{number}"


ROOT = ("langchain_ashby", "decisions")
