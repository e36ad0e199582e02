"""`docs/adding-an-endpoint.md`, followed to the letter in a copy of the project: it takes no more than it says.

The commands are those of a contributor, and run all that they run, but that the environment is the one of this test.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pages import PROJECT, blocks

from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import BY_DEFAULT

PAGE = "docs/adding-an-endpoint.md"
WRITE, READ = "ashby_rename_location", "ashby_get_location"
MOST_LINES, MOST_FILES = 40, 3

USE_IT = """
import json, sys
from langgraph.types import Command
from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.sandbox import AshbySandbox

with AshbySandbox() as sandbox:
    def name():
        return next(it["name"] for it in sandbox.records("location") if it["id"] == place["id"])

    toolkit = AshbyToolkit(AshbyClient(sandbox.api_key, sandbox.url))
    place = next(it for it in sandbox.records("location") if it["name"] == "Oslo")

    tool = next(it for it in toolkit.get_tools() if it.name == "ashby_rename_location")
    result = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": {
        "location_id": place["id"], "name": "Oslo Centre"}})
    after_the_call = name()

    wish = call("ashby_rename_location", location_id=place["id"], name="Oslo Harbour")
    agent = create_recruiting_agent(ScriptedChatModel(script=lines(say("I propose it.", wish), "Done.")), toolkit)
    thread = {"configurable": {"thread_id": "59"}}
    [interrupt] = agent.invoke({"messages": [("user", "Rename it.")]}, thread)["__interrupt__"]
    asked = interrupt.value
    before_the_approval = name()
    agent.invoke(Command(resume={interrupt.id: {"decisions": [{"type": "approve"}]}}), thread)

    json.dump({
        "tools": len(toolkit.get_tools()),
        "interrupts": toolkit.interrupt_on().get(tool.name),
        "metadata": tool.metadata,
        "arguments": sorted(tool.args),
        "status": result.status,
        "after_the_call": after_the_call,
        "before_the_approval": before_the_approval,
        "after_the_approval": name(),
        "card": asked["action_requests"][0]["card"],
    }, sys.stdout)
"""


SAYS = {
    "tests.selection.test_selection": {
        "test_requests_name_only_tools_there_are_and_each_tool_more_than_once":
            f"add two requests to tests/selection/requests.jsonl for each of {WRITE}, {READ}",
    },
    "tests.unit.test_examples": {
        "test_every_tool_has_an_example_and_no_example_is_left_of_a_tool_that_is_gone":
            f"add an example to tests/examples.py for {WRITE}, {READ}",
    },
    "tests.unit.test_toolkit": {
        "test_all_tools_together_stay_within_their_token_budget": "raise token_budget in tests/promised_tools.json",
    }
    | {
        f"test_the_definitions_of_a_toolset_stay_within_its_token_budget[{toolset}]":
            "raise its budget in tests/promised_tools.json"
        for toolset in ("organization",)
    },
}  # fmt: skip
"""What fails in `make check` after the page's first two steps and `make regenerate`, and what it says is missing."""

