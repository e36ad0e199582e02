"""Editing a proposed change before it is made, in an editor or a form."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest
from note_on_ada import WRITTEN, environment, notes, proposes_a_note
from person import Person
from provider import Provider

from langchain_ashby.cli.editing import _as_text, _read
from langchain_ashby.demo.scripted import call, lines, say
from langchain_ashby.sandbox import AshbySandbox

MODEL = ("chat", "--model", "openai:gpt-scripted")

EDITOR = """
import os, pathlib, stat, sys
file, turns = pathlib.Path(sys.argv[-1]), pathlib.Path(sys.argv[1])
turn = sorted(turns.glob("*.turn"))[0]
found = file.read_text()
(turns / (turn.stem + ".found")).write_text(found)
(turns / (turn.stem + ".place")).write_text(f"{file} {stat.S_IMODE(file.parent.stat().st_mode):o}")
before, _, after = turn.read_text().partition("=>")
file.write_text(found.replace(before, after) if before else "")
turn.unlink()
"""
"""A scripted editor. Each turn is a text and its replacement; an empty text empties the file."""


def editor(directory: Path, *turns: str) -> str:
    program = directory / "editor.py"
    program.write_text(EDITOR)
    for number, turn in enumerate(turns):
        (directory / f"{number}.turn").write_text(turn)
    return shlex.join([sys.executable, str(program), str(directory)])


def test_the_editor_opens_again_until_the_arguments_are_valid(sandbox: AshbySandbox, tmp_path: Path) -> None:
    turns = (
        '"note":=>note:',
        'note:=>"nota":',
        '"nota":=>"note": "x", "note":',
        '"note": "x", =>',
        f"{WRITTEN}=>Wants to start in March.",
    )
    with (
        Provider(proposes_a_note(sandbox)) as provider,
        Person(*MODEL, VISUAL=editor(tmp_path, *turns), **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Who is Ada?")
        person.is_asked("Approve?")
        person.types("e")
        person.sees("! This is not JSON: Expecting property name enclosed in double quotes")
        person.is_asked("Edit it again? [y/N]:")
        person.types("y")
        person.sees("- nota: there is no such argument")
        person.is_asked("Edit it again? [y/N]:")
        person.types("y")
        person.sees('! The arguments have "note" twice in one object.')
        person.is_asked("Edit it again? [y/N]:")
        person.types("y")
        person.sees("No changes.")
        person.is_asked("Approve?")
        person.types("e")
        person.sees(f"- note: {WRITTEN}", "+ note: Wants to start in March.")
        person.is_asked("Approve with edits?")
        person.types("yes")
        person.sees("Done as you said.")
        person.is_asked("You:")
        person.types("")
        assert person.leaves() == 0
    assert notes(sandbox) == ["Wants to start in March."]
    first, second = (tmp_path / "0.found").read_text(), (tmp_path / "1.found").read_text()
    assert first.startswith("// Create candidate note: arguments as JSON.")
    assert "// is_private (optional): " in first
    assert "This is not JSON" in second and 'note: "Wants' in second  # the problem, and their own text
    place, mode = (tmp_path / "0.place").read_text().split()
    assert mode == "700" and not Path(place).exists()


def test_an_emptied_file_changes_nothing(sandbox: AshbySandbox, tmp_path: Path) -> None:
    with (
        Provider(proposes_a_note(sandbox)) as provider,
        Person(*MODEL, EDITOR=editor(tmp_path, "=>"), **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Who is Ada?")
        person.is_asked("Approve?")
        person.types("e")
        person.sees("[?] help Approve? e")
        person.is_asked("Approve?")
        person.types("yes")
        person.sees("Done as you said.")
    assert notes(sandbox) == [WRITTEN]


def test_closing_the_terminal_deletes_the_edited_file(sandbox: AshbySandbox, tmp_path: Path) -> None:
    slow = shlex.join([sys.executable, "-c", "import sys, time; print(sys.argv[1], flush=True); time.sleep(60)"])
    with (
        Provider(proposes_a_note(sandbox)) as provider,
        Person(*MODEL, EDITOR=slow, TMPDIR=str(tmp_path), **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Who is Ada?")
        person.is_asked("Approve?")
        person.types("e")
        person.sees("arguments.json")
        assert list(tmp_path.rglob("arguments.json"))
        person.hangs_up()
    assert not list(tmp_path.rglob("arguments.json"))


def test_the_form_replaces_a_missing_editor(sandbox: AshbySandbox) -> None:
    with (
        Provider(proposes_a_note(sandbox)) as provider,
        Person(*MODEL, EDITOR="/no/such/editor", **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Who is Ada?")
        person.is_asked("Approve?")
        person.types("e")
        person.sees("cannot be started (No such file or directory). Using a form instead.")
        person.is_asked("new value:")
        person.types("")
        person.is_asked("new value:")
        person.types("Mine.")
        person.is_asked("Add an argument (name, or Enter to finish):")
        person.types("is_private")
        person.is_asked("value:")
        person.types("perhaps")
        person.is_asked("Add an argument (name, or Enter to finish):")
        person.types("")
        person.sees("! invalid_argument", "- is_private:")
        person.is_asked("Edit it again? [y/N]:")
        person.types("y")
        for answer in ("", "", "-"):
            person.is_asked("new value:")
            person.types(answer)
        person.is_asked("Add an argument (name, or Enter to finish):")
        person.types("")
        person.is_asked("Approve with edits?")
        person.types("yes")
        person.sees("Done as you said.")
    assert notes(sandbox) == ["Mine."]


def test_the_editor_shows_invisible_characters_and_keeps_them() -> None:
    arguments = {"note": "\x1b[2J \u202e \U000e0041 é 王 👩\u200d🚀\n", "list": [1, None]}
    text = _as_text(arguments)
    assert "\u202e" not in text and "\U000e0041" not in text and "王" in text
    assert _read(text) == arguments


@pytest.mark.parametrize("text", ["[]", "{", '{"a": NaN}', "note"])
def test_only_a_json_object_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match="JSON"):
        _read(text)


def test_of_several_changes_those_with_warnings_are_decided_one_by_one(sandbox: AshbySandbox) -> None:
    state = sandbox.state()
    job = next(it["id"] for it in state["job"] if it["title"] == "Staff Engineer")
    ada = next(it["id"] for it in state["candidate"] if it["name"] == "Ada Lovelace")
    writes = (
        call("ashby_create_candidate_note", candidate_id=ada, note="One."),
        call("ashby_set_job_status", job_id=job, status="Closed"),
        call("ashby_create_candidate_note", candidate_id=ada, note="Two."),
    )
    with (
        Provider(lines(say("Three changes.", *writes), "Thank you.")) as provider,
        Person(*MODEL, **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Tidy up.")
        person.is_asked("Approve the 2 without !, view, reject or later?")
        person.sees("Proposed change 3 of 3", "2 ! Close the job Staff Engineer (TW-101, Oslo) (high risk, 1 warning)")
        person.sees("[a] approve the 2 without !")
        person.types("a")
        person.is_asked("Approve?")
        person.sees("Approve the 2 without !, view, reject or later? a Proposed change 2 of 3")
        assert "Close the job Staff Engineer" in person.screen and "HIGH RISK" in person.screen
        assert notes(sandbox) == []  # no change is made before all are decided
        person.types("v")
        person.sees("Approve? v ┏━ ■ HIGH RISK")
        person.is_asked("Approve?")
        person.types("r")
        person.is_asked("Reason (optional):")
        person.types("Not yet.")
        person.sees("Thank you.")
    assert sorted(notes(sandbox)) == ["One.", "Two."]
    assert next(it["status"] for it in sandbox.records("job") if it["id"] == job) == "Open"
