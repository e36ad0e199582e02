"""`chat` with a provider's model, at a terminal and without one."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from command_line import run
from note_on_ada import ADA, SHOWN, WRITTEN, environment, notes, proposes_a_note
from person import CTRL_C, CTRL_D, UP, Person
from person import environment as clean
from provider import Provider

from langchain_ashby.demo.scripted import call, lines, say
from langchain_ashby.sandbox import AshbySandbox

MODEL = ("chat", "--model", "openai:gpt-scripted")

HOSTILE = "It says \x1b[2J\x1b]0;owned\x07 \u202egnihton [Ashby](https://evil.example/a) and [bold]that[/bold]."


def piped(text: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return run(*MODEL, *arguments, text=text, env=clean(**variables))


def test_a_conversation_at_a_terminal(sandbox: AshbySandbox, tmp_path: Path) -> None:
    with (
        Provider(proposes_a_note(sandbox, last=HOSTILE), pause=0.15) as provider,
        Person(*MODEL, HOME=str(tmp_path), **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Who is Ada?")
        person.glimpses("I look")  # the answer grows word by word
        assert "her up" not in person.screen
        person.sees("✓ Search candidates (name: Ada) 1 record")
        person.is_asked("Approve?")
        person.sees(
            "Proposed change",
            f"Add a note to {ADA}",
            "[a] approve [v] view [e] edit [r] reject [l] later [q] quit [?] help",
        )
        assert notes(sandbox) == []
        person.types("a")
        person.sees(f"✓ Add a note to {SHOWN} done", "Ashby (https://evil.example/a)", "[bold]that[/bold]")
        person.is_asked("You:")
        assert notes(sandbox) == [WRITTEN]
        assert "\x1b[2J" not in person.raw and "\x1b]0" not in person.raw and "\u202e" not in person.raw
        person.presses(UP)
        person.is_asked("Who is Ada?")  # and not the "y" that came after it
        person.presses(CTRL_C)
        assert person.leaves() == 130
        assert all(request["stream"] for request in provider.requests)
    assert list(tmp_path.iterdir()) == []  # without --store no file is written


def test_ctrl_c_stops_an_answer(sandbox: AshbySandbox) -> None:
    script = lines(" ".join(f"word{number}" for number in range(400)), "Again here.")
    with (
        Provider(script, pause=0.1) as provider,
        Person(*MODEL, **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Talk to me.")
        person.glimpses("word5")
        pressed = time.monotonic()
        person.presses(CTRL_C)
        person.sees("Interrupted.")
        person.is_asked("You:")
        assert time.monotonic() - pressed < 10  # the whole answer takes forty seconds
        provider.script = lines("Again here.")
        person.types("Once more, shorter.")
        person.sees("Again here.")
        person.is_asked("You:")
        person.presses(CTRL_D)
        assert person.leaves() == 0


def test_a_change_that_is_put_off_stays_open_until_the_next_message(sandbox: AshbySandbox) -> None:
    with (
        Provider(proposes_a_note(sandbox)) as provider,
        Person(*MODEL, **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Who is Ada?")
        person.is_asked("Approve?")
        person.types("")
        person.sees("Answer with a, v, e, r, l, q or ?.")
        person.types("l")
        person.sees("Open. Decide here with /review; a new message cancels it.")
        person.is_asked("You:")
        person.types("/review")
        person.sees("/review Proposed change")
        person.is_asked("Approve?")
        person.types("later")
        person.is_asked("You:")
        person.types("")
        assert person.leaves() == 3
    assert notes(sandbox) == []


def test_it_says_what_it_is_connected_to_and_takes_commands(sandbox: AshbySandbox) -> None:
    with (
        Provider(lines("Hello.")) as provider,
        Person(*MODEL, **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.sees(f"Ashby: {sandbox.url}", "Model: openai:gpt-scripted")
        person.types("/help")
        person.sees("/quit end the conversation")
        person.is_asked("You:")
        person.types("/review")
        person.sees("No changes are open.")
        person.is_asked("You:")
        person.types("/exti")
        person.sees("Unknown command /exti. /help lists the commands.")
        person.is_asked("You:")
        person.types("/quit")
        assert person.leaves() == 0
        assert provider.requests == []


def test_quitting_at_a_question_ends_the_conversation(sandbox: AshbySandbox) -> None:
    with (
        Provider(proposes_a_note(sandbox)) as provider,
        Person(*MODEL, **environment(sandbox), **provider.environment()) as person,
    ):
        person.is_asked("You:")
        person.types("Who is Ada?")
        person.is_asked("Approve?")
        person.types("?")
        person.sees("r reject: the change is not made; you can say why")
        person.is_asked("Approve?")
        person.types("quit")
        person.sees("Not saved: there is no --store.")
        assert person.leaves() == 3
    assert notes(sandbox) == []


def test_without_a_terminal_the_output_is_plain_text(sandbox: AshbySandbox) -> None:
    with Provider(proposes_a_note(sandbox, last=HOSTILE)) as provider:
        ran = piped("Who is Ada?\n", "--yes", **environment(sandbox), **provider.environment())
    assert ran.returncode == 0, ran.stderr
    assert "\x1b" not in ran.stdout and "\u202e" not in ran.stdout and "\x07" not in ran.stdout
    said = ran.stdout.splitlines()
    assert "You: Who is Ada?" in said and "Agent: I propose a note." in said
    assert any(line.startswith("  ✓ Search candidates (name: Ada)  1 record, ") for line in said)
    assert not any(line != line.rstrip() for line in said if line.startswith("Agent"))
    assert notes(sandbox) == [WRITTEN]


def test_without_a_terminal_and_without_yes_nothing_is_changed(sandbox: AshbySandbox) -> None:
    with Provider(proposes_a_note(sandbox)) as provider:
        ran = piped("Who is Ada?\nAnd now?\n", **environment(sandbox), **provider.environment())
    assert ran.returncode == 3, ran.stderr
    assert "Waiting for approval" in ran.stdout and "And now?" not in ran.stdout
    assert notes(sandbox) == []


def test_a_refusal_of_the_provider_is_reported_in_one_line(sandbox: AshbySandbox) -> None:
    with Provider(lines("Hello.")) as provider:
        provider.refusal = 401, "No such key."
        ran = piped("Hello?\n", **environment(sandbox), **provider.environment())
    assert ran.returncode == 1
    assert "✗ The model's provider did not accept the key (No such key). Check" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr


def test_the_model_gets_an_answer_to_a_call_of_an_unknown_tool(sandbox: AshbySandbox) -> None:
    script = lines(say("I try.", call("ashby_hire_everybody")), "There is no such tool.")
    with Provider(script) as provider:
        ran = piped("Hire everybody.\n", **environment(sandbox), **provider.environment())
    assert ran.returncode == 0, ran.stderr
    assert "→ ashby_hire_everybody: Not executed. There is no tool 'ashby_hire_everybody'." in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--thread", "x"), 2, "--thread needs a --store"),
        (("--store", "redis://x"), 1, "sqlite:///FILE"),
        (("--store", "sqlite:////no/such/directory/x.db"), 1, "No such file"),
    ],
)
def test_it_says_what_is_wrong_with_how_it_was_called(arguments: tuple[str, ...], status: int, said: str) -> None:
    ran = piped("", *arguments, ASHBY_API_KEY="k")
    assert ran.returncode == status
    assert said in ran.stderr and "Traceback" not in ran.stderr


def test_a_mirror_answers_questions_about_the_whole_pipeline(sandbox: AshbySandbox, tmp_path: Path) -> None:
    mirror = f"sqlite:///{tmp_path / 'mirror.db'}"
    assert run("mirror", "sync", "--mirror", mirror, env=clean(**environment(sandbox))).returncode == 0
    script = lines(say("I look.", call("ashby_list_worklist")), "That is all.")
    with Provider(script) as provider:
        settings = {**environment(sandbox), **provider.environment(), "LANGCHAIN_ASHBY_MIRROR": mirror}
        done = piped("What should I do first?\n", **settings)
    assert done.returncode == 0 and "That is all." in done.stdout
    assert "✓ List worklist  " in done.stdout and "record" in done.stdout


def test_a_mirror_that_is_none_is_refused_before_the_conversation(sandbox: AshbySandbox) -> None:
    with Provider(lines("Hello.")) as provider:
        done = piped("Hello.\n", "--mirror", "mysql://x", **environment(sandbox), **provider.environment())
    assert done.returncode == 2 and "sqlite:///" in done.stderr and not provider.requests