NOT_IN_THE_CONTRACT = (
    "tests/contract/ashby.json lacks location.info, location.updateName: python -m tests.contract.slice"
)
CHECK = ("lint", "fast")
"""`make check`, but for the types, which are checked in the project itself."""
LEFT_OUT = (".venv", ".git", "__pycache__", ".*_cache", ".hypothesis", "dist", "site", "*.db", "*.egg-info")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, with each block of the page in the file that it names, and its imports at the top."""
    place = tmp_path_factory.mktemp("copies") / "project"
    shutil.copytree(PROJECT, place, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (place / ".venv").mkdir()
    (place / ".venv" / "dev.stamp").touch()  # for make, which takes the programs from elsewhere here
    for block in blocks(PAGE, "python"):
        put(block.code, place / str(block.title))
    run(place, "-m", "ruff", "check", "--fix", "--quiet", ".")
    run(place, "-m", "ruff", "format", "--quiet", ".")
    return place


def put(code: str, file: Path) -> None:
    """Adds code at the end of a file, and what it imports to the imports of the file."""
    text = file.read_text("utf-8")
    is_import = (ast.Import, ast.ImportFrom)
    imported = [ast.unparse(it) for it in ast.parse(code).body if isinstance(it, is_import)]
    kept = [line for line in code.splitlines() if line not in imported]
    last = max(it.end_lineno or 0 for it in ast.parse(text).body if isinstance(it, is_import))
    lines = text.splitlines()
    added = "\n".join(kept).strip("\n")
    gap = "\n\n\n" if added.startswith("class") else "\n"
    file.write_text("\n".join([*lines[:last], *imported, *lines[last:]]) + f"{gap}{added}\n", "utf-8")


def run(copy: Path, *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=copy, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def make(copy: Path, *targets: str) -> subprocess.CompletedProcess[str]:
    """Runs make in the copy, with the programs of this environment."""
    around = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "ASHBY", "UPDATE", "MAKE"))
    }
    command = ["make", *targets, f"BIN={Path(sys.executable).parent}"]
    return subprocess.run(
        command, cwd=copy, env=around | {"PYTHONPATH": str(copy)}, capture_output=True, text=True, timeout=1500
    )


def failures(copy: Path, targets: Sequence[str], chosen: str = "") -> dict[str, dict[str, str]]:
    """Runs the tests of some targets, or the chosen ones; returns what the failing ones say, by module and name."""
    selected = f" -k '{chosen}'" if chosen else ""
    report = copy / "report.xml"
    report.unlink(missing_ok=True)
    done = make(copy, *targets, f"ARGS=-p no:cacheprovider --junitxml={report}{selected}")
    assert report.exists(), done.stdout + done.stderr
    failed: dict[str, dict[str, str]] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        if len(case) and case[0].tag != "skipped":
            failed.setdefault(case.attrib["classname"], {})[case.attrib["name"]] = case[0].text or ""
    return failed


def test_a_write_and_a_read_take_few_lines_in_few_files() -> None:
    added = list(blocks(PAGE, "python"))
    for example in (added[0::2], added[1::2]):
        assert len({block.title for block in example}) <= MOST_FILES
        assert sum(len(block.code.splitlines()) for block in example) <= MOST_LINES


def test_one_class_makes_a_tool_that_works_and_needs_approval(copy: Path) -> None:
    found = json.loads(run(copy, "-c", USE_IT))
    assert found["tools"] == len(BY_DEFAULT) + 2
    assert found["arguments"] == ["location_id", "name"]
    assert found["status"] == "success"
    assert found["after_the_call"] == "Oslo Centre"

    assert found["interrupts"] is True
    assert found["metadata"]["readOnlyHint"] is False
    assert found["metadata"]["ashby"]["endpoint"] == "location.updateName"
    assert found["before_the_approval"] == "Oslo Centre", "it ran before anybody approved it"
    assert found["after_the_approval"] == "Oslo Harbour", "it did not run when it was approved"
    assert found["card"]["line"].startswith("Rename the location Oslo Centre")
    assert found["card"]["unchecked"] == []
    assert found["card"]["args"].keys() == {"location_id", "name"}


def test_the_command_line_knows_the_new_tools(copy: Path) -> None:
    listed = run(copy, "-c", "import sys; sys.argv[1:] = ['tools']; from langchain_ashby.cli import main; main()")
    assert WRITE in listed and READ in listed
    writes = sum(operation.access is Access.WRITE for operation in BY_DEFAULT.values())
    assert f"{len(BY_DEFAULT) + 2} tools; {writes + 1} of them write." in listed


@pytest.mark.slow
@pytest.mark.endpoint
def test_what_fails_names_what_is_missing_and_with_that_nothing_fails(copy: Path) -> None:
    regenerated = make(copy, "regenerate")
    assert regenerated.returncode == 0, regenerated.stdout + regenerated.stderr
    missing = failures(copy, CHECK)
    assert {module: sorted(tests) for module, tests in missing.items()} == {
        module: sorted(tests) for module, tests in SAYS.items()
    }
    for module, tests in SAYS.items():
        for test, said in tests.items():
            assert said in missing[module][test], missing[module][test]
    add_what_is_missing(copy / "tests")
    run(copy, "-m", "ruff", "format", "--quiet", ".")

    [unstated] = failures(copy, ["contract"], chosen="schemas_of_every_method").values()
    [said] = unstated.values()
    assert NOT_IN_THE_CONTRACT in said
    (copy / "openapi.json").write_text(json.dumps(published()), "utf-8")
    run(copy, "-m", "tests.contract.slice", "openapi.json")

    regenerated = make(copy, "regenerate")
    assert regenerated.returncode == 0, regenerated.stdout + regenerated.stderr
    again = " or ".join(test.partition("[")[0] for tests in SAYS.values() for test in tests)
    assert failures(copy, CHECK, chosen=f"{again} or {WRITE} or {READ} or names_for_ids or schema_rules") == {}
    assert failures(copy, ["contract"]) == {}


def add_what_is_missing(tests: Path) -> None:
    """Adds the entries listed in the page's last step."""
    promised = json.loads((tests / "promised_tools.json").read_text("utf-8"))
    promised["token_budget"] += 200
    for budget in ("token_budget", "token_budget_of_all"):
        promised["toolsets"]["organization"][budget] += 200
    (tests / "promised_tools.json").write_text(json.dumps(promised), "utf-8")

    examples = (tests / "examples.py").read_text("utf-8")
    oslo = '"location_id": it.id("location", name="Oslo")'
    for above, entry in (
        ("    # openings\n", f'"{WRITE}": lambda it: {{{oslo}, "name": "Oslo Centre"}},'),
        ("    # openings\n", f'"{READ}": lambda it: {{{oslo}}},'),
    ):
        examples = examples.replace(above, f"    {entry}\n{above}")
    (tests / "examples.py").write_text(examples, "utf-8")

    with (tests / "selection" / "requests.jsonl").open("a", encoding="utf-8") as requests:
        for tool, asked in (
            (WRITE, ("Rename the Oslo location to Oslo Centre", "Please rename this location")),
            (READ, ("Get the location of the Oslo office", "Get me this location")),
        ):
            for text in asked:
                requests.write(json.dumps({"request": text, "tools": [tool]}) + "\n")


