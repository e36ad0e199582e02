"""Each tool as a model sees it, one file per tool in `snapshots/tools`, so that reviews show any change.

After an intended change: `make regenerate`, or `UPDATE_SNAPSHOTS=1 pytest tests/unit/test_schemas.py`.
"""

import difflib
import json
import os
from pathlib import Path

import pytest
from langchain_core.utils.function_calling import convert_to_openai_tool

from langchain_ashby import AshbyClient, AshbyToolkit

SNAPSHOTS = Path(__file__).parent / "snapshots" / "tools"
TOOLS = {tool.name: tool for tool in AshbyToolkit(AshbyClient("key")).get_tools()}
UPDATE = bool(os.environ.get("UPDATE_SNAPSHOTS"))
HOW = "If this is meant: make regenerate"


@pytest.mark.parametrize("name", TOOLS)
def test_a_model_sees_what_it_saw_before(name: str) -> None:
    file = SNAPSHOTS / f"{name}.json"
    now = json.dumps(convert_to_openai_tool(TOOLS[name])["function"], indent=2, ensure_ascii=False) + "\n"
    before = file.read_text("utf-8") if file.exists() else ""
    if UPDATE and now != before:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now, "utf-8")
        return
    difference = "\n".join(difflib.unified_diff(before.splitlines(), now.splitlines(), "before", "now", lineterm=""))
    assert not difference, f"{name}\n{difference}\n{HOW}"


def test_no_file_tells_of_a_tool_that_is_gone() -> None:
    stale = {file for file in SNAPSHOTS.iterdir() if file.name not in {f"{name}.json" for name in TOOLS}}
    if UPDATE:
        for file in stale:
            file.unlink()
        return
    assert not stale, f"{sorted(file.name for file in stale)}\n{HOW}"
