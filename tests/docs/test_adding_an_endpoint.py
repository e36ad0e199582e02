"""`docs/adding-an-endpoint.md`, followed to the letter in a copy of the project: its steps are enough."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pages import PROJECT, blocks

from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS

PAGE = "docs/adding-an-endpoint.md"
WRITE, READ = "ashby_remove_candidate_tag", "ashby_get_location"
MOST_LINES, MOST_FILES = 40, 3

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


ASKED = [
    "tests/unit/test_registry.py", "tests/unit/test_schemas.py", "tests/unit/test_schema_rules.py",
    "tests/unit/test_ids.py", "tests/unit/test_examples.py", "tests/unit/test_results_snapshots.py",
    "tests/unit/test_toolkit.py", "tests/selection", "tests/contract/test_requests.py",
    "tests/contract/test_sandbox_replies.py", "tests/agent/cards/test_card_contents.py",
]  # fmt: skip
"""The tests that cover each tool."""
CHOSEN = "remove_candidate_tag or get_location or Names or schemas_of or budget or every_method or every_tool"
CHOSEN += " or each_tool or each_write"
"""The ones that cover the new tools or all tools together; the others still pass."""

MISSING = {
    "test_are_the_promised_ones_in_order": f"add to tests/promised_tools.json: {WRITE}, {READ}",
    "test_every_tool_has_an_example_and_no_example_is_left_of_a_tool_that_is_gone":
        f"add an example to tests/examples.py for {WRITE}, {READ}",
    f"test_a_model_sees_what_it_saw_before[{WRITE}]": "make regenerate",
    f"test_a_model_sees_what_it_saw_before[{READ}]": "make regenerate",
    "test_requests_name_only_tools_there_are_and_each_tool_more_than_once":
        f"add two requests to tests/selection/requests.jsonl for each of {WRITE}, {READ}",
    "test_the_contract_has_the_schemas_of_every_method_that_a_tool_calls":
        "tests/contract/ashby.json lacks candidate.removeTag, location.info",
    "test_the_definitions_of_a_toolset_stay_within_its_token_budget[candidates]":
        "candidates: raise the budget in tests/promised_tools.json",
    "test_the_definitions_of_a_toolset_stay_within_its_token_budget[organization]":
        "organization: raise the budget in tests/promised_tools.json",
}  # fmt: skip
"""The tests that fail after the page's first two steps, and what they report as missing."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, with each block of the page appended to the file in its title."""
    place = tmp_path_factory.mktemp("copy")
    for folder in ("langchain_ashby", "tests"):
        shutil.copytree(PROJECT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", place)
    for block in blocks(PAGE, "python"):
        with (place / str(block.title)).open("a", encoding="utf-8") as file:
            file.write(f"\n\n{block.code}")
    return place


def run(copy: Path, *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=copy, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def failures(copy: Path, chosen: str = CHOSEN, **environment: str) -> dict[str, str]:
    """Runs the copy's own tests; returns the messages of failing ones by name."""
    report = copy / "report.xml"
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--junitxml={report}", "-k", chosen]
    around = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "ASHBY", "UPDATE"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *ASKED],
        cwd=copy,
        env=around | {"PYTHONPATH": str(copy)} | environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    failed = [case for case in ElementTree.parse(report).iter("testcase") if len(case) and case[0].tag != "skipped"]
    return {case.attrib["name"]: case[0].text or "" for case in failed}


def test_a_write_and_a_read_take_few_lines_in_few_files() -> None:
    added = list(blocks(PAGE, "python"))
    for example in (added[0::2], added[1::2]):
        assert len({block.title for block in example}) <= MOST_FILES
        assert sum(len(block.code.splitlines()) for block in example) <= MOST_LINES


def test_one_class_makes_a_tool_that_works_and_needs_approval(copy: Path) -> None:
    found = json.loads(run(copy, "-c", USE_IT))
    assert found["tools"] == len(OPERATIONS) + 2
    assert found["arguments"] == ["candidate_id", "tag_id"]
    assert found["status"] == "success"
    assert found["first"] not in found["after_the_call"]

    assert found["interrupts"] is True
    assert found["metadata"]["readOnlyHint"] is False
    assert found["metadata"]["ashby"]["endpoint"] == "candidate.removeTag"
    assert found["second"] in found["before_the_approval"], "it ran before anybody approved it"
    assert found["second"] not in found["after_the_approval"], "it did not run when it was approved"
    assert found["card"]["line"].startswith("Remove ")
    assert found["card"]["unchecked"] == []
    assert found["card"]["args"].keys() == {"candidate_id", "tag_id"}


def test_the_command_line_knows_the_new_tools(copy: Path) -> None:
    listed = run(copy, "-c", "import sys; sys.argv[1:] = ['tools']; from langchain_ashby.cli import main; main()")
    assert WRITE in listed and READ in listed
    writes = sum(operation.access is Access.WRITE for operation in OPERATIONS.values())
    assert f"{len(OPERATIONS) + 2} tools; {writes + 1} of them write." in listed


def test_the_failures_name_what_is_missing_and_adding_it_fixes_them(copy: Path) -> None:
    said = failures(copy)
    assert sorted(said) == sorted(MISSING)
    for test, missing in MISSING.items():
        assert missing in said[test], said[test]
    add_what_is_missing(copy / "tests")
    failures(
        copy, f"{WRITE[6:]} or {READ[6:]}", UPDATE_SNAPSHOTS="1"
    )  # rewrites the snapshots, as `make regenerate` does
    assert failures(copy) == {}


def add_what_is_missing(tests: Path) -> None:
    """Adds the entries listed in the page's last step."""
    promised = json.loads((tests / "promised_tools.json").read_text("utf-8"))
    for toolset, name, access in (("candidates", WRITE, "write"), ("organization", READ, "read")):
        promised["toolsets"][toolset]["tools"][name] = access
        promised["toolsets"][toolset]["token_budget"] += 100
        promised["token_budget"] += 100
    (tests / "promised_tools.json").write_text(json.dumps(promised), "utf-8")

    examples = (tests / "examples.py").read_text("utf-8")
    for above, entry in (
        ("    # applications\n", f'"{WRITE}": lambda it: {{"candidate_id": it.candidate(), "tag_id": it.tag()}},'),
        ("    # openings\n", f'"{READ}": lambda it: {{"location_id": it.id("location", name="Oslo")}},'),
    ):
        entry = entry.replace("it.tag()", 'it.id("candidateTag", title="Fast track")')
        examples = examples.replace(above, f"    {entry}\n{above}")
    (tests / "examples.py").write_text(examples, "utf-8")

    with (tests / "selection" / "requests.jsonl").open("a", encoding="utf-8") as requests:
        for tool, asked in (
            (WRITE, ("Remove the Fast track tag from Ada", "Please remove that tag from this candidate")),
            (READ, ("Get the location of the Oslo office", "Get me this location")),
        ):
            for text in asked:
                requests.write(json.dumps({"request": text, "tools": [tool]}) + "\n")

    # As added by python -m tests.contract.slice from Ashby's OpenAPI file.
    contract = json.loads((tests / "contract" / "ashby.json").read_text("utf-8"))
    contract["schemas"]["candidate.removeTag"] = contract["schemas"]["candidate.addTag"]
    uuid = {"type": "string", "format": "uuid"}
    contract["schemas"]["location.info"] = contract["schemas"]["department.info"] | {
        "request": {"type": "object", "properties": {"locationId": uuid}, "required": ["locationId"]}
    }
    (tests / "contract" / "ashby.json").write_text(json.dumps(contract), "utf-8")
