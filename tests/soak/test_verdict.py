"""Tests of the soak's verdict."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest

from soak import errands, phase
from soak.errands import Said
from soak.samples import LONG_ENOUGH, Sample, Samples

FLAT = [Sample(200, 40, 20, 50)] * 100


def grown(**by: float) -> list[Sample]:
    """A hundred samples, with higher figures in the second half."""
    more = {name: getattr(FLAT[0], name) + number for name, number in by.items()}
    return FLAT[:50] + [Sample(**{**vars(FLAT[0]), **more})] * 50


@pytest.mark.parametrize(("samples", "leak"), [
    (FLAT, None),
    (grown(memory=15, files=40, threads=9), None),
    (grown(memory=25), "memory grew from 200 to 225 MB"),
    (grown(files=60), "open files grew from 40 to 100"),
    (grown(threads=30), "threads grew from 50 to 80"),
])  # fmt: skip
def test_growth_is_a_leak(samples: list[Sample], leak: str | None) -> None:
    assert list(Samples(LONG_ENOUGH, samples).leaks()) == ([leak] if leak else [])
    assert list(Samples(LONG_ENOUGH / 2, samples).leaks()) == [], "caches fill up at first"


@pytest.mark.parametrize("became", ["applied", "unknown", "not done", None])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_an_effect_must_match_the_report(became: str | None, times: int) -> None:
    said = {"mark": Said(became, "words")} if became else {}
    right = {("applied", 1), ("unknown", 0), ("unknown", 1), ("not done", 0), (None, 0)}
    assert bool(list(phase._differences(said, Counter(mark=times)))) == ((became, times) not in right)


def test_every_write_of_an_errand_and_its_edited_version_have_marks_of_their_own() -> None:
    seen: Counter[str] = Counter()
    reads: dict[str, errands.Args] = {f"ashby_list_{name}": {} for name in ("jobs", "users", "sources")}
    for number in range(200):
        errand = errands.errand(random.Random(number), reads, ["one", "two"], "field")
        for call in errand.calls:
            if call["name"] in errands.WRITES:
                seen.update(set(errands.MARK.findall(json.dumps(call["args"]))))
                answer = errand.decided({"name": call["name"], "args": call["args"]})
                if answer["type"] == "edit":
                    seen.update(set(errands.MARK.findall(json.dumps(answer["edited_action"]["args"]))))
    assert len(seen) > 200 and set(seen.values()) == {1}
