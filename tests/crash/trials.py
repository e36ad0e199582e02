"""Runs trials: starts a thread, kills it, recovers it in a new process, and compares it with the sandbox's log."""

from __future__ import annotations

import mmap
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from crash import threads
from crash.agents import OURS, warm_up
from crash.children import Child, Ended, Task, run
from crash.clocks import set_wrong
from crash.killing_sandbox import KillingSandbox, Moment
from crash.mishaps import (
    ALIKE,
    CLOCKS,
    HELD_UP,
    LEASE,
    NONE,
    OTHER_ACCOUNT,
    PUT_BACK,
    RECONFIGURED,
    TWIN,
    put_back,
    reconfigure,
)
from crash.persistence import forget_records, is_postgres, set_up
from crash.plans import FAULTS, Death, Setting, Shape, Trial
from crash.points import Points
from crash.proposals import Write
from crash.verdict import Circumstances, Row, judged

LATE = 1.2
"""Delay in seconds of an effect that outlives its caller."""


Act = Callable[[threads.Thread], Any]
"""What is done with a thread."""


@dataclass(frozen=True)
class Phase:
    """A part of a trial that a process of its own does, with its death if it is to die."""

    trial: Trial
    which: str
    name: str
    writes: Sequence[Write]
    place: str
    thread_id: str
    act: Act
    death: Death | None = None

    @property
    def is_canceled(self) -> bool:
        """True if it is canceled, which only `ainvoke` can be; with `invoke` its process is killed instead."""
        return self.death is not None and self.death.how == "cancel" and self.trial.setting.entry == "ainvoke"


