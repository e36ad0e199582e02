"""`langchain-ashby tools --tokens`: the cost of the definitions, without a key."""

import json

import pytest
from typer.testing import CliRunner

from langchain_ashby.cli.app import app
from langchain_ashby.endpoints import BY_DEFAULT, OPERATIONS, TOOLSETS


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASHBY_API_KEY", raising=False)
    monkeypatch.setenv("COLUMNS", "120")


def test_lists_each_tool_each_toolset_and_the_sum() -> None:
    shown = CliRunner().invoke(app, ["tools", "--tokens"])
    assert shown.exit_code == 0, shown.output
    first_words = [line.split(" ")[0] for line in shown.output.splitlines() if line.strip()]
    toolsets = [name for name, tools in TOOLSETS.items() if tools.keys() & BY_DEFAULT.keys()]
    assert first_words[1:-2] == [*sorted(OPERATIONS, key=lambda name: OPERATIONS[name].on_request), *toolsets]
    assert shown.output.rstrip().splitlines()[-2].startswith(f"All {len(BY_DEFAULT)} tools: ")


def test_gives_it_as_json_lines() -> None:
    shown = CliRunner().invoke(app, ["tools", "--tokens", "--json"])
    rows = [json.loads(line) for line in shown.output.splitlines()]
    assert [row["name"] for row in rows] == list(OPERATIONS)
    assert all(row.keys() == {"name", "toolset", "access", "characters", "tokens"} for row in rows)
    assert all(0 < row["tokens"] < row["characters"] for row in rows)
