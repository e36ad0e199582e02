"""The tests look at the clone that they are in, never at a copy of the package that pip has put somewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.slow
def test_pytest_refuses_to_test_an_installed_copy(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "langchain_ashby", tmp_path / "langchain_ashby")
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/test_ids.py"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    run = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120)
    assert run.returncode == 4, run.stdout + run.stderr
    assert f"this would test the langchain_ashby in {tmp_path}, not this clone: pip install -e ." in run.stderr


def test_make_installs_the_clone_again_where_pip_has_put_a_copy_in_its_place(tmp_path: Path) -> None:
    stamp = tmp_path / "dev.stamp"
    stamp.touch()

    def planned() -> str:
        command = ["make", "--dry-run", f"VENV={tmp_path}", "lint"]
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout

    assert "pip install" not in planned()
    copy = tmp_path / "lib" / "python3.11" / "site-packages" / "langchain_ashby" / "__init__.py"
    copy.parent.mkdir(parents=True)
    copy.touch()
    assert "pip install -q -e '.[dev]'" in planned()
