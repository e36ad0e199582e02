"""Alternates runs of ours and of the alternative, so that a slow moment of the machine affects both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import Any

Run = Callable[[], Any]

WARM_UP = 5


@dataclass(frozen=True)
class Row:
    """One comparison: the seconds of each side, the median of the ratios of neighboring runs, and its bound."""

    what: str
    ours: float
    beside: str
    theirs: float
    ratio: float
    at_most: float | None
    rounds: int

    def told(self) -> dict[str, str]:
        """The row as it is printed."""
        return {
            "what": self.what,
            "takes": _time(self.ours),
            "beside": self.beside,
            "which takes": _time(self.theirs),
            "ratio": f"{self.ratio:.3f}",
            "at most": "" if self.at_most is None else f"{self.at_most:g}",
            "holds": "" if self.at_most is None else "yes" if self.ratio <= self.at_most else "**no**",
            "rounds": str(self.rounds),
        }


@dataclass
class Notes:
    """The measurements so far, and the limit on rounds per comparison."""

    most_rounds: int | None
    rows: list[Row] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    def rounds(self, whole: int) -> int:
        """The number of rounds to run out of a full comparison's."""
        return whole if self.most_rounds is None else min(whole, self.most_rounds)

    def compare(
        self, what: str, ours: Sequence[float], beside: str, theirs: Sequence[float], *, at_most: float | None = None
    ) -> None:
        """Records the seconds of two alternating runs."""
        ratio = median(mine / other for mine, other in zip(ours, theirs, strict=True))
        self.rows.append(Row(what, median(ours), beside, median(theirs), ratio, at_most, len(ours)))

    def tell(self, fact: str) -> None:
        """Records a figure that is not a comparison."""
        self.facts.append(fact)


@dataclass(frozen=True)
class Pair:
    """Measures two things alternately, ours with pytest-benchmark."""

    notes: Notes
    benchmark: Any

    def __call__(
        self, what: str, ours: Run, beside: str, theirs: Run, *, rounds: int, at_most: float | None = None
    ) -> None:
        """Runs each of ours between two of the other, and records the ratio."""
        others: list[float] = []

        def other() -> None:
            others.append(seconds(theirs))

        rounds = self.notes.rounds(rounds)
        self.benchmark.name = f"{what} | {beside}"
        self.benchmark.pedantic(ours, setup=other, rounds=rounds, warmup_rounds=min(WARM_UP, rounds))
        other()
        around = others[-rounds - 1 :]
        self.notes.compare(
            what, self.benchmark.stats.stats.data, beside, [(a + b) / 2 for a, b in pairwise(around)], at_most=at_most
        )


def seconds(run: Run) -> float:
    """The duration of a run."""
    began = perf_counter()
    run()
    return perf_counter() - began


def _time(taken: float) -> str:
    if taken < 1e-3:
        return f"{taken * 1e6:.0f} µs"
    return f"{taken * 1e3:.2f} ms" if taken < 1 else f"{taken:.2f} s"
