"""Screens as text files; `make regenerate` rewrites the files in `screens`."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

import pytest
from note_on_ada import environment, proposes_a_note
from person import Person
from snapshot import check

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.cli.editing import _as_text, _explained
from langchain_ashby.cli.stores import open_database
from langchain_ashby.demo.scripted import ScriptedChatModel
from langchain_ashby.sandbox import AshbySandbox

SCREENS = Path(__file__).parent / "screens"
GUIDE = Path(__file__).parents[2] / "docs" / "terminal.md"

CHANGING = [
    (r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:8080"),
    (r", (\d+ ms|\d+\.\d s)\b", ", 20 ms"),
    (r"\b\w{3} \d+ \w{3} 20\d\d, 15:00", "Thu 3 Dec 2026, 15:00"),
    (r"\b\w{3} \d+ +│\n│ +\w{3} 20\d\d, 15:00", f"Thu 3{' ' * 4}│\n│{' ' * 12}Dec 2026, 15:00"),  # in two lines
    (r"\b20\d\d-\d\d-\d\dT1([56])", r"2026-12-03T1\1"),
    (r"since \w{3} \d+ \w{3} 20\d\d, \d\d:\d\d UTC", "since Thu 26 Nov 2026, 09:41 UTC"),
]
"""Patterns that differ from run to run, with placeholders."""


def same(name: str, text: str) -> None:
    # The duration decides where a line wraps, and parallel reads end in any order.
    text = re.sub(r"^(  ✓ .*)\n {4}(?=\S)", r"\1 ", text, flags=re.MULTILINE)
    for pattern, stand_in in CHANGING:
        text = re.sub(pattern, stand_in, text)
    steps = groupby(text.splitlines(), key=lambda line: line.startswith("  ✓"))
    text = "\n".join(line for is_step, lines in steps for line in (sorted(lines) if is_step else lines)) + "\n"
    check(SCREENS / f"{name}.txt", text)


def test_the_demo_from_beginning_to_end() -> None:
    with Person("demo") as person:
        person.is_asked("Approve all 3, view, reject or later?")
        assert all(len(line) <= 80 for line in person.seen.splitlines())
        person.types("v")
        person.is_asked("Approve?")
        person.types("a")
        person.sees("Approve? a")
        person.is_asked("Approve?")
        person.types("e")
        person.is_asked("new value:")
        person.types("")
        person.sees("note: Strongest")
        person.is_asked("new value:")
        person.types("The best of the day.")
        person.is_asked("Add an argument (name, or Enter to finish):")
        person.types("")
        person.is_asked("Approve with edits?")
        person.types("a")
        person.sees("Approve with edits? a")
        person.is_asked("Approve?")
        person.types("r")
        person.is_asked("Reason (optional):")
        person.types("Kwame is on leave that week.")
        person.is_asked("Approve?")
        assert all(len(line) <= 80 for line in person.seen.splitlines())
        person.types("a")
        person.sees("Changes in the sandbox")
        assert person.leaves() == 0
        first, _, second = person.seen.partition("\nYou: Who has been waiting")
        same("demo", f"{first}\n")
        # Not kept as a file: the days that people have waited grow, and terminals differ in Arabic names.
        assert "Archive 7 applications; reason: Position closed" in second
        assert second.count("Application Review → Archived") == 7


@pytest.mark.parametrize("columns", ["0", "3"])
def test_a_width_without_room_for_a_card_does_not_hide_it(columns: str) -> None:
    with Person("demo", COLUMNS=columns) as person:
        person.is_asked("later?")
        person.sees("Proposed change 3 of 3", "Kwame", "Exact arguments")
        person.types("q")
        assert person.leaves() == 0


def test_a_card_that_is_asked_about_is_on_the_screen() -> None:
    with Person("demo") as person:
        person.is_asked("Approve all 3, view, reject or later?")
        person.types("view")
        for number, line in enumerate(("Move Ada Lovelace", "Add a note to Ada", "Schedule an interview"), 1):
            person.glimpses(f"Proposed change {number} of 3")
            person.is_asked("Approve?")
            assert f"Proposed change {number} of 3" in person.screen and line in person.screen
            if number == 3:
                same("tall", person.screen)
            person.types("l")
        assert person.leaves() == 0


def test_the_question_in_half_the_width() -> None:
    with Person("demo", columns=40) as person:
        person.is_asked("later?")
        assert all(len(line) <= 40 for line in person.seen.splitlines())
        same("narrow", person.screen)
        person.types("no")
        person.is_asked("Reason (optional):")
        person.types("")
        person.is_asked("Approve?")
        person.types("l")
        assert person.leaves() == 0
        person.sees("None.")


def test_the_demo_at_a_terminal_does_not_advise_to_use_one() -> None:
    with Person("demo") as person:
        person.is_asked("Approve all 3, view, reject or later?")
        person.types("l")
        assert person.leaves() == 0
        person.sees("None.", "The proposed changes are still open. The sandbox ends with the demo.")


def test_pending_shows_the_open_changes_of_every_thread(sandbox: AshbySandbox, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chats.db"
    with AshbyClient(sandbox.api_key, sandbox.url) as client, open_database(url, create=True) as found:
        model = ScriptedChatModel(script=proposes_a_note(sandbox))
        places = {"checkpointer": found.checkpointer, "store": found.store}
        agent = create_recruiting_agent(model, AshbyToolkit(client), **places)  # type: ignore[arg-type]
        for thread in ("monday", "tuesday"):
            config = {"configurable": {"thread_id": thread}}
            agent.invoke({"messages": [("user", "Who is Ada?")]}, config, durability="sync")  # type: ignore[call-overload]
    with Person("pending", "--store", url, "--reviewer", "Grace", **environment(sandbox)) as person:
        person.is_asked("Approve?")
        person.types("a")
        person.sees("The agent will see this")
        person.is_asked("Approve?")
        person.types("l")
        assert person.leaves() == 3  # one is still open
        same("pending", person.seen)


def test_doctor_with_a_key_that_lacks_permissions(sandbox: AshbySandbox) -> None:
    key = sandbox.add_key(permissions=["jobsRead", "apiKeysRead", "offersRead", "offersWrite"])
    with Person("doctor", ASHBY_API_KEY=key, ASHBY_BASE_URL=sandbox.url) as person:
        assert person.leaves() == 1
        same("doctor", person.seen)


def test_the_editor_opens_commented_json() -> None:
    arguments = {"candidate_id": "929ec103-b766-5a16-8927-b510963c1445", "note": "Wants to start in February."}
    same("editor", _explained("ashby_create_candidate_note", "") + _as_text(arguments))


def test_help_lists_the_exit_statuses() -> None:
    with Person("--help") as person:
        assert person.leaves() == 0
        person.sees(
            "Exit status: 0 done;", "3 a change is waiting for approval, or was not approved;", "130 interrupted."
        )
        person.sees("Times are in UTC, or in the time zone that TZ names, such as TZ=Europe/Berlin.")


@pytest.mark.parametrize("block", re.findall(r"```text\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL))
def test_the_guide_shows_real_screens(block: str) -> None:
    screens = [file.read_text("utf-8") for file in SCREENS.glob("*.txt")]
    assert any(block in screen for screen in screens), f"No screen has this in it:\n{block}"
