"""What the person sees, as text to be read. `UPDATE_SNAPSHOTS=1` writes the files in `screens` anew; look at them."""

from __future__ import annotations

import os
import re
from itertools import groupby
from pathlib import Path

import pytest
from note_on_ada import environment, proposes_a_note
from person import Person

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.cli.editing import _as_text, _explained
from langchain_ashby.cli.stores import kept
from langchain_ashby.demo.scripted import ScriptedChatModel
from langchain_ashby.sandbox import AshbySandbox

SCREENS = Path(__file__).parent / "screens"
GUIDE = Path(__file__).parents[2] / "docs" / "terminal.md"

CHANGING = [
    (r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:8080"),
    (r", (\d+ ms|\d+\.\d s)\b", ", 20 ms"),
    (r"\b\w{3} \d+ \w{3} 20\d\d, 15:00", "Thu 3 Dec 2026, 15:00"),
    (r"\b20\d\d-\d\d-\d\dT1([56])", r"2026-12-03T1\1"),
    (r"since 20\d\d-\d\d-\d\d \d\d:\d\d", "since 2026-11-26 09:41"),
]
"""What differs from run to run, and what stands in its place."""


def same(name: str, text: str) -> None:
    # How long a step took decides where its line is broken, and reads that are made together end in any order.
    text = re.sub(r"^(  ✓ .*)\n {4}(?=\S)", r"\1 ", text, flags=re.MULTILINE)
    for pattern, stand_in in CHANGING:
        text = re.sub(pattern, stand_in, text)
    steps = groupby(text.splitlines(), key=lambda line: line.startswith("  ✓"))
    text = "\n".join(line for is_step, lines in steps for line in (sorted(lines) if is_step else lines)) + "\n"
    file = SCREENS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_the_demo_from_beginning_to_end() -> None:
    with Person("demo") as person:
        person.is_asked("What is to be done?")
        assert all(len(line) <= 80 for line in person.seen.splitlines())
        person.types("e")
        person.is_asked("Do it?")
        person.types("y")
        person.is_asked("Do it?")
        person.sees("2 of 3:")
        person.types("e")
        person.is_asked("new value:")
        person.types("")
        person.sees("note: Strongest")
        person.is_asked("new value:")
        person.types("The best of the day.")
        person.is_asked("One more argument (its name, or Enter to go on):")
        person.types("")
        person.is_asked("Do it as edited?")
        person.types("y")
        person.sees("3 of 3:")
        person.is_asked("Do it?")
        person.types("n")
        person.is_asked("Why not? (may be empty)")
        person.types("Kwame is on leave that week.")
        assert person.leaves() == 0
        same("demo", person.seen)


def test_the_question_in_half_the_width() -> None:
    with Person("demo", columns=40) as person:
        person.is_asked("What is to be done?")
        assert all(len(line) <= 40 for line in person.seen.splitlines())
        same("narrow", person.screen)
        person.types("n")
        person.is_asked("Why not? (may be empty)")
        person.types("")
        assert person.leaves() == 0
        person.sees("Nothing.")


def test_the_demo_tells_nobody_at_a_terminal_to_use_one() -> None:
    with Person("demo") as person:
        person.is_asked("What is to be done?")
        person.types("l")
        assert person.leaves() == 0
        person.sees("Nothing.", "The agent is still waiting for an answer. The sandbox ends with the demo.")


def test_what_waits_in_the_threads_of_a_store(sandbox: AshbySandbox, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chats.db"
    with AshbyClient(sandbox.api_key, sandbox.url) as client, kept(url, create=True) as found:
        model = ScriptedChatModel(script=proposes_a_note(sandbox))
        places = {"checkpointer": found.threads, "store": found.store}
        agent = create_recruiting_agent(model, AshbyToolkit(client), **places)  # type: ignore[arg-type]
        for thread in ("monday", "tuesday"):
            config = {"configurable": {"thread_id": thread}}
            agent.invoke({"messages": [("user", "Who is Ada?")]}, config, durability="sync")  # type: ignore[call-overload]
    with Person("pending", "--store", url, "--reviewer", "Grace", **environment(sandbox)) as person:
        person.is_asked("Do it?")
        person.types("y")
        person.sees("The agent learns of this")
        person.is_asked("Do it?")
        person.types("l")
        assert person.leaves() == 3  # one still waits
        same("pending", person.seen)


def test_the_checkup_of_a_key_that_lacks_permissions(sandbox: AshbySandbox) -> None:
    key = sandbox.add_key(permissions=["jobsRead", "apiKeysRead", "offersRead", "offersWrite"])
    with Person("doctor", ASHBY_API_KEY=key, ASHBY_BASE_URL=sandbox.url) as person:
        assert person.leaves() == 1
        same("doctor", person.seen)


def test_what_the_editor_opens() -> None:
    arguments = {"candidate_id": "929ec103-b766-5a16-8927-b510963c1445", "note": "Wants to start in February."}
    same("editor", _explained("ashby_create_candidate_note", "") + _as_text(arguments))


def test_help_says_how_commands_end() -> None:
    with Person("--help") as person:
        assert person.leaves() == 0
        person.sees("Exit status: 0 done;", "3 a change waits for approval, or was not approved;", "130 interrupted.")


@pytest.mark.parametrize("block", re.findall(r"```text\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL))
def test_the_guide_shows_what_there_is_to_see(block: str) -> None:
    screens = [file.read_text("utf-8") for file in SCREENS.glob("*.txt")]
    assert any(block in screen for screen in screens), f"No screen has this in it:\n{block}"
