"""`call --all` and `call --json`: records for other programs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import command_line
import pytest
from command_line import COMMAND
from note_on_ada import environment
from person import CTRL_C, Person
from person import environment as clean

from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture(scope="module")
def large() -> Iterator[AshbySandbox]:
    with AshbySandbox(candidates=230) as sandbox:
        yield sandbox


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return command_line.run("call", *arguments, env=clean(**variables))


def test_all_pages_are_one_json_line_per_record(large: AshbySandbox) -> None:
    before = len(large.requests())
    ran = run("ashby_list_candidates", "--all", **environment(large))
    assert ran.returncode == 0, ran.stderr
    records = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {it["id"] for it in records} == {it["id"] for it in large.records("candidate")}
    assert len(records) == len(large.records("candidate")) > 200
    pages = [it["body"] for it in large.requests(before) if it["endpoint"] == "candidate.list"]
    assert len(pages) == 3
    said = ran.stderr.splitlines()
    assert said[0] == f"{len(records)} records, 3 pages." and said[1].startswith(
        'To list only later changes next time, add "'
    )
    token = json.loads(said[1].partition('"sync_token": ')[2].removesuffix("."))
    ran = run("ashby_list_candidates", json.dumps({"sync_token": token}), "--all", **environment(large))
    assert ran.stdout == "" and ran.stderr.startswith("0 records, 1 page.")


def test_in_a_terminal_all_shows_progress_and_can_be_stopped(large: AshbySandbox) -> None:
    large.fault("candidate.list", delay=1)
    with Person("call", "ashby_list_candidates", '{"limit": 10}', "--all", **environment(large)) as person:
        person.glimpses("Reading")
        person.glimpses("0:00:0")
        large.fault("candidate.list", times=50, delay=0.5)
        person.glimpses("records of ")
        person.presses(CTRL_C)
        person.sees("Interrupted: the list is incomplete:")
        assert person.leaves() == 130
    large.reset()


def test_a_failed_page_says_that_the_list_is_incomplete(large: AshbySandbox) -> None:
    large.fault("application.list", body=json.dumps({"success": False, "errors": ["next_cursor_expired"]}))
    ran = run("ashby_list_applications", "--all", **environment(large))
    assert ran.returncode == 1 and ran.stdout == ""
    assert "The list is incomplete: 0 records printed." in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("ashby_get_candidate", "--all"), 2, "ashby_get_candidate has no pages"),
        (("ashby_list_candidates", '{"limt": 5}', "--all"), 1, "limt: there is no such argument"),
        (("list_candidate",), 2, "Did you mean ashby_list_candidates"),
    ],
)
def test_it_says_what_is_wrong_with_how_it_was_called(
    large: AshbySandbox, arguments: tuple[str, ...], status: int, said: str
) -> None:
    ran = run(*arguments, **environment(large))
    assert ran.returncode == status
    assert said in ran.stderr and ran.stdout == ""


def test_records_as_json_hold_no_private_data(large: AshbySandbox) -> None:
    ran = run("ashby_list_jobs", '{"limit": 2}', "--json", **environment(large))
    assert ran.returncode == 0, ran.stderr
    jobs = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(jobs) == 2 and all(it["title"] for it in jobs)
    everything = run("ashby_list_jobs", "--all", **environment(large))
    assert "compensation" not in everything.stdout.lower()
    for said in (ran.stderr, everything.stderr):
        assert "Left out as private: fields (" in said


def test_records_as_json_come_with_what_the_text_says_below_them(large: AshbySandbox) -> None:
    ran = run("ashby_list_candidates", '{"limit": 100}', "--json", **environment(large))
    assert len(ran.stdout.splitlines()) == 100, "the text of so many would come in parts"
    assert ran.stderr.startswith("100 records; more: cursor=") and "part" not in ran.stderr


@pytest.mark.parametrize("how", ["--json", "--all"])
def test_records_as_json_hold_no_control_characters(how: str) -> None:
    name = "Zo\xeb \x9b2J\x7f\u202e"
    with AshbySandbox(candidates=1) as sandbox:
        known = environment(sandbox)
        made = run("ashby_create_candidate", json.dumps({"name": name}), "--yes", **known)
        assert made.returncode == 0, made.stderr
        ran = run("ashby_list_candidates", how, **known)
    assert ran.stdout.isascii() and "\x7f" not in ran.stdout
    assert name in [json.loads(line)["name"] for line in ran.stdout.splitlines()]


def test_a_closed_pipe_is_no_error(large: AshbySandbox) -> None:
    ran = subprocess.run(
        f"{COMMAND} call ashby_list_candidates --all | head -1",
        shell=True,
        capture_output=True,
        text=True,
        env=clean(**environment(large)),
        timeout=120,
    )
    assert json.loads(ran.stdout)["id"] and "Traceback" not in ran.stderr
