"""Fuzzing targets, and how to run one."""

from __future__ import annotations

import reprlib
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st


class Target(NamedTuple):
    """Examples, and a check that returns an example's outcome as a word, or raises."""

    examples: st.SearchStrategy[Any]
    check: Callable[[Any], str]


def hunt(
    target: Target, examples: int, number: int, progress: Callable[[int], None] = lambda checked: None
) -> Counter[str]:
    """Checks that many examples, seeded by the number, and counts the outcomes.

    Raises any failure, with a note of the shortest example that causes it.
    """
    counts: Counter[str] = Counter()
    failing: list[object] = []

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=False,
    )
    @given(target.examples)
    def every_example(example: object) -> None:
        try:
            counts[target.check(example)] += 1
        except Exception:
            failing.append(example)
            raise
        if counts.total() % 1000 == 0:
            progress(counts.total())

    try:
        every_example()
    except Exception as error:
        if failing:
            error.add_note(f"The shortest example, with seed {number}: {_SHORT.repr(failing[-1])}")
        raise
    return counts


_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxdict, _SHORT.maxlist, _SHORT.maxtuple = 12, 20, 20, 20
_SHORT.maxstring, _SHORT.maxlong, _SHORT.maxother = 300, 60, 2_000
