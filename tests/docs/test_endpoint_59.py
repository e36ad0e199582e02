"""The page on endpoint 59, followed to the letter: its code is put into a copy of the package, and the tool is used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages import PROJECT, blocks

PAGE = "docs/adding-an-endpoint.md"

USE_IT = """
import json, sys
from langgraph.types import Command
from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.sandbox import AshbySandbox

with AshbySandbox() as sandbox:
    def tags():
        return next(it["tagIds"] for it in sandbox.state()["candidate"] if it["id"] == person["id"])

    toolkit = AshbyToolkit(AshbyClient(sandbox.api_key, sandbox.url))
    person = next(it for it in sandbox.state()["candidate"] if len(it["tagIds"]) > 1)
    first, second = person["tagIds"][:2]

    tool = next(it for it in toolkit.get_tools() if it.name == "ashby_remove_candidate_tag")
    result = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": {
        "candidate_id": person["id"], "tag_id": first}})
    after_the_call = tags()

    wish = call("ashby_remove_candidate_tag", candidate_id=person["id"], tag_id=second)
    agent = create_recruiting_agent(ScriptedChatModel(script=lines(say("I propose it.", wish), "Done.")), toolkit)
    thread = {"configurable": {"thread_id": "59"}}
    asked = agent.invoke({"messages": [("user", "Take it off.")]}, thread)["__interrupt__"][0].value
    before_the_approval = tags()
    agent.invoke(Command(resume={"decisions": [{"type": "approve"}]}), thread)

    json.dump({
        "tools": len(toolkit.get_tools()),
        "interrupts": toolkit.interrupt_on().get(tool.name),
        "metadata": tool.metadata,
        "arguments": sorted(tool.args),
        "status": result.status,
        "first": first, "second": second,
        "after_the_call": after_the_call,
        "before_the_approval": before_the_approval,
        "after_the_approval": tags(),
        "card": asked["action_requests"][0]["card"],
    }, sys.stdout)
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package, with each block of the page at the end of the file that it names."""
    place = tmp_path_factory.mktemp("copy")
    shutil.copytree(
        PROJECT / "langchain_ashby", place / "langchain_ashby", ignore=shutil.ignore_patterns("__pycache__")
    )
    added = [block for block in blocks(PAGE, "python") if block.title]
    assert [block.title for block in added] == [
        "langchain_ashby/endpoints/candidates.py",
        "langchain_ashby/sandbox/methods/tags.py",
    ]
    for block in added:
        with (place / str(block.title)).open("a", encoding="utf-8") as file:
            file.write(f"\n\n{block.code}")
    return place


def run(copy: Path, *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=copy, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_one_class_makes_a_tool_that_works_and_is_asked_about(copy: Path) -> None:
    found = json.loads(run(copy, "-c", USE_IT))
    assert found["tools"] == 59
    assert found["arguments"] == ["candidate_id", "tag_id"]
    assert found["status"] == "success"
    assert found["first"] not in found["after_the_call"]

    assert found["interrupts"] is True
    assert found["metadata"]["readOnlyHint"] is False
    assert found["metadata"]["ashby"]["endpoint"] == "candidate.removeTag"
    assert found["second"] in found["before_the_approval"], "it ran before anybody approved it"
    assert found["second"] not in found["after_the_approval"], "it did not run when it was approved"
    assert found["card"]["unchecked"] == ["There is no card for this write: only its arguments are known."]
    assert found["card"]["args"].keys() == {"candidate_id", "tag_id"}


def test_the_command_line_knows_the_new_tool(copy: Path) -> None:
    listed = run(copy, "-c", "import sys; sys.argv[1:] = ['tools']; from langchain_ashby.cli import main; main()")
    assert "ashby_remove_candidate_tag" in listed
    assert "59 tools, 26 of which write." in listed


@pytest.mark.parametrize(
    "asking",
    [
        "tests/unit/test_registry.py::TestNames::test_are_the_58_in_order",
        "tests/agent/cards/test_card_contents.py::test_each_write_has_a_card_and_an_example",
    ],
)
def test_the_projects_own_tests_name_what_is_still_missing(copy: Path, asking: str) -> None:
    # -P keeps the project itself, whose tests these are, from being imported instead of the copy.
    command = [sys.executable, "-P", "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", asking]
    environment = os.environ | {"PYTHONPATH": str(copy)}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "remove_candidate_tag" in done.stdout or "RemoveCandidateTag" in done.stdout, done.stdout