def published() -> dict[str, Any]:
    """The two methods as Ashby's OpenAPI file has them, whose text is not ours to keep."""
    known = json.loads(
        run(PROJECT, "-c", "import json; from tests.contract.slice import read; print(json.dumps(read()))")
    )
    listed, failure = known["schemas"]["location.list"]["responses"]["200"]["oneOf"]
    location = {"type": "object", "properties": {"results": listed["allOf"][1]["properties"]["results"]["items"]}}
    found = {"oneOf": [{"allOf": [failure["allOf"][0], location]}, failure]}
    return {
        "paths": {
            "/location.updateName": method("organizationWrite", ["locationId", "name"], found),
            "/location.info": method("organizationRead", ["locationId"], found),
        }
    }


def method(permission: str, names: list[str], reply: Any) -> dict[str, Any]:
    """A method in the form of OpenAPI; its text names the permission."""
    request = {
        "type": "object",
        "required": names,
        "properties": {
            name: {"type": "string", **({"format": "uuid"} if name.endswith("Id") else {})} for name in names
        },
    }
    body, answer = ({"content": {"application/json": {"schema": schema}}} for schema in (request, reply))
    text = f"**Requires the [`{permission}`](authentication#permissions) permission.**"
    return {"post": {"description": text, "requestBody": body, "responses": {"200": answer}}}
