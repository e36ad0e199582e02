"""Compares importing the package with importing StructuredTool, in fresh processes."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from benchmarks.cost.pairs import Pair

TOOL = "from langchain_core.tools import StructuredTool"
HEAVY = ("langgraph", "langchain", "typer", "rich", "werkzeug")


def run(program: str) -> None:
    """Runs a program in a new process."""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_importing_the_package(pair: Pair) -> None:
    """The import that has the bound."""
    program = f"import sys, langchain_ashby; assert not sys.modules.keys() & set({HEAVY})"
    pair("import langchain_ashby", partial(run, program), TOOL, partial(run, TOOL), rounds=20, at_most=1.05)


def test_importing_what_a_toolkit_needs(pair: Pair) -> None:
    """No bound: this also imports the schemas and requests."""
    program = f"import sys\nfrom langchain_ashby import AshbyToolkit\nassert not sys.modules.keys() & set({HEAVY})"
    pair("from langchain_ashby import AshbyToolkit", partial(run, program), TOOL, partial(run, TOOL), rounds=20)
