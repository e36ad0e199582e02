"""Proposes the opposite of a write without asking the model. It then needs its own approval, like any other write.

The proposal stands in a thread of its own. The ids of the thread, of its messages and of its calls follow from the
write and from how often its undo was proposed before. So two processes that propose it at once propose the same calls,
which the journal lets through once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolCall, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.store.base import BaseStore
from langgraph.types import Interrupt, StateSnapshot

from langchain_ashby.agent.execution.audit import AuditEntry, aaudit_trail, audit_trail
from langchain_ashby.agent.execution.store import thread_label
from langchain_ashby.agent.messages.history import maker_of
from langchain_ashby.agent.messages.own import asked_of, record_of_turn, turn_in
from langchain_ashby.agent.run.compiled import RecruitingAgent
from langchain_ashby.agent.run.context import Context
from langchain_ashby.agent.state import Undoing
from langchain_ashby.agent.undo.entries import Undo, undo_of
from langchain_ashby.agent.undo.opposite import Opposite
from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.errors import AshbyError
from langchain_ashby.text.words import one_line, tool_title
from langchain_ashby.toolkit import AshbyTool


class CannotUndoError(AshbyError, ValueError):
    """A write cannot be undone, or not by this agent or in this run. Nothing was proposed."""

    default_code = "cannot_undo"


@dataclass(frozen=True)
class ProposedUndo:
    """An undo that was proposed for approval, now or before. `PendingApprovals` takes it.

    Attributes:
        thread_id: The thread in which it is decided on.
        interrupts: The question that waits for a decision; none if the policy decided alone, or no one could be asked.
        answers: The outcomes of the finished calls, in words.
    """

    thread_id: str
    interrupts: tuple[Interrupt, ...]
    answers: tuple[str, ...]


def thread_of(entry: AuditEntry | str) -> str:
    """The thread in which the undo of a write, or of the write with an id, is decided on."""
    return f"undo-{entry if isinstance(entry, str) else entry.write}"


def left_to_undo(entry: AuditEntry, undo: Undo, trail: Iterable[AuditEntry]) -> Undo:
    """The part of an undo that is not made yet; if nothing is left, why.

    Args:
        entry: The entry of the write.
        undo: What undoes it.
        trail: The entries of the thread in which that is decided on.
    """
    thread_id = thread_of(entry)
    over = {
        it.call_id.rpartition("-")[2]: it.outcome
        for it in trail
        # What a person edited is another change, perhaps of somebody else.
        if it.outcome in _OVER and it.part_of is None and not it.original and it.call_id.startswith(f"{thread_id}-")
    }
    left = tuple(it for it in undo.calls if _digest(it) not in over)
    if left or not undo:
        return Undo(left, undo.why_not)
    if "unknown" in over.values():
        return Undo(why_not="It is not known whether its undo was made. Check in Ashby.")
    return Undo(
        why_not=f"It has already been undone, in the thread {thread_id}. If it was made again since, undo that one."
    )


Settings = Context | Mapping[str, Any]


def propose_undo(
    agent: RecruitingAgent,
    entry: AuditEntry | str,
    *,
    reviewer: str | None = None,
    context: Settings | None = None,
) -> ProposedUndo:
    """Proposes the opposite of a write for approval. Proposing it twice leads to the same question.

    If an earlier undo of the write was rejected or not made, it is proposed again.

    Args:
        agent: The agent, with the store that has the entry, and with the tools of the opposite.
        entry: The entry of the write in the audit trail, or its `write`.
        reviewer: Who asks for it.
        context: The settings of the run. They have to name the same `on_behalf_of` as the write was made for.

    Raises:
        CannotUndoError: if it cannot be undone; the message says why.
        SettingsError: if the settings ask for something that the application does not allow.
    """
    store = _store_of(agent)
    entry = _chosen(entry, audit_trail(store)) if isinstance(entry, str) else entry
    plan = _plan(agent, entry, audit_trail(store, entry.thread_id) if _is_bulk(entry) else (), reviewer, context)
    values, goes_on = plan.step(agent.get_state(plan.config), audit_trail(store, plan.thread_id))
    if values:
        agent.update_state(plan.config, values, as_node="model")
    if values or goes_on:
        agent.invoke(None, plan.config, context=plan.context, durability="sync")
    return plan.proposed(agent.get_state(plan.config))


async def apropose_undo(
    agent: RecruitingAgent,
    entry: AuditEntry | str,
    *,
    reviewer: str | None = None,
    context: Settings | None = None,
) -> ProposedUndo:
    """Does the same as `propose_undo` under asyncio.

    Raises:
        CannotUndoError: as `propose_undo` does.
        SettingsError: as `propose_undo` does.
    """
    store = _store_of(agent)
    entry = _chosen(entry, await aaudit_trail(store)) if isinstance(entry, str) else entry
    trail = await aaudit_trail(store, entry.thread_id) if _is_bulk(entry) else ()
    plan = _plan(agent, entry, trail, reviewer, context)
    values, goes_on = plan.step(await agent.aget_state(plan.config), await aaudit_trail(store, plan.thread_id))
    if values:
        await agent.aupdate_state(plan.config, values, as_node="model")
    if values or goes_on:
        await agent.ainvoke(None, plan.config, context=plan.context, durability="sync")
    return plan.proposed(await agent.aget_state(plan.config))


def _store_of(agent: RecruitingAgent) -> BaseStore:
    if agent.store is None or not agent.checkpointer:
        raise CannotUndoError("The agent has no store or checkpointer of its own, so it cannot propose an undo")
    return agent.store


def _chosen(write: str, trail: Iterable[AuditEntry]) -> AuditEntry:
    """The entry that says that a write was made, or else the last one about it."""
    about = [it for it in trail if it.write == write]
    if not about:
        raise CannotUndoError(f"The audit trail has no write {write!r}")
    return max(about, key=lambda it: (it.outcome == "applied", it.at))


def _is_bulk(entry: AuditEntry) -> bool:
    return issubclass(OPERATIONS.get(entry.tool, object), Bulk)


def _plan(
    agent: RecruitingAgent,
    entry: AuditEntry,
    trail: Sequence[AuditEntry],
    reviewer: str | None,
    context: Settings | None,
) -> _Plan:
    """Checks whether this agent may undo the write in a run with these settings.

    Raises:
        CannotUndoError: if it may not.
        SettingsError: if the settings ask for something that the application does not allow.
    """
    limits = agent.limits
    undo = undo_of(entry, trail, tools=[it.name for it in limits.tools.values() if isinstance(it, AshbyTool)])
    wanted = context.model_dump(include={*Context.model_fields}) if isinstance(context, Context) else context or {}
    settings = limits.schema(**{**wanted, **({"reviewer": reviewer} if reviewer else {})})
    if not entry.write:
        raise CannotUndoError("The entry was not read from an audit trail")
    if undo.why_not is not None:
        raise CannotUndoError(undo.why_not.rstrip("."))
    acts_for = limits.user_for(settings.on_behalf_of)
    if acts_for != entry.on_behalf_of:
        raise CannotUndoError(
            f"It was made {_for(entry.on_behalf_of)}, and this run acts {_for(acts_for)}",
            remedy="Run it with the same on_behalf_of." if entry.on_behalf_of else "Run it without on_behalf_of.",
        )
    if entry.account is None:
        raise CannotUndoError("It was recorded by an earlier version, which did not note the Ashby account")
    if entry.account != limits.account:
        raise CannotUndoError("It was made in another Ashby account")
    return _Plan(entry, undo, settings)


def _for(user_id: str | None) -> str:
    return f"on behalf of the user {user_id}" if user_id else "on no user's behalf"


@dataclass(frozen=True)
class _Plan:
    """The undo of a write, in the thread that follows from it."""

    entry: AuditEntry
    undo: Undo
    context: Context

    @property
    def thread_id(self) -> str:
        return thread_of(self.entry)

    @property
    def config(self) -> RunnableConfig:
        return {"configurable": {"thread_id": self.thread_id}}

    def step(self, state: StateSnapshot, trail: Iterable[AuditEntry]) -> tuple[dict[str, Any] | None, bool]:
        """What to do next: the values with which to propose it, if any; and whether a run that broke off goes on.

        Raises:
            CannotUndoError: if it is already undone, or its thread is waiting for something else.
        """
        messages = state.values.get("messages", [])
        before = [it for it in messages if isinstance(it, AIMessage) and self._is_own(it)]
        if state.interrupts or state.next:
            if maker_of(messages) not in before:
                raise CannotUndoError(f"Another conversation is open in the thread {self.thread_id}: finish it first")
            return None, not state.interrupts
        left = left_to_undo(self.entry, self.undo, trail)
        if left.why_not is not None:
            raise CannotUndoError(left.why_not.rstrip("."))
        return self._values(len(before), left.calls), False

    def proposed(self, state: StateSnapshot) -> ProposedUndo:
        """What waits for a decision, and what is over."""
        messages: list[AnyMessage] = state.values.get("messages", [])
        maker = maker_of(messages)
        after = messages[messages.index(maker) + 1 :] if maker else []
        answers = tuple(it.text for it in after if isinstance(it, ToolMessage))
        return ProposedUndo(self.thread_id, tuple(state.interrupts), answers)

    def _is_own(self, message: AIMessage) -> bool:
        return str(message.id).startswith(f"{self.thread_id}.")

    def _values(self, attempt: int, opposites: Sequence[Opposite]) -> dict[str, Any]:
        """The proposal as the agent's own message, as if its model had made it."""
        calls = {f"{self.thread_id}-{attempt}-{_digest(it)}": it for it in opposites}
        asked = HumanMessage(f"Undo: {self._line()}", id=asked_of(f"{self.thread_id}.{attempt}"))
        message = AIMessage(
            "",
            id=f"{self.thread_id}.{attempt}",
            tool_calls=[ToolCall(name=it.tool, args=it.args, id=key, type="tool_call") for key, it in calls.items()],
        )
        turn = turn_in(thread_label(self.thread_id), str(message.id).replace(".", "-"))
        return {
            "messages": [asked, message],
            "own": {message.id: record_of_turn(message, turn)},
            "undoes": {key: self._undoing(it) for key, it in calls.items()},
            "proposals": [],
            "approvals": [],
            "edits": [],
            "problem": None,
        }

    def _line(self) -> str:
        line = (self.entry.card or {}).get("line")
        return one_line(line) if line else tool_title(self.entry.tool, None)

    def _undoing(self, call: Opposite) -> Undoing:
        return {
            "line": call.line,
            "at": self.entry.at.isoformat(),
            "args": call.args,
            "left": call.left,
            "remains": [*call.remains],
            "account": self.entry.account,
            "on_behalf_of": self.entry.on_behalf_of,
        }


def _digest(call: Opposite) -> str:
    """Tells a call from the others of its undo, also if there are more by now."""
    return sha256(json.dumps([call.tool, call.args], sort_keys=True).encode()).hexdigest()[:12]


_OVER = ("applied", "partly applied", "unknown")
"""The outcomes of an undo after which it is not proposed again."""
