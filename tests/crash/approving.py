"""Threads in which two people approve a write that is then held, killed between any two of their steps."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from langgraph.types import Command

from crash import threads
from crash.agents import OURS
from crash.children import Ended, run
from crash.persistence import opened
from crash.plans import Setting, Shape
from crash.points import Points
from crash.proposals import Write
from crash.trials import Harness
from langchain_ashby.agent import ApprovalPolicy, audit_trail

HOLD = timedelta(seconds=1)
FIRST, SECOND, LATER = "Ben", "Grace", "Carol"
SHAPE = Shape(("note",), ("approve",))

Act = Callable[[threads.Thread], Coroutine[Any, Any, Any]]


@dataclass(frozen=True)
class Outcome:
    """What became of a thread whose process died in a phase, at a point.

    Attributes:
        number: The number of the trial.
        phase: The phase in which the process died.
        point: The point.
        killed: True if it died; under asyncio a phase may pass fewer points than before.
        too_early: How often the write ran before both had approved and its hold had ended.
        effects: How often it ran in the end.
        became: What the audit trail says became of it: `unknown` if it may have been sent, and was not seen in Ashby.
        people: Who had approved it, as that entry says.
        stuck: True if the thread did not come to its end.
        raised: Errors on the way.
    """

    number: int
    phase: str
    point: str
    killed: bool
    too_early: int
    effects: int
    became: str
    people: list[str]
    stuck: bool
    raised: list[str]

    @property
    def failed(self) -> bool:
        """True if anything went wrong."""
        wrong = self.too_early or self.stuck or sorted(self.people) != [FIRST, SECOND]
        return bool(wrong or (self.effects, self.became) not in ((1, "applied"), (0, "unknown")))

    def as_json(self) -> dict[str, Any]:
        """The outcome as plain JSON."""
        return asdict(self)


async def approve(thread: threads.Thread, who: str) -> Any:
    """Approves as somebody. Returns the action if it is asked about again."""
    await thread.invoke(Command(resume={"decisions": [{"type": "approve", "reviewer": who}]}))
    return await _open(thread)


async def recover(thread: threads.Thread) -> dict[str, Any]:
    """Brings the thread to its end: whoever has not approved does, and after the hold somebody else has it made."""
    raised: list[str] = []
    until = ""
    stood_still = False
    for _ in range(threads.ROUNDS):
        state = await thread.state()
        action = await _open(thread)
        messages = state.values.get("messages", [])
        if not action and messages and threads.is_finished(messages):
            break
        told: Any = threads.user("Go on.") if stood_still or not messages else None
        if action:
            until = action.get("held_until") or until
            approved = {it["reviewer"] for it in action.get("approved_by", ())}
            who = LATER if action.get("held_until") else next(it for it in (FIRST, SECOND) if it not in approved)
            wait = (datetime.fromisoformat(until) - datetime.now(UTC)).total_seconds() if who == LATER else 0.0
            told = Command(resume={"decisions": [{"type": "approve", "reviewer": who}]})
            if wait > 0:
                await thread.invoke(told)  # before its time, which must not count
                time.sleep(wait)
                told = Command(resume={"decisions": [{"type": "approve", "reviewer": who}]})
        try:
            await thread.invoke(told)
        except Exception as error:  # whatever it is, an application would try again
            raised.append(f"{type(error).__name__}: {error}"[:300])
        after = await thread.state()
        stood_still = told is None and after.config == state.config
    state = await thread.state()
    is_over = bool(state.values.get("messages")) and threads.is_finished(state.values["messages"])
    return {"until": until, "stuck": bool(state.interrupts) or not is_over, "raised": raised}


async def _open(thread: threads.Thread) -> dict[str, Any]:
    interrupts = (await thread.state()).interrupts
    return dict(interrupts[0].value["action_requests"][0]) if interrupts else {}


PHASES: dict[str, Act] = {
    "ask": threads.ask,
    "first": partial(approve, who=FIRST),
    "second": partial(approve, who=SECOND),
    "start": partial(approve, who=LATER),
}


class Approving:
    """Runs the trials on one store."""

    def __init__(self, ready: Harness, setting: Setting) -> None:
        self._ready = ready
        self._setting = setting

    def points(self) -> dict[str, list[str]]:
        """The points of each phase, of a thread that nobody kills."""
        place, thread_id, writes = self._begun("points")
        found = {}
        for name, act in PHASES.items():
            end = self._run(place, thread_id, writes, act)
            if end.result is None:
                raise RuntimeError(f"{name}: {end.error}")
            found[name] = end.result["points"]
            self._wait(end)
        return found

    def trial(self, number: int, phase: str, place_of_death: int, point: str) -> Outcome:
        """Kills the process in a phase, and has others bring the thread to its end."""
        place, thread_id, writes = self._begun(f"{number}")
        end, until, too_early = Ended(), "", 0
        for name, act in PHASES.items():
            end = self._run(place, thread_id, writes, act, place_of_death if name == phase else None)
            if name != "start":
                too_early += self._effects(writes)
            if name == phase:
                break
            until = self._wait(end)
        killed = end.killed
        end = self._run(place, thread_id, writes, recover)
        found: dict[str, Any] = (
            end.result["result"] if end.result else {"until": "", "stuck": True, "raised": [end.error]}
        )
        became, people = self._told(place, thread_id)
        return Outcome(
            number=number,
            phase=phase,
            point=point,
            killed=killed,
            too_early=too_early + self._before(found["until"] or until, writes),
            effects=self._effects(writes),
            became=became,
            people=people,
            stuck=found["stuck"],
            raised=found["raised"],
        )

    def _begun(self, seed: str) -> tuple[str, str, list[Write]]:
        self._ready.sandbox.reset()
        place, thread_id = self._ready.place(self._setting.store), self._ready.new_thread()
        return place, thread_id, SHAPE.writes(seed, self._ready.company)

    def _run(self, place: str, thread_id: str, writes: list[Write], act: Act, last: int | None = None) -> Ended:
        def task() -> Any:
            self._ready.sandbox.leave_to_parent()
            points = Points(last)
            policy = ApprovalPolicy(second_reviewer=[writes[0].tool], hold={writes[0].tool: HOLD})
            around = threads.Surroundings(
                place, self._setting.entry, OURS, self._ready.sandbox, writes, points, policy=policy
            )
            result = around.do(self._setting.durability, thread_id, act)
            return {"points": points.names, "result": result}

        return run(task)

    def _wait(self, end: Ended) -> str:
        """Waits until a hold has ended, if there is one, and returns when that is."""
        action = end.result["result"] if end.result else None
        until = action.get("held_until", "") if isinstance(action, dict) else ""
        if until:
            time.sleep(max(0.0, (datetime.fromisoformat(until) - datetime.now(UTC)).total_seconds()))
        return until

    def _effects(self, writes: list[Write]) -> int:
        return sum(writes[0].effects(self._ready.sandbox.requests()))

    def _before(self, until: str, writes: list[Write]) -> int:
        """How often the write ran before its hold ended, by Ashby's clock, which is this machine's here."""
        notes = [it for it in self._ready.sandbox.state()["note"] if writes[0].mark in str(it["content"])]
        ends = datetime.fromisoformat(until) if until else datetime.max.replace(tzinfo=UTC)
        return sum(datetime.fromisoformat(it["createdAt"]) + timedelta(milliseconds=1) < ends for it in notes)

    def _told(self, place: str, thread_id: str) -> tuple[str, list[str]]:
        """What the audit trail says became of the write, and who had approved it."""

        def task() -> Any:
            self._ready.sandbox.leave_to_parent()
            with opened(place, Points()) as (_, store):
                *_, last = audit_trail(store, thread_id)
            return last.outcome, [it["reviewer"] for it in last.approved_by]

        became, people = run(task).result or ("nothing", [])
        return became, people
