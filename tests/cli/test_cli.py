"""The command line, run as a process, as its users run it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import command_line
import pytest
from command_line import COMMAND
from person import Person

from langchain_ashby import AshbyClient
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import BY_DEFAULT, OPERATIONS, SearchCandidates, SearchJobs
from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox() as running:
        yield running


def environment(**variables: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASHBY_")}
    return {**clean, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", **variables}


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return command_line.run(*arguments, env=environment(**variables))


def on(sandbox: AshbySandbox) -> dict[str, str]:
    return {"ASHBY_API_KEY": sandbox.api_key, "ASHBY_BASE_URL": sandbox.url}


def test_the_demo_runs_unattended_with_yes() -> None:
    ran = run("demo", "--yes")
    assert ran.returncode == 0, ran.stderr
    assert "the agent follows a script" in ran.stdout
    changed = ran.stdout.partition("Changes in the sandbox")[2]
    assert "Onsite → Offer" in changed
    assert "+ note" in changed
    assert "+ interviewSchedule" in changed
    assert "interviewEvents: 1 entry\n" in changed
    assert changed.count("Application Review → Archived") == 7


def test_the_demo_without_a_terminal_stops_at_the_first_approval_and_changes_nothing() -> None:
    ran = run("demo")
    assert ran.returncode == 0, ran.stderr
    assert "Waiting for approval" in ran.stdout
    assert "None." in ran.stdout.partition("Changes in the sandbox")[2]
    assert "--yes" in ran.stdout


def test_tools_lists_every_tool_with_access_and_permission() -> None:
    table = run("tools").stdout
    assert all(name in table for name in OPERATIONS)
    writes = sum(operation.access is Access.WRITE for operation in BY_DEFAULT.values())
    assert f"{len(BY_DEFAULT)} tools; {writes} of them write." in table
    rows = [json.loads(line) for line in run("tools", "--json").stdout.splitlines()]
    assert [row["name"] for row in rows] == list(OPERATIONS)
    assert rows[0] == {
        "name": "ashby_list_candidates",
        "access": "read",
        "on_request": False,
        "permissions": ["candidatesRead"],
        "toolset": "candidates",
        "endpoint": "candidate.list",
    }


def test_call_runs_a_tool_that_reads(sandbox: AshbySandbox) -> None:
    ran = run("call", "ashby_search_jobs", '{"title": "Staff Engineer"}', **on(sandbox))
    assert ran.returncode == 0, ran.stderr
    assert "Staff Engineer" in ran.stdout


def test_call_does_not_write_without_a_terminal_to_ask_in(sandbox: AshbySandbox) -> None:
    ran = run("call", "ashby_create_candidate", '{"name": "Grace Hopper"}', **on(sandbox))
    assert ran.returncode == 3
    assert "--yes" in ran.stderr
    with AshbyClient(sandbox.api_key, sandbox.url) as client:
        assert client.call(SearchCandidates(name="Grace Hopper")) == []


def test_call_writes_with_yes(sandbox: AshbySandbox) -> None:
    ran = run("call", "ashby_create_candidate", '{"name": "Barbara Liskov"}', "--yes", **on(sandbox))
    assert ran.returncode == 0, ran.stderr
    with AshbyClient(sandbox.api_key, sandbox.url) as client:
        assert len(client.call(SearchCandidates(name="Barbara Liskov"))) == 1


def test_call_asks_in_a_terminal_before_it_writes() -> None:
    with Person("call", "ashby_create_candidate", '{"name": "Radia Perlman"}', "--sandbox") as person:
        person.is_asked("Create candidate? [y/N]:")
        person.types("n")
        person.sees("Not approved")
        assert person.leaves() == 3


def test_call_takes_names_and_shows_the_ids_before_it_asks() -> None:
    arguments = json.dumps({"candidate_id": "ada lovelace", "tag_id": "fast track"})
    with Person("call", "ashby_add_candidate_tag", arguments, "--sandbox") as person:
        person.sees("“fast track” → ")
        person.is_asked("Add candidate tag? [y/N]:")
        person.types("y")
        person.sees("Done: Add candidate tag")
        assert person.leaves() == 0


def test_call_says_which_name_it_does_not_know(sandbox: AshbySandbox) -> None:
    arguments = json.dumps({"candidate_id": "ada lovelace", "tag_id": "fast trak"})
    ran = run("call", "ashby_add_candidate_tag", arguments, "--yes", **on(sandbox))
    assert ran.returncode == 1
    assert "tag_id: no tag is called “fast trak”. Similar: Fast track (id " in ran.stderr


def test_call_takes_names_for_all_pages(sandbox: AshbySandbox) -> None:
    ran = run("call", "ashby_list_applications", '{"job_id": "Staff Engineer"}', "--all", **on(sandbox))
    assert ran.returncode == 0, ran.stderr
    assert all(json.loads(it)["job"]["title"] == "Staff Engineer" for it in ran.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ashby_no_such_tool",), "no tool 'ashby_no_such_tool'"),
        (("ashby_list_jobs", "{"), "not JSON"),
        (("ashby_list_jobs", "[]"), "JSON object"),
        (("ashby_search_candidates", '{"name": "Ada", "name": "Kwame"}'), 'The arguments have "name" twice'),
        (("ashby_create_candidate", '{"location": {"city": "Bonn", "city": "Ulm"}}'), 'have "city" twice'),
    ],
)
def test_call_says_what_is_wrong_with_its_arguments(arguments: tuple[str, ...], said: str) -> None:
    ran = run("call", *arguments, ASHBY_API_KEY="k")
    assert ran.returncode == 2
    assert said in ran.stderr


def test_call_says_that_a_question_needs_a_mirror() -> None:
    ran = run("call", "ashby_find_applications", ASHBY_API_KEY="k")
    assert ran.returncode == 2
    assert "ashby_find_applications needs a mirror, which `call` cannot use." in ran.stderr


def test_call_refuses_a_write_with_all_before_it_asks() -> None:
    ran = run("call", "ashby_create_candidate", '{"name": "Grace Hopper"}', "--all", ASHBY_API_KEY="k")
    assert ran.returncode == 2
    assert ran.stderr == "ashby_create_candidate has no pages: --all is for listings.\n"


def test_call_refuses_invalid_arguments_before_it_asks() -> None:
    ran = run("call", "ashby_create_candidate", '{"nam": "Grace Hopper"}', ASHBY_API_KEY="k")
    assert ran.returncode == 1
    assert "nam: there is no such argument" in ran.stderr and "--yes" not in ran.stderr


@pytest.mark.parametrize("arguments", [("doctor",), ("call", "ashby_list_jobs"), ("chat", "--model", "openai:x")])
def test_a_bad_base_url_is_reported_in_one_line(arguments: tuple[str, ...]) -> None:
    ran = run(*arguments, ASHBY_API_KEY="k", ASHBY_BASE_URL="nonsense")
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1 and "The base URL 'nonsense' is not a web address" in ran.stderr


def test_what_the_tools_cost_does_not_depend_on_the_base_url() -> None:
    ran = run("tools", "--tokens", ASHBY_BASE_URL="nonsense")
    assert (ran.returncode, ran.stderr) == (0, "") and "ashby_list_jobs" in ran.stdout


@pytest.mark.parametrize("arguments", [("tools",), ("tools", "--json"), ("--help",), ("chat", "--help")])
def test_commands_import_only_what_they_need(arguments: tuple[str, ...]) -> None:
    program = (
        "import sys\nfrom langchain_ashby.cli import main\n"
        f"sys.argv = ['langchain-ashby', *{arguments!r}]\n"
        "try:\n    main()\n"
        "finally:\n    print(*sys.modules, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment())
    imported = set(ran.stderr.split())
    assert ran.returncode == 0 and "langchain_ashby.cli.app" in imported
    assert imported.isdisjoint({"langgraph", "langchain_core", "requests", "langchain_ashby.agent"})


@pytest.mark.parametrize("command", ["demo --yes", "call ashby_list_candidates --all --sandbox"])
def test_a_closed_output_ends_a_command_with_a_sentence(command: str) -> None:
    ran = subprocess.run(
        ["bash", "-c", f"{COMMAND} {command} | head -n 1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        env=environment(PYTHONUNBUFFERED="1"),
        timeout=120,
    )
    assert ran.returncode == 0
    assert ran.stdout.count("\n") == 1 and ran.stderr.endswith("Stopped: the output was closed.\n")
    assert "Traceback" not in ran.stderr


def test_call_fails_when_ashby_refuses(sandbox: AshbySandbox) -> None:
    nobody = "1f0c8a52-5b1e-4c3e-9d52-6c1f1c7a0b11"
    ran = run("call", "ashby_get_candidate", json.dumps({"candidate_id": nobody}), **on(sandbox))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "candidate_not_found" in ran.stderr


@pytest.mark.parametrize("how", [(), ("--json",)])
@pytest.mark.parametrize(
    ("arguments", "key", "said"),
    [('{"cursor": "nope"}', None, "invalid_next_cursor: "), ("{}", "wrong", "forbidden: This API key does not exist")],
)
def test_call_says_on_standard_error_why_it_failed(
    sandbox: AshbySandbox, arguments: str, key: str | None, said: str, how: tuple[str, ...]
) -> None:
    known = on(sandbox) | ({"ASHBY_API_KEY": key} if key else {})
    ran = run("call", "ashby_list_jobs", arguments, *how, **known)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(said)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("doctor",), 1),
        (("mirror", "sync", "--mirror", "sqlite:///mirror.db"), 1),
        (("inbox", "--store", "sqlite:///chats.db"), 1),
        (("audit", "--store", "foo"), 1),
        (("chat", "--sandbox", "--model", "foo"), 1),
        (("audit",), 2),
        (("mirror", "status", "--mirror", "foo"), 2),
    ],
)
def test_the_exit_status_is_as_documented(arguments: tuple[str, ...], status: int) -> None:
    ran = run(*arguments)
    assert (ran.returncode, ran.stdout) == (status, ""), ran.stderr


def test_a_malformed_key_is_wrong_configuration() -> None:
    ran = run("call", "ashby_list_jobs", ASHBY_API_KEY="k\xe9y")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "characters that no key has" in ran.stderr


def test_help_says_that_a_missing_key_is_a_failure() -> None:
    said = " ".join(run("--help").stdout.split())
    assert "1 failed, there is no key, or the store or model cannot be used; 2 wrong usage or settings;" in said


def test_without_a_key_it_says_where_to_make_one() -> None:
    ran = run("call", "ashby_list_jobs")
    assert ran.returncode == 1
    assert "ASHBY_API_KEY" in ran.stderr
    assert "Admin > Integrations > API Keys" in ran.stderr


def test_doctor_is_content_with_a_key_that_may_do_everything(sandbox: AshbySandbox) -> None:
    ran = run("doctor", **on(sandbox))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "NO" not in ran.stdout.split()


def test_doctor_fails_when_reads_are_refused_and_says_what_to_grant(sandbox: AshbySandbox) -> None:
    key = sandbox.add_key(permissions=["jobsRead", "apiKeysRead"])
    ran = run("doctor", ASHBY_API_KEY=key, ASHBY_BASE_URL=sandbox.url)
    assert ran.returncode == 1
    assert "Some reads are refused: grant candidatesRead" in ran.stdout
    writes = [it for it in BY_DEFAULT.values() if it.access is Access.WRITE]
    assert f"All {len(writes)} tools that write would be refused" in ran.stdout


@pytest.mark.parametrize("granted", [["apiKeysRead"], ["apiKeysRead", "jobsWrite"], []])
def test_doctor_is_content_with_read_permissions_and_says_which_writes_are_refused(
    sandbox: AshbySandbox, granted: list[str]
) -> None:
    key = sandbox.add_key(permissions=[*READS, *granted])
    ran = run("doctor", ASHBY_API_KEY=key, ASHBY_BASE_URL=sandbox.url)
    assert ran.returncode == 0, ran.stdout
    assert "✓ Reads work." in ran.stdout and "✗ Some" not in ran.stdout
    if "apiKeysRead" not in granted:
        assert "Grant apiKeysRead to have write permissions checked too" in ran.stdout
    elif "jobsWrite" in granted:
        refused = ran.stdout.partition("Writes that would be refused: ")[2]
        assert "ashby_create_candidate_note" in refused and "ashby_create_job" not in refused
    else:
        assert "would be refused: use read_only=True" in ran.stdout


READS = [
    "candidatesRead",
    "hiringProcessMetadataRead",
    "interviewsRead",
    "jobsRead",
    "offersRead",
    "organizationRead",
]


def test_doctor_tries_the_reads_when_the_key_cannot_read_its_own_permissions(sandbox: AshbySandbox) -> None:
    key = sandbox.add_key(permissions=["jobsRead"])
    ran = run("doctor", ASHBY_API_KEY=key, ASHBY_BASE_URL=sandbox.url)
    assert ran.returncode == 1
    assert "Grant apiKeysRead" in ran.stdout
    assert "? unknown" in ran.stdout


@pytest.mark.parametrize(("key", "url", "said"), [("wrong", None, "forbidden"), ("k", "http://127.0.0.1:9", "unreach")])
def test_doctor_says_that_a_key_or_a_connection_is_wrong(
    sandbox: AshbySandbox, key: str, url: str | None, said: str
) -> None:
    ran = run("doctor", ASHBY_API_KEY=key, ASHBY_BASE_URL=url or sandbox.url)
    assert ran.returncode == 1
    assert said in ran.stdout


def test_the_sandbox_says_where_it_is_and_stops_when_told() -> None:
    with command_line.Piped("sandbox", "--api-key", "open-sesame", "--candidates", "30", env=environment()) as server:
        ready = json.loads(server.stdout.readline())
        assert ready["api_key"] == "open-sesame"
        with AshbyClient(ready["api_key"], ready["url"]) as client:
            assert client.call(SearchJobs(title="Staff Engineer"))
        server.send_signal(signal.SIGTERM)
        server.communicate(20)
        assert server.returncode == 0


def test_two_sandboxes_cannot_share_a_port(sandbox: AshbySandbox) -> None:
    ran = run("sandbox", "--port", sandbox.url.rpartition(":")[2])
    assert ran.returncode == 1
    assert "cannot listen" in ran.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "99999"])
def test_the_sandbox_refuses_a_port_that_cannot_be(port: str) -> None:
    ran = run("sandbox", "--port", port)
    assert ran.returncode == 2
    assert "Invalid value for '--port'" in ran.stderr and "Traceback" not in ran.stderr


def test_chat_says_what_to_install_for_a_model() -> None:
    ran = run("chat", "--sandbox", "--model", "no-such-provider:some-model")
    assert ran.returncode == 1
    assert "no-such-provider" in ran.stderr.replace("_", "-")
