"""A sample of the fault matrix. `python -m benchmarks.faults` runs all of it."""

from __future__ import annotations

from pathlib import Path

from crash.commands import rows

from faults.troubles import TROUBLES
from langchain_ashby.bulk import Bulk
from langchain_ashby.endpoints import OPERATIONS


def test_every_fault_ends_as_documented_and_in_time_and_no_write_is_made_twice(tmp_path: Path) -> None:
    trials = rows(tmp_path / "rows", "faults", "--share", "--workers", "6")
    assert {trial["tool"] for trial in trials} == {name for name, it in OPERATIONS.items() if not issubclass(it, Bulk)}
    assert {trial["trouble"] for trial in trials} == {trouble.name for trouble in TROUBLES}
    assert not [trial for trial in trials if trial["wrong"]]
