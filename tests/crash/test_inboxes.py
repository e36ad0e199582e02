"""A sample of deaths of an inbox, and of races in it. `python -m benchmarks.inbox --store both` runs all of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crash.commands import rows

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")


def test_a_killed_inbox_on_sqlite_brings_each_decision_to_the_agent_once(tmp_path: Path) -> None:
    trials = rows(tmp_path / "rows", "inbox", "--every", "17", "--rounds", "4", timeout=600)
    assert {it["phase"] for it in trials} >= {"ask", "deliver", "race"} and sum(it["killed"] for it in trials) > 5


def test_a_killed_inbox_on_postgresql_brings_each_decision_to_the_agent_once(tmp_path: Path, postgres: str) -> None:
    place = ("--store", "postgres", "--postgres", postgres, "--entry", "ainvoke")
    trials = rows(tmp_path / "rows", "inbox", "--every", "19", "--rounds", "4", *place, timeout=600)
    assert {it["phase"] for it in trials} >= {"ask", "deliver", "race"} and sum(it["killed"] for it in trials) > 5


def test_the_crash_schedule_harms_no_write_in_an_inbox_either(tmp_path: Path) -> None:
    trials = rows(tmp_path / "rows", "inbox", "--every", "0", "--rounds", "0", "--schedule", "4", "--entry", "both")
    assert len(trials) == 4 and any(it["told"] for it in trials)
