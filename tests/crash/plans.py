"""What a trial consists of, as planned."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from crash.killing_sandbox import Company, Moment
from crash.mishaps import NONE, Mishap
from crash.proposals import Write, proposed


@dataclass(frozen=True)
class Setting:
    """The setting of a trial."""

    store: str
    durability: str
    entry: str

    def __str__(self) -> str:
        return f"{self.store} {self.durability} {self.entry}"


@dataclass(frozen=True)
class Shape:
    """A proposal and the person's answer."""

    kinds: tuple[str, ...]
    decisions: tuple[str, ...]
    alike: bool = False

    def writes(self, seed: str, company: Company) -> list[Write]:
        """Its writes on the records of a company."""
        return proposed(random.Random(seed), company, self.kinds, self.decisions, alike=self.alike)

    @property
    def approved(self) -> int:
        """The number of writes that may run."""
        return sum(decision != "reject" for decision in self.decisions)


@dataclass(frozen=True)
class Death:
    """When the process of a phase dies, if it does.

    `point` kills it at a fraction of the points that it would pass, `instant` at a fraction of its time, and `sandbox`
    has the sandbox kill it. It survives `error`, a database failure at a point, `cancel`, a canceled `ainvoke`, and
    `stop`, which holds it up at the `number`-th point of those whose names contain `at`.
    """

    phase: str
    how: str
    fraction: float = 0.0
    moment: Moment = Moment.NEVER
    number: int = 1
    at: str = ""


@dataclass(frozen=True)
class Trial:
    """A planned trial: a `fault` is a failure of Ashby, `recovery` one of `threads.RECOVERIES`."""

    number: int
    seed: str
    setting: Setting
    shape: Shape
    deaths: tuple[Death, ...] = ()
    fault: str | None = None
    recovery: str = "answer"
    mishap: Mishap = NONE


FAULTS: dict[str, dict[str, Any]] = {
    "the reply is lost": {"drop": "after"},
    "the request is lost": {"drop": "before"},
    "Ashby fails with HTTP 500": {"status": 500},
    "the effect comes after the time-out": {"delay": 2.5},
}
