"""Starts, answers and recovers threads of the agent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langgraph.types import Command

from crash.agents import build
from crash.killing_sandbox import KillingSandbox
from crash.persistence import aopened, opened
from crash.points import Points, watch_requests
from crash.proposals import Write
from langchain_ashby.agent.messages.history import open_calls
from langchain_ashby.agent.messages.tool_messages import NOT_EXECUTED, OUTCOME_UNKNOWN

ROUNDS = 12
"""The number of agent calls after which a recovery counts as stuck."""


class Thread:
    """One thread of an agent, called by `invoke` or by `ainvoke`."""

    def __init__(self, agent: Any, entry: str, durability: str, thread_id: str) -> None:
        self._agent = agent
        self._entry = entry
        self._durability = durability
        self._config = {"configurable": {"thread_id": thread_id}}

    async def invoke(self, told: Any) -> dict[str, Any]:
        """Sends the agent an input and waits until it stops."""
        if self._entry == "ainvoke":
            result = await self._agent.ainvoke(told, self._config, durability=self._durability)
        else:
            result = self._agent.invoke(told, self._config, durability=self._durability)
        return dict(result or {})

    async def state(self) -> Any:
        """Its state in the checkpointer."""
        if self._entry == "ainvoke":
            return await self._agent.aget_state(self._config)
        return self._agent.get_state(self._config)


def user(text: str = "Go.") -> dict[str, Any]:
    """A message from the person."""
    return {"messages": [{"role": "user", "content": text}]}


def decided(interrupts: Sequence[Any], writes: Sequence[Write]) -> Command[Any]:
    """The person's answer: a decision for each action shown."""
    return Command(resume={"decisions": [write.answer() for write in _shown(interrupts, writes)]})


async def ask(thread: Thread) -> bool:
    """Runs the agent until it asks."""
    await thread.invoke(user())
    return True


async def answer(thread: Thread, writes: Sequence[Write]) -> bool:
    """Answers the agent's question and waits until it stops."""
    state = await thread.state()
    await thread.invoke(decided(state.interrupts, writes))
    return True


async def go_on(thread: Thread, writes: Sequence[Write]) -> bool:
    """Answers an open question, or resumes an aborted run."""
    state = await thread.state()
    await thread.invoke(decided(state.interrupts, writes) if state.interrupts else None)
    return True


RECOVERIES = {
    "answer": "give the same answer if the question is open, else go on",
    "go on": "go on first, and then look whether a question is open",
    "message": "send a new message, whatever is open",
    "reject": "reject if the question is open, else go on",
}
"""Ways for an application to recover a thread."""


async def recover(thread: Thread, writes: Sequence[Write], sandbox: KillingSandbox, how: str) -> dict[str, Any]:
    """Brings a thread to its end by one of the `RECOVERIES`.

    Returns `finished`; `answers`, what the model was told about each call; `asked` and `pending`, the calls asked about
    although they had already taken effect; `withdrawn`, those rejected now that had not run; `raised`, the errors on
    the way.
    """
    asked: list[str] = []
    pending: list[str] = []
    withdrawn: list[str] = []
    raised: list[str] = []
    stood_still = False
    for number in range(ROUNDS):
        state = await thread.state()
        messages = state.values.get("messages", [])
        if not messages:
            told: Any = user()
        elif how == "message" and number == 0:
            told = user("Go on.")
        elif state.interrupts and not (how == "go on" and number == 0):
            ran = in_vain(state.interrupts, writes, sandbox)
            pending += ran
            if how == "reject":
                shown = _shown(state.interrupts, writes)
                withdrawn += [write.call_id for write in shown if write.call_id not in ran]
                told = Command(resume={"decisions": [{"type": "reject"} for _ in shown]})
            else:
                told = decided(state.interrupts, writes)
        elif is_finished(messages) and not state.interrupts:
            break
        else:
            told = user("Go on.") if stood_still else None
        try:
            result = await thread.invoke(told)
        except Exception as error:
            # Whatever the error, an application would try again.
            raised.append(f"{type(error).__name__}: {error}"[:300])
            result = {}
        asked += in_vain(result.get("__interrupt__", ()), writes, sandbox)
        after = await thread.state()
        stood_still = told is None and after.config == state.config and not after.interrupts
    state = await thread.state()
    messages = state.values.get("messages", [])
    return {
        "finished": bool(messages) and is_finished(messages) and not state.interrupts,
        "answers": answers_in(messages),
        "asked": asked,
        "pending": pending,
        "withdrawn": withdrawn,
        "raised": raised,
    }


