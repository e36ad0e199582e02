"""A sample of the fuzzing. `python -m benchmarks.fuzz --examples 20000` runs it at length."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from fuzz.target import Target, hunt
from fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_only_documented_errors_come_out(name: str) -> None:
    kind = TARGETS[name]
    with kind.open() as target:
        counts = hunt(target, kind.share, 1)
    assert counts.keys() >= kind.some, counts


def test_a_fault_is_raised_with_the_shortest_example_and_its_seed() -> None:
    def check(example: list[int]) -> str:
        assert sum(example) < 1000
        return "small"

    with pytest.raises(AssertionError) as caught:
        hunt(Target(st.lists(st.integers(0, 5000)), check), 200, 7)
    assert caught.value.__notes__[-1] == "The shortest example, with seed 7: [1000]"
