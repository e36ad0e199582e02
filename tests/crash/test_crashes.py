"""A sample of the crash trials. `python -m benchmarks.crashes --trials 1000` runs them at length.

Of 1,500 seeds these are the ones whose few trials differ most, in how and when a process dies and is recovered.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crash.commands import rows
from crash.mishaps import ALIKE, CLOCKS, HELD_UP, OTHER_ACCOUNT, PUT_BACK, RECONFIGURED, TWIN

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")

EVERYTHING = ("--durability", "both", "--entry", "both")
PLAIN = (*EVERYTHING, "--plain")
ALL = {CLOCKS, ALIKE, PUT_BACK, RECONFIGURED, HELD_UP, OTHER_ACCOUNT, TWIN}


def test_a_killed_agent_on_sqlite_writes_what_was_approved_once_and_nothing_else(tmp_path: Path) -> None:
    trials = rows(tmp_path / "rows", "crashes", "--trials", "6", "--seed", "1294", *PLAIN)
    assert len(trials) == 6 and sum(trial["kills"] for trial in trials) > 3


def test_a_killed_agent_on_postgresql_writes_what_was_approved_once_and_nothing_else(
    tmp_path: Path, postgres: str
) -> None:
    place = ("--store", "postgres", "--postgres", postgres)
    trials = rows(tmp_path / "rows", "crashes", "--trials", "6", "--seed", "1074", *place, *PLAIN)
    assert len(trials) == 6 and sum(trial["kills"] for trial in trials) > 3


def test_what_others_do_meanwhile_makes_no_write_twice_and_no_answer_false(tmp_path: Path) -> None:
    trials = rows(tmp_path / "rows", "crashes", "--trials", "14", "--seed", "1470", "--entry", "both", timeout=600)
    assert {it for trial in trials for it in trial["told"]} >= ALL


def test_the_same_kills_make_an_agent_without_a_journal_write_twice(tmp_path: Path) -> None:
    # Otherwise the zeros above would mean nothing.
    trials = rows(tmp_path / "rows", "crashes", "--trials", "8", "--seed", "31", "--plain", "--agent", "create_agent")
    assert sum(trial["twice"] for trial in trials) > 0
