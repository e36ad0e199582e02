"""The README's table of tools is what the registry says, and its Python examples compile."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from langchain_ashby.endpoints import TOOLSETS

README = Path(__file__).parents[2] / "README.md"
TABLE = re.compile(r"(<!-- tools: written by `make regenerate` -->\n).*?(<!-- /tools -->)", re.DOTALL)


def table_of_tools() -> str:
    rows = [
        f"| `{name}` | {operation.access} | {', '.join(operation.permissions())} | {toolset} |"
        for toolset, operations in TOOLSETS.items()
        for name, operation in operations.items()
    ]
    return "\n".join(["| tool | access | permissions | toolset |", "|---|---|---|---|", *rows, ""])


def test_the_table_of_tools_is_what_the_registry_says() -> None:
    text = README.read_text("utf-8")
    expected = TABLE.sub(lambda found: found[1] + table_of_tools() + found[2], text)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        README.write_text(expected, "utf-8")
    assert TABLE.search(text), "the README has lost the markers around its table of tools"
    assert README.read_text("utf-8") == expected, "run `make regenerate`"


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL))
def test_every_python_example_compiles(code: str) -> None:
    compile(code, "README.md", "exec")
