"""Runs a benchmark from a test, in a process of its own: it forks, which a test process with threads must not do."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from command_line import run


def rows(rows_file: Path, command: str, *arguments: str, timeout: float = 300) -> list[dict[str, Any]]:
    """Runs `python -m benchmarks.<command>` and returns its rows. If it fails, an AssertionError has its output."""
    # The child imports the package from the same place as this test.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    module = f"benchmarks.{command}"
    ran = run("--rows", str(rows_file), *arguments, env=environment, module=module, timeout=timeout)
    assert ran.returncode == 0, f"{' '.join(ran.args)}\n{ran.stdout}\n{ran.stderr}"
    return [json.loads(line) for line in rows_file.read_text().splitlines()]
