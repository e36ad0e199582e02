"""The fixtures that the package provides for its users' tests, each in its own pytest run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

HEAVY = ("langchain_core", "langchain_ashby.sandbox.", "langchain_ashby.client", "pydantic", "requests", "werkzeug")


def pytest_in(directory: Path) -> subprocess.CompletedProcess[str]:
    """Runs pytest with only this plugin, found through the installed package's entry point."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "langchain_ashby", "-p", "no:cacheprovider"]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, timeout=120)


def test_each_test_gets_a_fresh_sandbox_and_a_client_and_tools_for_it(tmp_path: Path) -> None:
    (tmp_path / "test_agent.py").write_text(
        """
import pytest
from langchain_ashby.endpoints import CreateCandidate, SearchCandidates

@pytest.mark.parametrize("turn", [1, 2])
def test_nobody_is_left_from_the_test_before(turn, ashby_sandbox, ashby_client):
    assert ashby_client.call(SearchCandidates(email="new@example.com")) == []
    ashby_client.call(CreateCandidate(name="New Person", email="new@example.com"))
    assert [it["endpoint"] for it in ashby_sandbox.requests()] == ["candidate.search", "candidate.create"]

def test_the_tools_are_those_of_the_sandbox(ashby_sandbox, ashby_toolkit):
    tools = {tool.name: tool for tool in ashby_toolkit.get_tools()}
    assert "Staff Engineer" in tools["ashby_search_jobs"].invoke({"title": "Staff"})
    assert len(ashby_sandbox.requests()) == 1
""",
        "utf-8",
    )
    run = pytest_in(tmp_path)
    assert "3 passed" in run.stdout, run.stdout + run.stderr


def test_a_sandbox_of_ones_own_is_the_one_that_client_and_tools_use(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        """
import pytest
from langchain_ashby.sandbox import AshbySandbox

@pytest.fixture
def ashby_sandbox():
    with AshbySandbox(candidates=0) as sandbox:
        yield sandbox
""",
        "utf-8",
    )
    (tmp_path / "test_agent.py").write_text(
        """
from langchain_ashby.endpoints import ListCandidates

def test_there_is_nobody(ashby_client):
    assert list(ashby_client.items(ListCandidates())) == []
""",
        "utf-8",
    )
    run = pytest_in(tmp_path)
    assert "1 passed" in run.stdout, run.stdout + run.stderr


def test_tests_that_do_not_ask_for_it_load_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        f"""
import sys

def test_nothing_is_loaded():
    assert "langchain_ashby.pytest_plugin" in sys.modules, "the plugin was not found"
    assert [name for name in sys.modules if name.startswith({HEAVY!r})] == []
""",
        "utf-8",
    )
    run = pytest_in(tmp_path)
    assert "1 passed" in run.stdout, run.stdout + run.stderr


def test_without_werkzeug_a_test_that_asks_for_a_sandbox_is_told_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("import sys\nsys.modules['werkzeug'] = None\n", "utf-8")
    (tmp_path / "test_agent.py").write_text(
        "def test_other():\n    pass\n\ndef test_agent(ashby_sandbox):\n    pass\n", "utf-8"
    )
    run = pytest_in(tmp_path)
    assert "1 passed, 1 error" in run.stdout, run.stdout + run.stderr
    assert 'The sandbox needs Werkzeug: pip install "langchain-ashby[sandbox]"' in run.stdout
