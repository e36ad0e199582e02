"""Runs a benchmark from a test, in a process of its own: it forks, which a test process with threads must not do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


def rows(rows_file: Path, command: str, *arguments: str, timeout: float = 300) -> list[dict[str, Any]]:
    """Runs `python -m benchmarks.<command>` and returns its rows. If it fails, an AssertionError has its output."""
    whole = [sys.executable, "-m", f"benchmarks.{command}", "--rows", str(rows_file), *arguments]
    # The child imports the package from the same place as this test.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(
        whole,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            said, _ = running.communicate(timeout=timeout)
        except BaseException:
            os.killpg(running.pid, signal.SIGKILL)  # it has children
            raise
    assert running.returncode == 0, f"{' '.join(whole)}\n{said}"
    return [json.loads(line) for line in rows_file.read_text().splitlines()]
