"""The README's table of tools."""

from __future__ import annotations

import os
import re
from pathlib import Path

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoints import TOOLSETS

README = Path(__file__).parents[2] / "README.md"
TABLE = re.compile(r"(<!-- tools: written by `make regenerate` -->\n).*?(<!-- /tools -->)", re.DOTALL)


def table_of_tools() -> str:
    costs = AshbyToolkit(AshbyClient("key")).describe()
    tokens = {tool.name: tool.cost.tokens for tool in costs.tools}
    rows = [
        f"| `{name}` | {operation.access} | {', '.join(operation.permissions())} | {toolset} | {tokens[name]} |"
        for toolset, operations in TOOLSETS.items()
        for name, operation in operations.items()
    ]
    return "\n".join(["| tool | access | permissions | toolset | tokens, about |", "|---|---|---|---|---|", *rows, ""])


def test_the_table_of_tools_is_what_the_registry_says() -> None:
    text = README.read_text("utf-8")
    expected = TABLE.sub(lambda found: found[1] + table_of_tools() + found[2], text)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        README.write_text(expected, "utf-8")
    assert TABLE.search(text), "the README has lost the markers around its table of tools"
    assert README.read_text("utf-8") == expected, "run `make regenerate`"
