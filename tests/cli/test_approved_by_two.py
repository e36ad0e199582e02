"""In the terminal: a second reviewer approves, a hold is stopped, and what is over is made."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import command_line
from note_on_ada import ada, environment, notes
from person import Person
from person import environment as clean

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import ApprovalPolicy, create_recruiting_agent
from langchain_ashby.cli.stores import open_database
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.sandbox import AshbySandbox

NOTE = "ashby_create_candidate_note"


def propose(sandbox: AshbySandbox, url: str, policy: ApprovalPolicy, *texts: str) -> None:
    """An application with a policy proposes notes in the thread `ada`."""
    candidates = [ada(sandbox), sandbox.records("candidate")[-1]["id"]]
    writes = [call(NOTE, candidate_id=who, note=it) for who, it in zip(candidates, texts, strict=False)]
    with AshbyClient(sandbox.api_key, sandbox.url) as client, open_database(url, create=True) as kept:
        model = ScriptedChatModel(script=lines(say("", *writes), "Done."))
        places: Any = {"checkpointer": kept.checkpointer, "store": kept.store}
        agent: Any = create_recruiting_agent(model, AshbyToolkit(client), policy=policy, **places)
        agent.invoke({"messages": [("user", "Go.")]}, {"configurable": {"thread_id": "ada"}})


def listed(kept: dict[str, str]) -> list[dict[str, Any]]:
    [line] = command_line.run("pending", "--json", env=clean(**kept)).stdout.splitlines()
    actions: list[dict[str, Any]] = json.loads(line)["actions"]
    return actions


def test_a_second_person_approves_in_the_terminal(sandbox: AshbySandbox, tmp_path: Path) -> None:
    kept = {"LANGCHAIN_ASHBY_STORE": f"sqlite:///{tmp_path}/chats.db"}
    propose(sandbox, kept["LANGCHAIN_ASHBY_STORE"], ApprovalPolicy(second_reviewer=[NOTE]), "One.")
    with Person("pending", "--reviewer", "Ben", **environment(sandbox), **kept) as person:
        person.is_asked("Approve?")
        person.sees("Two people have to approve it.")
        person.types("a")
        person.sees("Approved by Ben; a second reviewer has to approve.", "1 thread still open.")
        assert person.leaves() == 3
    with Person("pending", "--reviewer", "ben", **environment(sandbox), **kept) as person:
        person.is_asked("Approve?")
        person.types("a")
        person.sees("ben has already approved it; a second reviewer has to approve.", "1 thread still open.")
        assert person.leaves() == 3
    assert notes(sandbox) == []
    with Person("pending", "--reviewer", "Grace", **environment(sandbox), **kept) as person:
        person.is_asked("Approve?")
        person.types("a")
        person.sees("The agent will see this when the conversation resumes.")
        assert person.leaves() == 0
    assert notes(sandbox) == ["One."]
    assert "approve by Ben and Grace" in command_line.run("audit", env=clean(COLUMNS="200", **kept)).stdout


def test_a_held_change_is_stopped_or_made_in_the_terminal(sandbox: AshbySandbox, tmp_path: Path) -> None:
    kept = {"LANGCHAIN_ASHBY_STORE": f"sqlite:///{tmp_path}/chats.db"}
    policy = ApprovalPolicy(
        hold=lambda card: timedelta(hours=1) if card["args"]["note"] == "One." else timedelta(seconds=1)
    )
    propose(sandbox, kept["LANGCHAIN_ASHBY_STORE"], policy, "One.", "Two.")
    with Person("pending", "--reviewer", "Ben", **environment(sandbox), **kept) as person:
        person.is_asked("Approve all 2, view, reject or later?")
        person.types("a")
        person.sees("Approved by Ben; held until", "1 thread still open.")
        assert person.leaves() == 3
    ends = datetime.fromisoformat(listed(kept)[1]["held_until"])
    assert "Approved by Ben; held until" in command_line.run("pending", "--list", env=clean(**kept)).stdout
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
    with Person("pending", "--reviewer", "Grace", **environment(sandbox), **kept) as person:
        person.is_asked("View, reject or later?")
        person.types("v")
        person.is_asked("Approve?")
        person.types("l")
        person.sees("Proposed change 2 of 2")
        person.is_asked("Approve?")
        person.types("a")
        person.sees("1 thread still open.")
        assert person.leaves() == 3
    assert notes(sandbox) == ["Two."]
    with Person("pending", "--reviewer", "Linus", **environment(sandbox), **kept) as person:
        person.is_asked("Approve?")
        person.types("a")
        person.sees("it is held until", "1 thread still open.")
        assert person.leaves() == 3
    with Person("pending", "--reviewer", "Linus", **environment(sandbox), **kept) as person:
        person.is_asked("Approve?")
        person.types("r")
        person.is_asked("Reason (optional):")
        person.types("Not her.")
        person.sees("Their reason: Not her.")
        assert person.leaves() == 0
    assert notes(sandbox) == ["Two."]
    audit = command_line.run("audit", env=clean(COLUMNS="200", **kept)).stdout
    assert "approve by Ben, made by Grace" in audit and "reject by Linus" in audit
