"""Decisions that are made in an inbox: its process is killed between any two steps, or two reviewers decide at once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from crash import threads
from crash.agents import OURS
from crash.children import Ended, run, together
from crash.plans import Setting, Shape
from crash.points import Points
from crash.proposals import Write
from crash.trials import Harness
from langchain_ashby.agent import audit_trail
from langchain_ashby.inbox import upkeep
from langchain_ashby.inbox.outbox import AlreadyDecided, Outbox, QuestionOver
from langchain_ashby.inbox.questions import Questions

SHAPES = (Shape(("note",), ("approve",)), Shape(("note", "move"), ("approve", "reject")))
BEN, ANN = "Ben", "Ann"
PHASES = ("ask", "click", "deliver", "recover")
ROUNDS = 40


@dataclass(frozen=True)
class Desk:
    """An inbox in this process."""

    agent: Any
    questions: Questions
    outbox: Outbox

    @classmethod
    def of(cls, agent: Any) -> Desk:
        """The inbox of an agent, in which decisions leave at once."""
        questions = Questions(agent.store)
        return cls(agent, questions, Outbox(agent, agent.store, undo=timedelta(0), questions=questions))

    def click(self, writes: list[Write], who: str = BEN) -> list[str]:
        """Decides about all that waits. Returns for each who was first, empty if it was this reviewer."""
        by_call: dict[str, Write] = {it.call_id: it for it in writes}
        told: list[str] = []
        for approval in self.questions.approvals():
            try:
                self.outbox.keep(approval, by_call[str(approval.action["tool_call_id"])].answer(), who)
                told.append("")
            except (AlreadyDecided, QuestionOver) as first:
                told.append(first.message)
        return told

    def deliver(self) -> None:
        """Delivers what is due, and waits."""
        self.outbox.deliver(datetime.now(UTC))
        self.outbox.wait()


@dataclass(frozen=True)
class Outcome:
    """What became of the writes of a thread.

    Attributes:
        number: The number of the trial.
        phase: What the process did that died, or `race`.
        point: Where it died.
        killed: True if it died.
        twice: Writes that took effect more than once.
        unapproved: Writes that took effect without an approval.
        lost: Approved writes that did not take effect, though they are not told to be unknown.
        unseen: True if a question was open that was not on the list.
        told: What Ben was told of his decisions.
        stuck: True if the thread did not come to its end.
        raised: Errors on the way.
    """

    number: int
    phase: str
    point: str
    killed: bool
    twice: int
    unapproved: int
    lost: int
    unseen: bool
    told: list[str]
    stuck: bool
    raised: list[str]

    @property
    def failed(self) -> bool:
        """True if anything went wrong."""
        return bool(self.twice or self.unapproved or self.lost or self.unseen or self.stuck or self.raised)

    def as_json(self) -> dict[str, Any]:
        """The outcome as plain JSON."""
        return asdict(self)


class Inboxes:
    """Runs the trials on one store."""

    def __init__(self, ready: Harness, setting: Setting) -> None:
        self._ready = ready
        self._setting = setting

    def points(self, shape: Shape) -> dict[str, list[str]]:
        """The points of each phase, of a thread that nobody kills."""
        place, thread_id, writes = self._begun(shape, "points")
        found = {}
        for phase in PHASES[:3]:
            end = self._run(place, thread_id, writes, phase)
            if end.result is None:
                raise RuntimeError(f"{phase}: {end.error}")
            found[phase] = end.result["points"]
        return found

    def trial(self, number: int, shape: Shape, phase: str, death: int, point: str) -> Outcome:
        """Kills the process in a phase, and has others bring the thread to its end."""
        place, thread_id, writes = self._begun(shape, f"{number}")
        end = Ended()
        for name in PHASES[:3]:
            end = self._run(place, thread_id, writes, name, Points(death) if name == phase else None)
            if name == phase:
                break
        killed = end.killed
        return self._judged(number, phase, point, killed, self._run(place, thread_id, writes, "recover"), writes)

    def race(self, number: int, shape: Shape) -> Outcome:
        """Lets two reviewers decide at once, each in a process that also delivers."""
        place, thread_id, writes = self._begun(shape, f"race {number}")
        self._run(place, thread_id, writes, "ask")
        jitter = [Points(jitter=random.Random(f"{number} {who}")) if number % 2 else None for who in (BEN, ANN)]
        tasks = [
            self._task(place, thread_id, writes, f"race {who}", points)
            for who, points in zip((BEN, ANN), jitter, strict=True)
        ]
        ends = together(tasks)
        raised = [str(it.error or "killed or late") for it in ends if not it.result]
        told = [line for it in ends if it.result for line in it.result["result"]]
        counted = self._run(place, thread_id, writes, "recover")
        outcome = self._judged(number, "race", "; ".join(told), False, counted, writes)
        # For each change one of the two was first, and the other was told so.
        late = [it for it in told if it]
        right = len(told) - len(late) == len(writes) and all(it.startswith((f"{BEN} ", f"{ANN} ")) for it in late)
        return _with(outcome, raised + ([] if right or raised else [f"told {told}"]))

    def _judged(self, number: int, phase: str, point: str, killed: bool, end: Ended, writes: list[Write]) -> Outcome:
        log = self._ready.sandbox.requests()
        ran = {it.call_id: it.effects(log) for it in writes}
        nothing: dict[str, Any] = {"stuck": True, "unseen": False, "told": [], "became": {}}
        found = end.result["result"] if end.result else nothing
        approved = [it for it in writes if it.decision != "reject"]
        lost = [it for it in approved if not ran[it.call_id][0] and found["became"].get(it.call_id) != "unknown"]
        return Outcome(
            number=number,
            phase=phase,
            point=point,
            killed=killed,
            twice=sum(it > 1 for it, _ in ran.values()),
            unapproved=sum(it for _, it in ran.values()),
            lost=len(lost),
            unseen=found["unseen"],
            told=found["told"],
            stuck=found["stuck"],
            raised=[] if end.result else [str(end.error or "killed or late")[-500:]],
        )

    def _begun(self, shape: Shape, seed: str) -> tuple[str, str, list[Write]]:
        self._ready.sandbox.reset()
        place, thread_id = self._ready.place(self._setting.store), self._ready.new_thread()
        return place, thread_id, shape.writes(seed, self._ready.company)

    def _run(self, place: str, thread_id: str, writes: list[Write], name: str, points: Points | None = None) -> Ended:
        return run(self._task(place, thread_id, writes, name, points))

    def _task(
        self, place: str, thread_id: str, writes: list[Write], name: str, points: Points | None
    ) -> Callable[[], Any]:
        watched = points or Points()

        def task() -> Any:
            self._ready.sandbox.leave_to_parent()
            upkeep._AT_ONCE = upkeep._ANSWERING = upkeep._OFTEN = timedelta(milliseconds=100)
            around = threads.Surroundings(place, self._setting.entry, OURS, self._ready.sandbox, writes, watched)

            async def act(thread: threads.Thread) -> Any:
                if name == "ask":
                    return await threads.ask(thread)
                if name == "recover":
                    await _asked(thread)
                works = _WORKS[name.split()[0]]
                arguments = Desk.of(thread._agent), thread_id, writes, name
                if self._setting.entry == "ainvoke":
                    return await asyncio.to_thread(works, *arguments)
                return works(*arguments)

            result = around.do(self._setting.durability, thread_id, act)
            return {"points": watched.names, "result": result}

        return task


def _with(outcome: Outcome, raised: list[str]) -> Outcome:
    return Outcome(**{**asdict(outcome), "raised": [*outcome.raised, *raised]})


async def _asked(thread: threads.Thread) -> None:
    """Has the user try again if the process died before it asked. Nobody repeats what was asked already."""
    state = await thread.state()
    if not state.values.get("messages"):
        await threads.ask(thread)
    elif not state.interrupts and not _decided(state):
        await thread.invoke(None)


def _decided(state: Any) -> bool:
    return any(it.type == "tool" for it in state.values["messages"]) or bool(state.values.get("approvals"))


def _click(desk: Desk, thread_id: str, writes: list[Write], name: str) -> list[str]:
    return desk.click(writes)


def _deliver(desk: Desk, thread_id: str, writes: list[Write], name: str) -> None:
    desk.deliver()


def _race(desk: Desk, thread_id: str, writes: list[Write], name: str) -> list[str]:
    told = desk.click(writes, name.removeprefix("race "))
    for _ in range(ROUNDS):
        desk.deliver()
        if not desk.outbox.all():
            break
        time.sleep(0.05)
    return told


def _recover(desk: Desk, thread_id: str, writes: list[Write], name: str) -> dict[str, Any]:
    """Looks at the inbox and decides, until nothing is left; in the meantime others of its processes deliver."""
    config: Any = {"configurable": {"thread_id": thread_id}}
    unseen, calm = True, 0
    for _ in range(ROUNDS):
        state = desk.agent.get_state(config)
        waiting = {it.interrupt_id for it in desk.questions.all()}
        known = waiting | {interrupt_id for interrupt_id, _ in desk.outbox.all()}
        unseen = bool({it.id for it in state.interrupts} - known)
        calm = 0 if state.interrupts or desk.outbox.all() or waiting else calm + 1
        if calm == 2:
            break
        desk.click(writes)
        desk.outbox._next_upkeep = None
        desk.outbox._upkeep._looked.clear()
        desk.deliver()
        time.sleep(0.1)
    trail = audit_trail(desk.agent.store, thread_id)
    done = threads.is_finished(desk.agent.get_state(config).values["messages"])
    return {
        "stuck": calm < 2 or not done,
        "unseen": unseen,
        "told": [it.outcome for it in desk.outbox.results.of(BEN) if it.thread_id == thread_id],
        "became": {it.call_id: it.outcome for it in trail},
    }


_WORKS: dict[str, Callable[..., Any]] = {"click": _click, "deliver": _deliver, "race": _race, "recover": _recover}
