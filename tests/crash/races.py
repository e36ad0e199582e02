"""Two processes that continue one thread at the same instant."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from crash import threads
from crash.agents import OURS
from crash.children import Ended, run, together
from crash.killing_sandbox import KillingSandbox, Moment
from crash.plans import Setting, Shape
from crash.points import Points
from crash.proposals import Write, proposed
from crash.schedule import ONE
from crash.trials import Harness

BEGINNINGS = {
    "asked": "a question is open, and both bring the same answer",
    "effect": "a process died when its write had taken effect, and both recover",
    "lost": "a process died, its request was lost, and both recover",
}


@dataclass(frozen=True)
class Round:
    """A planned race. With `jitter`, each process pauses at random."""

    number: int
    seed: str
    setting: Setting
    shape: Shape
    beginning: str
    jitter: bool


@dataclass(frozen=True)
class Outcome:
    """The outcome of the write: how often it had run after the race, and after a recovery.

    `lost` is an approved write that did not run, cannot be asked about again, and was not reported to the model.
    """

    number: int
    setting: str
    beginning: str
    after_race: int
    in_the_end: int
    lost: bool
    stuck: bool
    misreported: bool
    unknown: bool
    raised: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """True if anything went wrong."""
        return self.in_the_end > 1 or self.lost or self.stuck or self.misreported

    def as_json(self) -> dict[str, Any]:
        """The outcome as plain JSON."""
        return asdict(self)


def rounds(count: int, seed: int, of: Sequence[Setting]) -> Iterator[Round]:
    """The races in order: half begin at a question, and every other one has jitter."""
    for number in range(count):
        rng = random.Random(f"race {seed}:{number}")
        yield Round(
            number=number,
            seed=f"race {seed}:{number}",
            setting=of[number % len(of)],
            shape=rng.choice(ONE),
            beginning=("asked", "asked", "effect", "lost")[number // len(of) % 4],
            jitter=rng.random() < 0.5,
        )


class Races:
    """Runs races, one after another."""

    def __init__(self, harness: Harness) -> None:
        self._harness = harness
        self._sandbox: KillingSandbox = harness.sandbox

    def run(self, planned: Round, which: str = OURS) -> Outcome:
        """Runs a race and judges it."""
        shape, sandbox = planned.shape, self._sandbox
        writes = proposed(random.Random(planned.seed), self._harness.company, shape.kinds, shape.decisions)
        [write] = writes
        sandbox.reset()
        place, thread_id = self._harness.place(planned.setting.store), self._harness.new_thread()

        def process(act: Any, *, jitter: int | None = None, moment: Moment = Moment.NEVER) -> Any:
            def task() -> Any:
                sandbox.leave_to_parent()
                dawdling = None if jitter is None else random.Random(f"{planned.seed} {jitter}")
                if moment:
                    sandbox.kill_at(moment, 1)
                points = Points(jitter=dawdling)
                around = threads.Surroundings(place, planned.setting.entry, which, sandbox, writes, points)
                return around.do(planned.setting.durability, thread_id, act)

            return task

        def answering(thread: threads.Thread) -> Any:
            return threads.answer(thread, writes)

        def resuming(thread: threads.Thread) -> Any:
            return threads.go_on(thread, writes)

        def recovering(thread: threads.Thread) -> Any:
            return threads.recover(thread, writes, sandbox, "answer")

        _expect_result(run(process(threads.ask)))
        if planned.beginning != "asked":
            moment = Moment.AFTER_EFFECT if planned.beginning == "effect" else Moment.ON_ARRIVAL_THEN_NOTHING
            died = run(process(answering, moment=moment))
            if not died.killed:
                raise RuntimeError(f"the process lived: {died}")
            sandbox.quiet()
        ends = together([process(resuming, jitter=number if planned.jitter else None) for number in (0, 1)])
        sandbox.quiet()
        after_race, _ = write.effects(sandbox.requests())
        end = run(process(recovering))
        sandbox.quiet()
        return self._judged(planned, write, after_race, ends, end)

    def _judged(self, planned: Round, write: Write, after_race: int, ends: list[Ended], end: Ended) -> Outcome:
        in_the_end, _ = write.effects(self._sandbox.requests())
        recovery = end.result or {"finished": False, "answers": {}}
        status, text = recovery["answers"].get(write.call_id, (None, ""))
        denied, unknown = threads.said(text)
        raised = [(it.error or ("killed" if it.killed else "late")).splitlines()[-1] for it in ends if not it.result]
        return Outcome(
            number=planned.number,
            setting=str(planned.setting),
            beginning=planned.beginning,
            after_race=after_race,
            in_the_end=in_the_end,
            lost=in_the_end == 0 and status is None,
            stuck=not recovery["finished"],
            misreported=not unknown and ((in_the_end > 0 and denied) or (in_the_end == 0 and status == "success")),
            unknown=unknown,
            raised=[line[:200] for line in raised] + ([end.error[-300:]] if end.error else []),
        )


def _expect_result(end: Ended) -> None:
    if end.result is None and end.error:
        raise RuntimeError(end.error)
