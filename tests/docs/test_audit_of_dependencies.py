"""`make audit`: its output and exit status, with a stand-in that prints what pip-audit can print."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pages import PROJECT

CLEAN = {"name": "requests", "version": "2.34.2", "vulns": []}
VULNERABLE = {
    "name": "old",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}, {"id": "PYSEC-2", "fix_versions": []}],
}
SKIPPED = {"name": "unknown", "skip_reason": "Dependency not found on PyPI and could not be audited: unknown (1.0)"}


def audited(directory: Path, out: str, err: str = "") -> subprocess.CompletedProcess[str]:
    stand_in = directory / "python"
    (directory / "out").write_text(out)
    (directory / "err").write_text(err)
    stand_in.write_text(f"#!/bin/sh\ncat '{directory}/out'\ncat '{directory}/err' >&2\n")
    stand_in.chmod(0o755)
    command: list[str | Path] = [sys.executable, PROJECT / ".ci/audit", stand_in]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("packages", "status", "said"),
    [
        ([CLEAN], 0, "1 packages audited, 0 known vulnerabilities."),
        ([CLEAN, SKIPPED], 0, "1 packages audited, 0 known vulnerabilities; not audited: unknown."),
        ([SKIPPED, SKIPPED], 0, "NOT AUDITED: the data on vulnerabilities of 2 packages cannot be had from here."),
        ([CLEAN, VULNERABLE], 1, "old 1.0: PYSEC-2, fixed in no release"),
    ],
)
def test_it_distinguishes_audited_packages_from_others(
    tmp_path: Path, packages: list[Any], status: int, said: str
) -> None:
    run = audited(tmp_path, json.dumps({"dependencies": packages, "fixes": []}))
    assert said in run.stdout.splitlines()
    assert run.returncode == status


def test_without_the_network_it_says_so_and_succeeds(tmp_path: Path) -> None:
    run = audited(tmp_path, "", "Traceback …\nrequests.exceptions.ConnectionError: no route to host\n")
    assert run.stdout.startswith("NOT AUDITED: the data on vulnerabilities cannot be had from here (requests.exce")
    assert run.returncode == 0


def test_without_pip_audit_it_fails(tmp_path: Path) -> None:
    assert audited(tmp_path, "", "python: No module named pip_audit\n").returncode == 2
