"""The plan of the crash trials."""

from __future__ import annotations

import pytest

from crash.mishaps import HELD_UP, HOUR, KINDS, RECONFIGURED
from crash.schedule import schedule, settings

OF = settings(["sqlite", "postgres"], ["sync", "async"], ["invoke", "ainvoke"])


@pytest.mark.parametrize("seed", range(20))
def test_every_mishap_occurs_in_as_many_trials_as_there_are_in_the_deck(seed: int) -> None:
    trials = list(schedule(len(KINDS), seed, OF))
    assert sorted(it.mishap.kind for it in trials) == sorted(KINDS)
    assert {it.shape.alike for it in trials} == {True, False}


def test_a_seed_gives_the_same_trials_each_time() -> None:
    assert list(schedule(60, 7, OF)) == list(schedule(60, 7, OF))


def test_what_a_mishap_needs_is_there() -> None:
    for trial in schedule(500, 7, OF):
        kinds = {*trial.shape.kinds}
        assert trial.shape.approved or not trial.mishap.kind
        assert trial.mishap.kind != RECONFIGURED or kinds & {"move", "archive", "field"}
        assert (trial.mishap.kind == HELD_UP) == any(death.how == "stop" for death in trial.deaths)


def test_clocks_are_apart_in_both_directions() -> None:
    ahead = [it for trial in schedule(200, 7, OF) for it in trial.mishap.ahead.values()]
    assert min(ahead) < -0.9 * HOUR and max(ahead) > 0.9 * HOUR


def test_a_plain_schedule_has_deaths_and_faults_only() -> None:
    trials = list(schedule(100, 7, OF, plain=True))
    assert not any(it.mishap.kind or it.mishap.ahead or it.shape.alike for it in trials)
    assert any(it.deaths for it in trials) and any(it.fault for it in trials)
