"""Answers and recovers threads in an inbox: only the inbox calls the agent with answers.

The application's part is unchanged: it starts a thread, sends new messages, and continues a run that broke off.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from crash import threads
from crash.inboxes import BEN, Desk
from crash.killing_sandbox import KillingSandbox
from crash.mishaps import LEASE
from crash.proposals import Write
from langchain_ashby.agent.messages.tool_messages import NOT_EXECUTED
from langchain_ashby.inbox import delivery, upkeep
from langchain_ashby.inbox.decisions import DecisionError

SECONDS = 45.0
"""Seconds after which a recovery counts as stuck."""


async def answer(thread: threads.Thread, writes: Sequence[Write]) -> bool:
    """Decides on everything that is waiting in the thread, and delivers the decisions."""
    at = _At.of(thread)
    await at.work(lambda: at.decide(writes))
    await at.work(at.desk.deliver)
    return True


async def recover(thread: threads.Thread, writes: Sequence[Write], sandbox: KillingSandbox, how: str) -> dict[str, Any]:
    """Brings a thread to its end in the inbox, by one of the `RECOVERIES`; returns what `threads.recover` does.

    Also returns `told`: what Ben was told about his decisions, in the form in which a model is told.
    """
    at = _At.of(thread)
    raised: list[str] = []
    pending: list[str] = []
    asked: list[str] = []
    withdrawn: list[str] = []

    async def invoke(told: Any) -> None:
        try:
            await thread.invoke(told)
        except Exception as error:  # an application would try again after any error
            raised.append(f"{type(error).__name__}: {error}"[:300])

    known = {it.id for it in (await thread.state()).interrupts}
    if how == "message":
        await invoke(threads.user("Go on."))
    elif how == "go on" and (await thread.state()).values.get("messages"):
        await invoke(None)
    still, until = 0, time.monotonic() + SECONDS
    while still < 3 and time.monotonic() < until:
        state = await thread.state()
        messages = state.values.get("messages", [])
        in_vain = threads.in_vain(state.interrupts, writes, sandbox)
        (pending if {it.id for it in state.interrupts} <= known else asked).extend(in_vain)
        known |= {it.id for it in state.interrupts}
        mine = [replace(it, decision="reject") for it in writes] if how == "reject" else writes
        decided = await at.work(lambda mine=mine: at.decide(mine))  # type: ignore[misc]
        if how == "reject":
            ran = {it.call_id for it in writes if sum(it.effects(sandbox.requests()))}
            withdrawn += [call for call in decided if call not in ran]
        await at.work(at.deliver)
        now = await thread.state()
        is_over = messages and threads.is_finished(now.values["messages"]) and not now.interrupts
        left = bool(now.interrupts) or await at.work(at.left)
        if not left and not is_over:
            stood_still = messages and now.config == state.config
            await invoke(threads.user() if not messages else threads.user("Go on.") if stood_still else None)
        still = still + 1 if is_over and not left else 0
        time.sleep(0.05)
    messages = (await thread.state()).values.get("messages", [])
    return {
        "finished": still == 3,
        "answers": threads.answers_in(messages),
        "asked": asked,
        "pending": pending,
        "withdrawn": withdrawn,
        "raised": raised,
        "told": await at.work(at.told),
    }


WAY = threads.Way(answer, recover)


@dataclass
class _At:
    """An inbox in this process, and the thread that matters in it."""

    desk: Desk
    entry: str
    thread_id: str
    decided: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, thread: threads.Thread) -> _At:
        upkeep._AT_ONCE = upkeep._ANSWERING = upkeep._OFTEN = upkeep._SOON = timedelta(milliseconds=100)
        delivery.LEASE, delivery._AFTER_FAILURE = LEASE, timedelta(milliseconds=100)
        return cls(Desk.of(thread._agent), thread._entry, thread._config["configurable"]["thread_id"])

    async def work(self, what: Callable[[], Any]) -> Any:
        """Runs a function as an inbox does: in a thread, if the agent uses an event loop."""
        return await asyncio.to_thread(what) if self.entry == "ainvoke" else what()

    def decide(self, writes: Sequence[Write]) -> list[str]:
        """Decides on everything that is waiting in the thread; returns the calls whose decisions were kept."""
        by_call = {it.call_id: it for it in writes}
        decided = []
        for it in self.desk.questions.approvals():
            if it.question.waiting["thread_id"] == self.thread_id:
                call_id = str(it.action["tool_call_id"])
                with suppress(DecisionError):  # someone else was first, or another process holds it
                    self.desk.outbox.keep(it, by_call[call_id].answer(), BEN)
                    decided.append(call_id)
        return decided

    def deliver(self) -> None:
        """Delivers due decisions, and tidies the list at once."""
        self.desk.outbox._next_upkeep = None
        self.desk.outbox._upkeep._looked.clear()
        self.desk.deliver()

    def left(self) -> bool:
        """True if anything of the thread is listed or undelivered."""
        listed = any(it.waiting["thread_id"] == self.thread_id for it in self.desk.questions.all())
        return listed or any(it.thread_id == self.thread_id for it in self.desk.outbox.all().values())

    def told(self) -> dict[str, list[str]]:
        """Returns the outcome that the inbox shows for each call, by its latest decision."""
        mine = [it for it in self.desk.outbox.results.of(BEN, unseen=False) if it.thread_id == self.thread_id]
        latest = {it.call_id: it for it in sorted(mine, key=lambda it: it.at)}
        return {key: list(_as_answer(it.outcome, it.detail)) for key, it in latest.items() if it.outcome not in _OPEN}


def _as_answer(outcome: str, detail: str) -> tuple[str, str]:
    if outcome == "not delivered":
        return "error", f"{NOT_EXECUTED} {detail}"
    return ("success" if outcome == "applied" else "error"), detail


_OPEN = ("asked again", "changed", "decided by another", "taken back", "edited", "approved", "held")
"""Outcomes that say nothing about the write."""
