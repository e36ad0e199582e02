"""`langchain-ashby undo`: which changes can be undone, and undoing one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import command_line
import pytest
from note_on_ada import ada, environment
from person import Person
from person import environment as clean
from provider import Provider

from langchain_ashby.demo.scripted import call, lines, say
from langchain_ashby.sandbox import AshbySandbox


def run(*arguments: str, text: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return command_line.run(*arguments, text=text, env=clean(**variables))


def tags(sandbox: AshbySandbox) -> list[str]:
    """Ada's tags."""
    return next(list(it["tagIds"]) for it in sandbox.records("candidate") if it["id"] == ada(sandbox))


def test_a_change_is_listed_and_undone_once(sandbox: AshbySandbox, tmp_path: Path) -> None:
    kept = {"LANGCHAIN_ASHBY_STORE": f"sqlite:///{tmp_path}/chats.db", **environment(sandbox)}
    before = tags(sandbox)
    tag = next(it["id"] for it in sandbox.records("candidateTag") if it["id"] not in before and not it["isArchived"])
    calls = [
        call("ashby_add_candidate_tag", candidate_id=ada(sandbox), tag_id=tag),
        call("ashby_create_candidate_note", candidate_id=ada(sandbox), note="Hello."),
    ]
    chat = ("chat", "--model", "openai:gpt-scripted", "--thread", "ada", "--yes")
    with Provider(lines(say("", *calls), "Done.")) as provider:
        assert run(*chat, text="Go.\n", **kept, **provider.environment()).returncode == 0
    assert tags(sandbox) == [*before, tag]
    listed = run("undo", COLUMNS="200", **kept)
    assert listed.returncode == 0, listed.stderr
    [heads, line] = listed.stdout.splitlines()  # a note cannot be deleted
    assert heads.split() == ["id", "when", "what"]
    assert "Tag Ada Lovelace" in line
    change = line.split()[0]
    asked = run("undo", change, **kept)
    assert asked.returncode == 3, asked.stderr  # nobody is there to decide
    assert "Undoes the change of" in asked.stdout
    with Person("undo", change, "--reviewer", "Grace", **kept) as person:
        person.is_asked("Approve?")
        person.sees("Undoes the change of")
        person.types("a")
        person.sees("done")
        assert person.leaves() == 0
    assert tags(sandbox) == before
    again = run("undo", change, **kept)
    assert again.returncode == 1
    assert "It has already been undone" in again.stderr
    assert "Remove " in run("undo", COLUMNS="200", **kept).stdout  # the undo can be undone
    assert run("undo", "zzz", **kept).returncode == 2
    assert "approve by Grace" in run("audit", COLUMNS="200", **kept).stdout


@pytest.mark.parametrize("change", ["", " "])
def test_an_empty_id_stands_for_no_change(tmp_path: Path, change: str) -> None:
    ran = run("undo", change, LANGCHAIN_ASHBY_STORE=f"sqlite:///{tmp_path}/chats.db")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "The id is empty. Leave it out to list the changes that can be undone.\n"
