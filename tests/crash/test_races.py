"""A sample of the races. `python -m benchmarks.races --rounds 200 --store both` runs them at length."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from crash.commands import rows

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")


def test_two_processes_that_resume_one_thread_in_sqlite_write_once(tmp_path: Path) -> None:
    assert len(rows(tmp_path / "rows", "races", "--rounds", "6")) == 6


def test_two_processes_that_resume_one_thread_in_postgresql_write_once(tmp_path: Path, postgres: str) -> None:
    place = ("--store", "postgres", "--postgres", postgres)
    assert len(rows(tmp_path / "rows", "races", "--rounds", "6", *place)) == 6
