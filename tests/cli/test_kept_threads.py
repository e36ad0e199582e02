"""Stored conversations: resumed the next day, their open changes decided by someone else."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import command_line
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from note_on_ada import ADA, SHOWN, WRITTEN, ada, environment, notes, proposes_a_note
from person import UP, Person
from person import environment as clean
from provider import Provider

from langchain_ashby.cli.stores import open_database
from langchain_ashby.demo.scripted import call, lines, say
from langchain_ashby.sandbox import AshbySandbox

MODEL = ("chat", "--model", "openai:gpt-scripted")


def run(*arguments: str, text: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return command_line.run(*arguments, text=text, env=clean(**variables))


def test_a_change_can_be_approved_the_next_day_by_someone_else(sandbox: AshbySandbox, tmp_path: Path) -> None:
    file = tmp_path / "chats.db"
    kept = {"LANGCHAIN_ASHBY_STORE": f"sqlite:///{file}"}
    with Provider(proposes_a_note(sandbox)) as provider:
        known = environment(sandbox) | provider.environment() | kept
        with Person(*MODEL, "--thread", "ada", **known) as person:
            person.is_asked("You:")
            person.sees("Thread: ada (resume with --thread ada)")
            person.types("Who is Ada?")
            person.is_asked("Approve?")
            person.types("l")
            person.sees("Saved. Decide here with /review or with `langchain-ashby pending`; a new message cancels it.")
            person.is_asked("You:")
            person.types("")
            assert person.leaves() == 3
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

        # Listing needs no key, no model and no terminal.
        listed = run("pending", **kept)
        assert listed.returncode == 3, listed.stderr
        assert "Thread ada, since " in listed.stdout and f"Add a note to {ADA}" in listed.stdout
        [line] = run("pending", "--json", **kept).stdout.splitlines()
        told = json.loads(line)
        assert told["thread"] == "ada" and told["actions"][0]["args"]["note"] == WRITTEN

        with Person("pending", "--reviewer", "Grace", **environment(sandbox), **kept) as person:
            person.is_asked("Approve?")
            person.sees("Thread ada ═", "Proposed change", WRITTEN)
            person.types("a")
            person.sees(f"✓ Add a note to {SHOWN} done", "The agent will see this when the conversation resumes.")
            assert person.leaves() == 0
        assert notes(sandbox) == [WRITTEN]
        assert run("pending", **kept).stdout == "No changes are waiting for approval.\n"
        assert "approve by Grace" in run("audit", COLUMNS="200", **kept).stdout

        with Person(*MODEL, "--thread", "ada", **known) as person:
            person.is_asked("You:")
            person.sees("You: Who is Ada?", "Agent: I propose a note.", "✓ Create candidate note done")
            person.presses(UP)
            person.is_asked("Who is Ada?")
            person.types("")
            person.sees("Done as you said.")
            assert "Search candidates" not in person.seen.partition("Done as you said.")[0].rpartition("You:")[2]
            person.is_asked("You:")
            person.types("")
            assert person.leaves() == 0
        answers = [it["content"] for it in provider.requests[-1]["messages"] if it["role"] == "tool"]
        assert "Not executed" not in answers[-1]  # the model knows that it was made
        assert notes(sandbox) == [WRITTEN]


def test_decisions_are_kept_when_other_changes_are_put_off(sandbox: AshbySandbox, tmp_path: Path) -> None:
    kept = {"LANGCHAIN_ASHBY_STORE": f"sqlite:///{tmp_path}/chats.db", **environment(sandbox)}
    writes = (call("ashby_create_candidate_note", candidate_id=ada(sandbox), note=it) for it in ("One.", "Two."))
    with Provider(lines(say("Two notes.", *writes), "Thank you.")) as provider:
        assert run(*MODEL, "--thread", "ada", text="Go.\n", **kept, **provider.environment()).returncode == 3
    with Person("pending", "--reviewer", "Grace", **kept) as person:
        person.is_asked("Approve all 2, view, reject or later?")
        person.types("v")
        person.is_asked("Approve?")
        person.types("a")
        person.sees("Approve? a")
        person.is_asked("Approve?")
        person.types("l")
        person.sees("1 of 2 changes are decided; none is made until all are.", "1 thread still open.")
        assert person.leaves() == 3
    assert notes(sandbox) == []
    with Person("pending", "--reviewer", "Linus", **kept) as person:
        person.is_asked("Approve all 2, view, reject or later?")  # Grace's decision is not attributed to him
        person.types("q")
        assert person.leaves() == 3
    with Person("pending", "--reviewer", "Grace", **kept) as person:
        person.is_asked("Approve the other one, view, reject or later?")
        person.sees(f"1 ✓ Add a note to {SHOWN} (approved)")
        person.types("r")
        person.is_asked("Reason (optional):")
        person.types("Once is enough.")
        person.sees("Their reason: Once is enough.")
        assert person.leaves() == 0
    assert notes(sandbox) == ["One."]


def test_pending_skips_a_thread_of_another_program_and_says_so(sandbox: AshbySandbox, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chats.db"
    with Provider(proposes_a_note(sandbox)) as provider:
        run(*MODEL, "--thread", "ada", "--store", url, text="Go.\n", **environment(sandbox), **provider.environment())
    with open_database(url, create=False) as database:
        other: Any = StateGraph(dict)
        other.add_node("ask", lambda _: {"answer": interrupt({"action_requests": 7})})
        other.add_edge(START, "ask")
        graph = other.compile(checkpointer=database.checkpointer)
        graph.invoke({"question": "?"}, {"configurable": {"thread_id": "foreign"}})
    ran = run("pending", "--store", url)
    assert ran.returncode == 3, ran.stderr
    assert ran.stderr == "Skipped thread foreign: it belongs to another program.\n"
    assert "Thread foreign" not in ran.stdout
    assert "Thread ada, since " in ran.stdout
    berlin = run("pending", "--store", url, TZ=":Europe/Berlin").stdout
    assert re.search(r"Thread ada, since .*, \d\d:\d\d CES?T\n", berlin)
    utc = run("pending", "--store", url, TZ="CET-1CEST")
    assert "TZ=CET-1CEST is not a name such as Europe/Berlin: times are in UTC.\n" in utc.stderr
    assert re.search(r"Thread ada, since .*, \d\d:\d\d UTC\n", utc.stdout)


def test_listing_sends_nothing_and_so_needs_no_good_base_url(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chats.db"
    with open_database(url, create=True):
        pass
    ran = run("pending", "--store", url, ASHBY_BASE_URL="nonsense")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_with_a_model_the_agent_continues_after_the_decision(sandbox: AshbySandbox, tmp_path: Path) -> None:
    kept = {"LANGCHAIN_ASHBY_STORE": f"sqlite:///{tmp_path}/chats.db"}
    with Provider(proposes_a_note(sandbox)) as provider:
        known = environment(sandbox) | provider.environment() | kept
        ran = run(*MODEL, text="Who is Ada?\n", **known)
        assert ran.returncode == 3, ran.stderr
        with Person("pending", "--model", "openai:gpt-scripted", **known) as person:
            person.is_asked("Approve?")
            person.types("r")
            person.is_asked("Reason (optional):")
            person.types("Too early.")
            person.sees("→", "Their reason: Too early.", "Done as you said.")
            assert person.leaves() == 0
    assert notes(sandbox) == []


def test_a_model_that_fails_after_the_decision_is_reported_in_one_line(sandbox: AshbySandbox, tmp_path: Path) -> None:
    kept = {"LANGCHAIN_ASHBY_STORE": f"sqlite:///{tmp_path}/chats.db"}
    with Provider(proposes_a_note(sandbox)) as provider:
        known = environment(sandbox) | provider.environment() | kept
        run(*MODEL, text="Who is Ada?\n", **known)
        provider.refusal = 401, "This key is not known."
        with Person("pending", "--model", "openai:gpt-scripted", **known) as person:
            person.is_asked("Approve?")
            person.types("a")
            person.sees("did not accept the key", "This key is not known")
            assert person.leaves() == 1
            assert "Traceback" not in person.seen
    assert notes(sandbox) == [WRITTEN]


def test_pending_creates_no_store_and_says_what_is_wrong(tmp_path: Path) -> None:
    ran = run("pending", "--store", f"sqlite:///{tmp_path}/none.db")
    assert ran.returncode == 1 and "There is no file" in ran.stderr
    assert list(tmp_path.iterdir()) == []
    assert run("pending").returncode == 2  # --store is required


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['langgraph.checkpoint.sqlite'] = None\n"
        f"sys.argv = ['langchain-ashby', 'chat', '--model', 'x', '--store', 'sqlite:///{tmp_path}/c.db']\n"
        "from langchain_ashby.cli import main; main()"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=clean(), timeout=120)
    assert ran.returncode == 1
    assert 'pip install "langchain-ashby[sqlite]"' in ran.stderr and "Traceback" not in ran.stderr
