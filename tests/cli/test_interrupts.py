"""Ctrl-C: whatever is running, the state is left clean and the person knows the outcome."""

from __future__ import annotations

import json
import time

import pytest
from note_on_ada import SHOWN, WRITTEN, ada, environment, notes, proposes_a_note
from person import CTRL_C, Person
from provider import Provider

from langchain_ashby.demo.scripted import call, lines, say
from langchain_ashby.sandbox import AshbySandbox

MODEL = ("chat", "--model", "openai:gpt-scripted")


def test_ctrl_c_waits_for_a_change_and_shows_its_outcome(sandbox: AshbySandbox) -> None:
    with (
        Provider(proposes_a_note(sandbox)) as provider,
        Person(*MODEL, **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Who is Ada?")
        person.is_asked("Approve?")
        sandbox.fault("candidate.createNote", delay=3)
        person.types("a")
        person.glimpses(f"Add a note to {SHOWN}  1 s")  # the spinner shows the elapsed time
        person.presses(CTRL_C)
        person.sees("Finishing 1 change first.")
        person.sees(f"✓ Add a note to {SHOWN} done", "Interrupted.")
        person.is_asked("You:")
        assert notes(sandbox) == [WRITTEN]
        person.types("What became of it?")
        person.sees("Done as you said.")
        person.is_asked("You:")
        person.types("")
        assert person.leaves() == 0
    answers = [it["content"] for it in provider.requests[-1]["messages"] if it["role"] == "tool"]
    assert "Not executed" not in answers[-1]  # the model knows that it was made
    assert notes(sandbox) == [WRITTEN]


def test_a_second_ctrl_c_leaves_the_outcome_unknown_until_the_next_message(
    sandbox: AshbySandbox,
) -> None:
    with (
        Provider(proposes_a_note(sandbox)) as provider,
        Person(*MODEL, **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Who is Ada?")
        person.is_asked("Approve?")
        sandbox.fault("candidate.createNote", delay=5)
        person.types("a")
        person.glimpses(f"Add a note to {SHOWN}  1 s")
        person.presses(CTRL_C)
        person.sees("Finishing")
        person.presses(CTRL_C)
        person.sees(f"! The outcome is unknown: Add a note to {SHOWN}.")
        person.is_asked("You:")
        person.types("What became of it?")
        person.sees("Done as you said.")
        person.is_asked("You:")
        person.types("")
        assert person.leaves() == 0
    answers = [it["content"] for it in provider.requests[-1]["messages"] if it["role"] == "tool"]
    assert "Not executed" not in answers[-1]
    assert notes(sandbox) == [WRITTEN]


def test_ctrl_c_stops_slow_reads_at_once(sandbox: AshbySandbox) -> None:
    reads = [call("ashby_list_users"), call("ashby_list_jobs")]
    with (
        Provider(lines(say("I read.", *reads), "Well.")) as provider,
        Person(*MODEL, **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        for listed in ("user.list", "job.list"):
            sandbox.fault(listed, delay=30)
        person.types("Who is there?")
        person.glimpses("List users  1 s")
        pressed = time.monotonic()
        person.presses(CTRL_C)
        person.sees("Interrupted.")
        person.is_asked("You:")
        person.presses(CTRL_C)
        assert person.leaves() == 130
        assert time.monotonic() - pressed < 20
    assert "\x1b[?25h" in person.raw.rpartition("\x1b[?25l")[2]  # the cursor is visible again


def test_ctrl_c_at_a_question_ends_the_demo_with_a_sentence(sandbox: AshbySandbox) -> None:
    with Person("demo") as person:
        person.is_asked("Approve all 3, view, reject or later?")
        person.presses(CTRL_C)
        assert person.leaves() == 130
        person.sees("Interrupted.")
    assert "Traceback" not in person.seen


def test_ctrl_c_keeps_the_decisions_that_were_given_before(sandbox: AshbySandbox) -> None:
    writes = (call("ashby_create_candidate_note", candidate_id=ada(sandbox), note=it) for it in ("One.", "Two."))
    with (
        Provider(lines(say("Two notes.", *writes), "Thank you.")) as provider,
        Person(*MODEL, **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Go.")
        person.is_asked("Approve all 2, view, reject or later?")
        person.types("v")
        person.is_asked("Approve?")
        person.types("a")
        person.sees("Approve? a")
        person.is_asked("Approve?")
        person.types("e")
        person.is_asked("new value:")
        person.types("no id")
        person.is_asked("new value:")
        person.types("")
        person.is_asked("Add an argument (name, or Enter to finish):")
        person.types("")
        person.is_asked("Edit it again? [y/N]:")
        person.presses(CTRL_C)
        person.sees("1 of 2 changes are decided; none is made until all are.")
        person.sees("Interrupted.", "Open. Decide here with /review; a new message cancels it.")
        person.is_asked("You:")
        assert notes(sandbox) == []
        person.types("/review")
        person.is_asked("Approve the other one, view, reject or later?")
        person.types("a")
        person.sees("Thank you.")
        person.is_asked("You:")
        person.types("")
        assert person.leaves() == 0
    assert sorted(notes(sandbox)) == ["One.", "Two."]


def test_ctrl_c_at_the_question_of_call_changes_nothing_and_says_so(sandbox: AshbySandbox) -> None:
    arguments = json.dumps({"candidate_id": ada(sandbox), "note": WRITTEN})
    with Person("call", "ashby_create_candidate_note", arguments, **environment(sandbox)) as person:
        person.is_asked("Create candidate note? [y/N]:")
        person.presses(CTRL_C)
        assert person.leaves() == 130
        assert person.screen.splitlines()[-1] == "Interrupted: nothing was changed."
    assert notes(sandbox) == []


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_waits_for_a_write_of_call_and_twice_leaves_its_outcome_unknown(
    sandbox: AshbySandbox, presses: int
) -> None:
    arguments = json.dumps({"candidate_id": ada(sandbox), "note": WRITTEN})
    sandbox.fault("candidate.createNote", delay=4)
    with Person("call", "ashby_create_candidate_note", arguments, "--yes", **environment(sandbox)) as person:
        person.glimpses("Create candidate note  1 s")
        for _ in range(presses):
            person.presses(CTRL_C)
            person.sees("Finishing the change first.")
        assert person.leaves() == (0 if presses == 1 else 4)
        assert ("the change may have been made" in person.seen.replace("\n", " ")) == (presses == 2)
        assert "Traceback" not in person.seen
    deadline = time.monotonic() + 10
    while not notes(sandbox):  # made after the person has left; keep it out of the next test
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_call_reports_a_write_without_a_reply_as_unknown(sandbox: AshbySandbox) -> None:
    arguments = json.dumps({"candidate_id": ada(sandbox), "note": WRITTEN})
    sandbox.fault("candidate.createNote", drop="after")
    with Person("call", "ashby_create_candidate_note", arguments, "--yes", **environment(sandbox)) as person:
        person.sees("It is not known whether the change was made: look before you try it again.")
        assert person.leaves() == 4
    assert notes(sandbox) == [WRITTEN]


def test_ctrl_c_ends_a_read_of_call_at_once(sandbox: AshbySandbox) -> None:
    sandbox.fault("job.list", delay=30)
    with Person("call", "ashby_list_jobs", **environment(sandbox)) as person:
        person.glimpses("List jobs  1 s")
        person.presses(CTRL_C)
        pressed = time.monotonic()
        assert person.leaves() == 130
        assert time.monotonic() - pressed < 15
