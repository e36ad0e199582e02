"""Standard streams that are closed, or cannot be written: no traceback, and the exit status tells what happened."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest
from command_line import COMMAND
from note_on_ada import WRITTEN, ada, environment, notes
from person import environment as clean

from langchain_ashby.sandbox import AshbySandbox


def shell(command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"{COMMAND} {command}; exit ${{PIPESTATUS[0]}}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=clean(**variables),
        timeout=120,
    )


def writes_a_note(sandbox: AshbySandbox, candidate: str | None = None) -> str:
    arguments = json.dumps({"candidate_id": candidate or ada(sandbox), "note": WRITTEN})
    return f"call ashby_create_candidate_note {shlex.quote(arguments)}"


@pytest.mark.parametrize("command", ["tools <&-", "tools >&-", "demo <&- >&- 2>&-"])
def test_a_stream_that_is_closed_from_the_start_counts_as_empty(command: str) -> None:
    ran = shell(command)
    assert ran.returncode == 0 and "Traceback" not in ran.stderr, ran.stderr


def test_without_an_input_call_asks_no_one_and_changes_nothing(sandbox: AshbySandbox) -> None:
    ran = shell(f"{writes_a_note(sandbox)} <&-", **environment(sandbox))
    assert ran.returncode == 3 and "there is no terminal to ask in" in ran.stderr
    assert notes(sandbox) == []


@pytest.mark.parametrize("output", [">&-", ">/dev/full", "2>&1 | true"])
def test_a_change_that_was_made_is_a_success_although_its_answer_is_lost(sandbox: AshbySandbox, output: str) -> None:
    ran = shell(f"{writes_a_note(sandbox)} --yes {output}", **environment(sandbox))
    assert ran.returncode == 0 and "Traceback" not in ran.stderr, ran.stderr
    assert notes(sandbox) == [WRITTEN]


@pytest.mark.parametrize("output", [">&-", "| true"])
def test_a_change_that_was_refused_is_a_failure_although_its_answer_is_lost(sandbox: AshbySandbox, output: str) -> None:
    nobody = writes_a_note(sandbox, "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11")
    assert shell(f"{nobody} --yes {output}", **environment(sandbox)).returncode == 1


@pytest.mark.parametrize("output", ["2>/dev/full", "2>&1 | true"])
def test_a_change_that_may_have_been_made_is_told_although_no_one_reads_it(sandbox: AshbySandbox, output: str) -> None:
    sandbox.fault("candidate.createNote", drop="after")
    assert shell(f"{writes_a_note(sandbox)} --yes {output}", **environment(sandbox)).returncode == 4


def test_a_reason_that_no_one_reads_does_not_change_the_status() -> None:
    assert shell("call ashby_list_jobs '[]' 2>/dev/full").returncode == 2
    assert shell("call ashby_list_jobs 2>/dev/full").returncode == 1  # there is no key


def test_a_sandbox_whose_output_is_closed_stops_with_a_sentence() -> None:
    ran = shell("sandbox --port 0 | true")
    assert ran.returncode == 0
    assert ran.stderr == "Stopped: the output was closed.\n"
