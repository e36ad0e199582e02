"""The README: its table of tools, its picture of a card, its Python examples."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pytest
from rich.console import Console

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent.cards import Look, card_of
from langchain_ashby.cli.card import panel
from langchain_ashby.endpoints import TOOLSETS, ChangeApplicationStage
from langchain_ashby.sandbox import AshbySandbox

README = Path(__file__).parents[2] / "README.md"
PICTURE = README.with_name("docs") / "card.svg"
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


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL))
def test_every_python_example_compiles(code: str) -> None:
    compile(code, "README.md", "exec")


def picture_of_a_card() -> str:
    """Ada Lovelace is to be archived, as a recruiter sees it in the terminal."""
    with AshbySandbox() as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        records = sandbox.state()
        ada = next(it["id"] for it in records["candidate"] if it["name"] == "Ada Lovelace")
        application = next(it for it in records["application"] if it["candidateId"] == ada)
        present = next(it for it in records["interviewStage"] if it["id"] == application["currentInterviewStageId"])
        move = ChangeApplicationStage(
            application_id=application["id"],
            interview_stage_id=next(
                it["id"]
                for it in records["interviewStage"]
                if it["interviewPlanId"] == present["interviewPlanId"] and it["type"] == "Archived"
            ),
            archive_reason_id=next(it["id"] for it in records["archiveReason"] if it["text"].startswith("Withdrew")),
        )
        console = Console(record=True, width=84, file=io.StringIO())
        console.print(panel(card_of(move, Look(client))))
    return console.export_svg(title="langchain-ashby chat", unique_id="card")


def test_the_picture_of_a_card_is_what_the_terminal_shows() -> None:
    picture = picture_of_a_card()
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PICTURE.parent.mkdir(exist_ok=True)
        PICTURE.write_text(picture, "utf-8")
    assert PICTURE.read_text("utf-8") == picture, "run `make regenerate`"
