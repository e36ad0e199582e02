"""A sample of deaths while two people approve what is then held. `python -m benchmarks.approving` tries every point."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crash.approving import PHASES
from crash.commands import rows

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")


def test_a_killed_agent_makes_what_two_people_approved_once_and_not_before_its_time(tmp_path: Path) -> None:
    trials = rows(tmp_path / "rows", "approving", "--every", "7", "--seed", "2")
    assert {it["phase"] for it in trials} == {*PHASES}
    assert sum(it["killed"] for it in trials) > 6