class Harness:
    """Runs trials one after another against one sandbox.

    Attributes:
        way: How people answer and recover the threads. Set it before the first trial.
    """

    way = threads.DIRECTLY

    def __init__(self, sandbox: KillingSandbox, directory: Path, postgres: str | None = None) -> None:
        self.sandbox = sandbox
        self._directory = directory
        self._postgres = postgres
        self._last_words = mmap.mmap(-1, mmap.PAGESIZE)
        self._undisturbed: dict[tuple[str, Setting, Shape, str], tuple[int, float]] = {}
        self._places = 0
        self._template = directory / "empty.db"
        warm_up(sandbox)
        self.company = sandbox.company()
        for place in filter(None, [str(self._template), postgres]):
            if error := run(partial(set_up, place)).error:
                raise RuntimeError(error)

    def run(self, trial: Trial, which: str = OURS) -> Row:
        """Runs a trial with an agent and judges it."""
        for death in trial.deaths:
            self._points(trial, which, death.phase)  # now, because it writes to the sandbox
        writes = trial.shape.writes(trial.seed, self.company)
        mishap = trial.mishap
        self.sandbox.reset()
        self.sandbox.set_clock(mishap.ahead.get("Ashby", 0.0))
        place, thread_id = self.place(trial.setting.store), self.new_thread()
        if is_postgres(place) and (error := run(partial(forget_records, place)).error):
            raise RuntimeError(error)
        told = [CLOCKS] if mishap.ahead else []
        told += [ALIKE] if trial.shape.alike else []
        ends: list[Ended] = []
        heard: list[Any] = []
        withheld, undone, was_held_up = frozenset[str](), frozenset[str](), False
        killed_in = {death.phase: death for death in trial.deaths}
        if trial.fault:
            told.append(trial.fault)

        def recovering(thread: threads.Thread) -> Any:
            return self.way.recover(thread, writes, self.sandbox, trial.recovery)

        def planned(name: str, act: Act) -> Phase:
            return Phase(trial, which, name, writes, place, thread_id, act, killed_in.get(name))

        def phase(name: str, act: Act) -> Ended:
            end, last_words = self._run(planned(name, act))
            ends.append(end)
            if last_words:
                told.append(f"{name}: {last_words}")
            return end

        def held_up(act: Act) -> bool:
            """Answers, and recovers in another process while the first one is stopped."""
            tasks = [self._task(planned("answer", act)), self._task(planned("recover", recovering))]
            self._note_last_words("")
            worker = Child(tasks[0], timeout=90)
            if not worker.is_stopped():
                ends.append(worker.end())
                return False
            told.extend([HELD_UP, f"answer: held up {self._last_heard()}"])
            other = Child(tasks[1], timeout=90)
            time.sleep(mishap.held_for)
            worker.go_on()
            ends.extend([worker.end(), other.end()])
            heard.append(((ends[-1].result or {}).get("result") or {}).get("answers", {}))
            return True

        asked = phase("ask", threads.ask)
        if asked.result and mishap.kind == RECONFIGURED:
            withheld = reconfigure(self.sandbox, writes, mishap.seed)
            told.append(RECONFIGURED)
        elif asked.result and mishap.kind == OTHER_ACCOUNT:
            told.append(OTHER_ACCOUNT)
        twins = [replace(it, call_id=f"twin_{it.call_id}") for it in writes] if mishap.kind == TWIN else []
        their_thread = self.new_thread()
        if twins:
            # Asked now, so that it can be answered while this thread's request is under way.
            self._run(Phase(trial, which, "ask", twins, place, their_thread, threads.ask))
            told.append(TWIN)
        if not asked.killed:
            if trial.fault:
                endpoint = next(it.endpoint for it in writes if it.decision != "reject")
                self.sandbox.fault(endpoint, **FAULTS[trial.fault])
            if mishap.kind == HELD_UP:
                was_held_up = held_up(lambda thread: self.way.answer(thread, writes))
            else:
                phase("answer", lambda thread: self.way.answer(thread, writes))
        self.sandbox.spare()
        is_late = any(death.moment is Moment.ON_ARRIVAL_THEN_LATE for death in trial.deaths)
        if not is_late:
            self.sandbox.quiet()

        if mishap.kind == PUT_BACK and not is_late:
            undone = put_back(self.sandbox, self.company, writes)
            told += [PUT_BACK] if undone else []
        if twins:
            theirs = self._answered_in(their_thread, trial, which, twins, place)
        end = phase("recover", recovering)
        if end.result is None:
            self.sandbox.spare()
            self.sandbox.quiet()
            killed_in = {}
            end = phase("recover", recovering)
        self.sandbox.quiet()
        if end.result:
            heard.append(end.result["result"].get("told", {}))
            if twins:
                end.result["result"]["answers"] |= theirs
        return judged(
            trial.number,
            which,
            str(trial.setting),
            [*writes, *twins],
            self.sandbox.requests(),
            self.sandbox.state(),
            end,
            told=told,
            kills=sum(it.killed for it in ends),
            earlier=[it.error for it in ends[:-1] if it.error],
            circumstances=Circumstances(
                put_back=undone,
                withheld=withheld,
                one_account=bool(asked.result),
                other_account=mishap.kind == OTHER_ACCOUNT,
                held_up=was_held_up,
                twins=bool(twins),
                late=is_late or trial.fault == "the effect comes after the time-out",
            ),
            heard=heard,
        )

    def _answered_in(
        self, thread_id: str, trial: Trial, which: str, writes: Sequence[Write], place: str
    ) -> dict[str, list[str]]:
        """Approves writes in another thread of the same store, and returns the answers to them."""
        if trial.mishap.fault:
            self.sandbox.fault(writes[0].endpoint, **FAULTS[trial.mishap.fault])
        acts: dict[str, Act] = {
            "answer": lambda thread: self.way.answer(thread, writes),
            "recover": lambda thread: self.way.recover(thread, writes, self.sandbox, "answer"),
        }
        ends = [self._run(Phase(trial, which, name, writes, place, thread_id, act))[0] for name, act in acts.items()]
        if ends[-1].result is None:
            raise RuntimeError(f"the other thread of trial {trial.number} fails: {ends}")
        answers: dict[str, list[str]] = ends[-1].result["result"]["answers"]
        return answers

    def new_thread(self) -> str:
        """A thread id unique across runs, in case the database is kept."""
        return uuid4().hex

    def place(self, store: str) -> str:
        """The storage of a new thread: a new file, or the database."""
        self._places += 1
        if store == "postgres":
            if self._postgres is None:
                raise ValueError("there is no PostgreSQL")
            return self._postgres
        path = self._directory / f"{self._places}.db"
        shutil.copyfile(self._template, path)
        return str(path)

    def forget(self, place: str) -> None:
        """Removes a file that is no longer needed."""
        if not is_postgres(place):
            for path in self._directory.glob(f"{Path(place).name}*"):
                path.unlink()

    def _run(self, phase: Phase) -> tuple[Ended, str]:
        task, kill_after = self._task(phase), None if phase.is_canceled else self._seconds(phase)
        self._note_last_words("")
        end = run(task, kill_after=kill_after, timeout=120)
        return end, self._how_it_ended(end, phase)

    def _task(self, phase: Phase) -> Task:
        trial, death, last, stop = phase.trial, phase.death, None, None
        mishap = trial.mishap
        if death and death.how in ("point", "error"):
            last = int(death.fraction * self._points(trial, phase.which, phase.name)[0])
        elif death and death.how == "stop":
            last, stop = death.number - 1, death.at
        until = self._seconds(phase) if phase.is_canceled else None

        def task() -> Any:
            self.sandbox.leave_to_parent()
            of_agent: dict[str, Any] = {}
            if mishap.kind == HELD_UP:
                # As on a computer of its own, so that nobody can look whether it has ended.
                tempfile.tempdir = tempfile.mkdtemp(dir=self._directory)
                of_agent["lease"] = LEASE
            if mishap.account == phase.name:
                of_agent["api_key"] = self.sandbox.other_key
            if phase.name in mishap.ahead:
                set_wrong(mishap.ahead[phase.name])
            raises = death is not None and death.how == "error"
            points = Points(last, raises=raises, mark=self._note_last_words, stop=stop)
            if death and death.moment is not Moment.NEVER:
                late = LATE if death.moment is Moment.ON_ARRIVAL_THEN_LATE else 0.0
                self.sandbox.kill_at(death.moment, death.number, late)
            around = threads.Surroundings(
                phase.place, trial.setting.entry, phase.which, self.sandbox, phase.writes, points, **of_agent
            )
            result = around.do(trial.setting.durability, phase.thread_id, phase.act, until)
            return {"points": points.names, "result": result}

        return task

    def _seconds(self, phase: Phase) -> float | None:
        """When it dies, or is canceled, if that is planned by the clock."""
        if phase.death is None or phase.death.how not in ("instant", "cancel"):
            return None
        return phase.death.fraction * self._points(phase.trial, phase.which, phase.name)[1]

    def _how_it_ended(self, end: Ended, phase: Phase) -> str:
        """Its fate in words; empty if it finished undisturbed."""
        death = phase.death
        words = self._last_heard()
        if death and death.how == "error":
            return f"the database fails {words}" if words else ""
        if phase.is_canceled:
            return "canceled at a random instant" if end.result is None else ""
        if not end.killed or death is None:
            return ""
        if death.how == "sandbox":
            return f"killed {death.moment.name.lower().replace('_', ' ')}"
        return f"killed {words or 'at a random instant'}"

    def _points(self, trial: Trial, which: str, phase: str) -> tuple[int, float]:
        """The number of points and the duration of an undisturbed phase."""
        key = which, trial.setting, trial.shape, phase
        if key not in self._undisturbed:
            undisturbed = replace(trial, deaths=(), fault=None, mishap=NONE, seed=f"{trial.seed} undisturbed")
            writes = trial.shape.writes(undisturbed.seed, self.company)
            self.sandbox.reset()
            place, thread_id = self.place(trial.setting.store), self.new_thread()
            acts: dict[str, Act] = {
                "ask": threads.ask,
                "answer": lambda thread: self.way.answer(thread, writes),
            }
            for name, act in acts.items():
                end, _ = self._run(Phase(undisturbed, which, name, writes, place, thread_id, act))
                if end.result is None:
                    raise RuntimeError(f"{which} on {trial.setting} fails undisturbed at {name}: {end}")
                self._undisturbed[*key[:3], name] = len(end.result["points"]), end.seconds
            # A recovery takes about as long as the answer that it replaces.
            self._undisturbed[*key[:3], "recover"] = self._undisturbed[*key[:3], "answer"]
            self.forget(place)
        return self._undisturbed[key]

    def _note_last_words(self, name: str) -> None:
        said = name.encode()[:200]
        self._last_words[0 : len(said) + 1] = said + b"\0"

    def _last_heard(self) -> str:
        said: bytes = self._last_words[:]
        return said.partition(b"\0")[0].decode()
