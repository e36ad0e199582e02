"""Runs the examples in the README and on the site as a reader would: each page from top to bottom.

Ashby is the sandbox. The model is a provider's real class, answered by the test's own server. Blocks marked "compiled
only" are compiled; blocks titled with a file name are written to that file, and pytest runs any tests among them.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import typer
from pages import PAGES, PROJECT, Block, blocks, read, with_code
from recorder import Answer, Recorder, Sent

from langchain_ashby.cli.app import app
from langchain_ashby.sandbox import AshbySandbox

PYTHON = with_code("python")
SHELL = with_code("sh")


@pytest.fixture
def ashby() -> Iterator[AshbySandbox]:
    with AshbySandbox() as sandbox:
        yield sandbox


@pytest.fixture
def reader(ashby: AshbySandbox, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """A reader's environment: a directory, a key for Ashby and one for a model. Yields the page's variables."""
    recorder.answers["v1/messages"] = [lambda sent: _model(sent, ashby)]
    for name, value in {
        "ASHBY_API_KEY": ashby.api_key,
        "ASHBY_BASE_URL": ashby.url,
        "ANTHROPIC_API_KEY": "dummy",
        "ANTHROPIC_BASE_URL": recorder.url,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return {"__name__": "__main__"}


def _model(sent: Sent, ashby: AshbySandbox) -> Answer:
    """Claude's answer: proposes a tag for Ada Lovelace, and reports back after the tool's result."""
    content = sent.body["messages"][-1]["content"]
    if isinstance(content, list) and any(part["type"] == "tool_result" for part in content):
        said: dict[str, Any] = {"type": "text", "text": "This is what became of it."}
    else:
        state = ashby.state()
        ada = next(it for it in state["candidate"] if it["name"] == "Ada Lovelace")
        tag = next(it for it in state["candidateTag"] if it["id"] not in ada["tagIds"] and not it["isArchived"])
        arguments = {"candidate_id": ada["id"], "tag_id": tag["id"]}
        said = {"type": "tool_use", "id": "toolu_1", "name": "ashby_add_candidate_tag", "input": arguments}
    reason = "end_turn" if said["type"] == "text" else "tool_use"
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": f"msg_{len(ashby.requests())}", "type": "message", "role": "assistant", "model": "claude"}
    reply = message | {"content": [said], "stop_reason": reason, "stop_sequence": None, "usage": usage}
    return Answer(json.dumps(reply).encode())


@pytest.mark.parametrize("page", PYTHON)
def test_the_python_on_a_page_runs_from_top_to_bottom(page: str, reader: dict[str, Any], tmp_path: Path) -> None:
    files = set()
    for block in blocks(page, "python"):
        if block.title is None:
            # The blank lines make a traceback's line numbers match the page.
            code = compile("\n" * (block.line - 1) + block.code, page, "exec")
            if block.remark is None:
                exec(code, reader)
        elif "/" not in block.title:  # a path is a place in the project; another test covers it
            files.add(_written(block, tmp_path))
    if files:
        # The package's fixtures replace the reader's key and address.
        command = [sys.executable, "-m", "pytest", "-q", "-p", "langchain_ashby", "-p", "no:cacheprovider"]
        environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
        assert run.returncode == 0, run.stdout + run.stderr


def _written(block: Block, directory: Path) -> Path:
    file = directory / str(block.title)
    assert not file.exists(), f"two blocks are called {block.title}"
    file.write_text(block.code, "utf-8")
    return file


def outputs() -> list[tuple[str, str, str]]:
    """The Python blocks followed by a text block with their output: page, code, output."""
    pair = re.compile(
        r"^```python\n(?P<code>(?:(?!^```).*\n)*)^```\n\n```text\n(?P<output>(?:(?!^```).*\n)*)^```$", re.MULTILINE
    )
    return [(page, found["code"], found["output"]) for page in PAGES for found in pair.finditer(read(page))]


def test_the_readme_shows_what_its_example_prints() -> None:
    assert [page for page, *_ in outputs()].count("README.md") == 1


@pytest.mark.parametrize(("page", "code", "output"), outputs())
def test_an_example_prints_what_the_page_says(
    page: str, code: str, output: str, reader: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(code, page, "exec"), reader)
    assert capsys.readouterr().out == output


def test_getting_started_writes_the_approved_change_once(
    ashby: AshbySandbox, reader: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AshbySandbox, "start", lambda self: ashby)
    for block in blocks("docs/getting-started.md", "python"):
        if "sandbox.stop()" not in block.code:
            exec(compile(block.code, "docs/getting-started.md", "exec"), reader)
    writes = [it["endpoint"] for it in ashby.requests() if it["endpoint"] == "candidate.addTag"]
    assert writes == ["candidate.addTag"]


@pytest.mark.parametrize("page", sorted({*PYTHON, *SHELL}))
def test_no_code_of_a_page_is_overlooked(page: str) -> None:
    for language in ("python", "sh"):
        assert len(list(blocks(page, language))) == len(re.findall(rf"^\s*```{language}\b", read(page), re.MULTILINE))
    assert not re.search(r"^\s*```(py|py3|python3|bash|shell|console)\b", read(page), re.MULTILINE)


@pytest.mark.parametrize("page", PYTHON)
def test_only_blocks_with_needs_that_a_test_cannot_meet_are_not_run(page: str) -> None:
    remarks = [block.remark for block in blocks(page, "python") if block.remark]
    assert all("needs" in remark for remark in remarks)
    assert len(remarks) == read(page).count("<!-- compiled only")


def commands(page: str) -> Iterator[list[str]]:
    """The commands in a page's shell blocks, split into words, without redirections, pipes and comments."""
    for block in blocks(page, "sh"):
        for line in block.code.replace("\\\n", " ").splitlines():
            if words := shlex.split(line, comments=True):
                yield list(takewhile(lambda word: word not in (">", "|"), words))


@pytest.mark.parametrize("page", SHELL)
def test_the_commands_on_a_page_exist_with_these_options(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    for program, *words in commands(page):
        if program == "make":
            assert {word for word in words if "=" not in word} <= targets, words
        elif program == "export":  # a variable can set an option
            for name, _, value in (word.partition("=") for word in words):
                monkeypatch.setenv(name, value)
        elif program == "langchain-ashby":
            _parse(words)


def _parse(words: list[str]) -> None:
    """Parses the arguments as the program would, without running it; raises `UsageError` if they are invalid."""
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    name, *rest = words
    command = group.commands[name]
    with command.make_context(name, rest):
        pass


def test_each_benchmark_that_a_page_names_exists_with_these_options() -> None:
    shared = "".join(file.read_text("utf-8") for file in (PROJECT / "benchmarks").rglob("*.py"))
    named = [found for page in PAGES for found in re.findall(r"python -m (benchmarks\.\w+)([^`|\n]*)", read(page))]
    assert named
    for module, options in named:
        place = PROJECT / module.replace(".", "/")
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), module
        for option in re.findall(r"--[\w-]+", options):
            assert f'"{option}"' in shared, f"{module} {option}"


def test_each_extra_that_a_page_says_to_install_exists() -> None:
    declared = set(re.findall(r"^(\w+) = \[", read("pyproject.toml"), re.MULTILINE))
    for page in SHELL + PYTHON:
        for extras in re.findall(r"langchain-ashby\[([\w,]+)\]", read(page)):
            assert set(extras.split(",")) <= declared, page
