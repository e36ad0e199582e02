"""A sample of the cost benchmarks, without their timings: they run, and their assertions hold.

`python -m benchmarks.cost` runs all of them.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from crash.commands import rows

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="as for all benchmarks")

SHARE = "not importing and (not many_reads or ainvoke-64) and not ChatAnthropic and not ChatGoogleGenerativeAI"


def test_the_benchmarks_run(tmp_path: Path) -> None:
    measured = rows(tmp_path / "rows", "cost", "--rounds", "1", "-k", SHARE)
    assert len(measured) > 20
    for row in measured:
        assert row["ours"] > 0 and row["theirs"] > 0 and row["ratio"] > 0, row