@dataclass(frozen=True)
class Way:
    """How people answer a thread and how it is recovered: functions with the same arguments as those here."""

    answer: Callable[[Thread, Sequence[Write]], Awaitable[bool]]
    recover: Callable[[Thread, Sequence[Write], KillingSandbox, str], Awaitable[dict[str, Any]]]


DIRECTLY = Way(answer, recover)


def said(text: str) -> tuple[bool, bool]:
    """Two flags: the model was told "not executed", or "outcome not known"."""
    return text.startswith(NOT_EXECUTED), text.startswith(OUTCOME_UNKNOWN)


class Surroundings:
    """A thread's needs in this process, with its external effects watched."""

    def __init__(
        self,
        place: str,
        entry: str,
        which: str,
        sandbox: KillingSandbox,
        writes: Sequence[Write],
        points: Points,
        **of_agent: Any,
    ) -> None:
        self._place, self._entry, self._points = place, entry, points
        self._build = partial(build, which, sandbox, writes)
        self._of_agent = of_agent

    def do(self, durability: str, thread_id: str, act: Any, cancel_after: float | None = None) -> Any:
        """Opens everything and runs `act` on the thread; with `ainvoke` it can be canceled."""
        watch_requests(self._points)
        if self._entry == "ainvoke":
            return asyncio.run(asyncio.wait_for(self._aopened(durability, thread_id, act), cancel_after))
        with opened(self._place, self._points) as (saver, store):
            return without_loop(act(self._thread(saver, store, durability, thread_id)))

    async def _aopened(self, durability: str, thread_id: str, act: Any) -> Any:
        async with aopened(self._place, self._points) as (saver, store):
            return await act(self._thread(saver, store, durability, thread_id))

    def _thread(self, saver: Any, store: Any, durability: str, thread_id: str) -> Thread:
        return Thread(self._build(saver, store, **self._of_agent), self._entry, durability, thread_id)


def without_loop(steps: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine that never waits, without an event loop, which some libraries would notice."""
    try:
        steps.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("it waited for something")


def _actions(interrupts: Sequence[Any]) -> list[dict[str, Any]]:
    return [action for interrupt in interrupts for action in interrupt.value["action_requests"]]


def _shown(interrupts: Sequence[Any], writes: Sequence[Write]) -> list[Write]:
    """The writes that are asked about, in order. Identical ones are told apart by their calls, if those are shown."""
    shown: list[Write] = []
    for action in _actions(interrupts):
        alike = [it for it in writes if it.tool == action["name"] and action["args"] in (it.args, it.edited_args)]
        left = [it for it in alike if it not in shown]
        shown.append(next((it for it in left if it.call_id == action.get("tool_call_id")), left[0]))
    return shown


def in_vain(interrupts: Sequence[Any], writes: Sequence[Write], sandbox: KillingSandbox) -> list[str]:
    """The calls asked about although they have taken effect."""
    if not interrupts:
        return []
    log = sandbox.requests()
    asked = _shown(interrupts, writes)
    # Of identical ones, the first effects may be those of siblings that are not asked about.
    others = [it for it in writes if it not in asked and it.decision != "reject"]
    return [
        write.call_id
        for write in asked
        if sum(write.effects(log)) > sum(it.endpoint == write.endpoint and it.mark == write.mark for it in others)
    ]


def is_finished(messages: Sequence[BaseMessage]) -> bool:
    """True if the model had the last word, and no call is open."""
    return isinstance(messages[-1], AIMessage) and not messages[-1].tool_calls and not open_calls(messages)


def answers_in(messages: Sequence[BaseMessage]) -> dict[str, list[str]]:
    return {it.tool_call_id: [it.status, it.text] for it in messages if isinstance(it, ToolMessage)}
