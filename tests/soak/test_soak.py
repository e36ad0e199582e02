"""A sample of the soak. `python -m benchmarks.soak --minutes 30 --store both` runs it at length."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from crash.commands import rows
from postgres import postgres

__all__ = ["postgres"]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")


def test_agents_in_threads_on_sqlite_write_only_what_was_approved_while_everything_fails(tmp_path: Path) -> None:
    [phase] = rows(tmp_path / "rows", "soak", "--minutes", "0.1", "--mode", "threads")
    assert phase["writes applied"] > 0 and phase["faults"] > 3 and phase["wrong"] == 0


def test_agents_under_asyncio_on_postgresql_write_only_what_was_approved_while_everything_fails(
    tmp_path: Path, postgres: str
) -> None:
    place = ("--store", "postgres", "--postgres", postgres)
    [phase] = rows(tmp_path / "rows", "soak", "--minutes", "0.12", "--mode", "asyncio", "--agents", "50", *place)
    assert phase["writes applied"] > 0 and phase["faults"] > 3 and phase["wrong"] == 0
