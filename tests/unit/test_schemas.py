"""Each tool as a model sees it, one file per tool in `snapshots/tools`, so that reviews show any change.

After an intended change: `make regenerate`, or `UPDATE_SNAPSHOTS=1 pytest tests/unit/test_schemas.py`.
"""

import json
from pathlib import Path

import pytest
from langchain_core.utils.function_calling import convert_to_openai_tool
from snapshot import check, check_folder

from langchain_ashby import AshbyClient, AshbyToolkit

SNAPSHOTS = Path(__file__).parent / "snapshots" / "tools"
TOOLS = {tool.name: tool for tool in AshbyToolkit(AshbyClient("key")).get_tools()}


@pytest.mark.parametrize("name", TOOLS)
def test_a_model_sees_what_it_saw_before(name: str) -> None:
    now = json.dumps(convert_to_openai_tool(TOOLS[name])["function"], indent=2, ensure_ascii=False) + "\n"
    check(SNAPSHOTS / f"{name}.json", now)


def test_no_file_tells_of_a_tool_that_is_gone() -> None:
    check_folder(SNAPSHOTS, (f"{name}.json" for name in TOOLS))
