"""Candidates' names and addresses never reach the logs, at any level and after any failure."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from langgraph.types import Command

from langchain_ashby import AshbyClient, AshbyError, AshbyToolkit
from langchain_ashby.agent import ApprovalPolicy, create_recruiting_agent
from langchain_ashby.demo.afternoon import recruiters_afternoon
from langchain_ashby.demo.scripted import ScriptedChatModel
from langchain_ashby.endpoints import CreateCandidate
from langchain_ashby.sandbox import AshbySandbox

CONTACTS = ("emailAddresses", "phoneNumbers")


def people(sandbox: AshbySandbox) -> set[str]:
    """Names, addresses and phone numbers of all candidates."""
    found = set()
    for candidate in sandbox.records("candidate"):
        found |= {candidate["name"], *(contact["value"] for kind in CONTACTS for contact in candidate[kind])}
    return found


def talks_too_much(card: Any) -> Any:
    raise ValueError(f"I do not like {card['line']}: {card}")


def says_nonsense(card: Any) -> Any:
    return card["line"]


def test_names_and_addresses_are_in_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rules = {"ashby_change_application_stage": talks_too_much, "ashby_create_candidate_note": says_nonsense}
    with (
        caplog.at_level(logging.DEBUG),
        AshbySandbox() as sandbox,
        AshbyClient(sandbox.api_key, sandbox.url, timeout=5, max_retries=0, upload_dirs=[tmp_path]) as client,
    ):
        toolkit = AshbyToolkit(client, private=["client", "surveys", "fields", "compensation"])
        model = ScriptedChatModel(script=recruiters_afternoon)
        graph: Any = create_recruiting_agent(model, toolkit, policy=ApprovalPolicy(rules))
        config = {"configurable": {"thread_id": "1"}}
        result = graph.invoke({"messages": [{"role": "user", "content": "Go."}]}, config)
        # Half of the proposed writes fail in Ashby in some way.
        sandbox.fault("candidate.createNote", status=500)
        sandbox.fault("interviewSchedule.create", drop="after")
        while interrupts := result.get("__interrupt__"):
            decisions = [{"type": "approve"} for _ in interrupts[0].value["action_requests"]]
            result = graph.invoke(Command(resume={"decisions": decisions}), config)
        names = people(sandbox)
        for name in sorted(names)[:5]:
            for fault in ({"status": 500}, {"body": f"<html>{name}"}, {"drop": "before"}, {"status": 429}):
                sandbox.fault("candidate.create", **fault)
                with pytest.raises(AshbyError):
                    client.call(CreateCandidate(name=name))
            for tool in toolkit.get_tools()[:4]:
                tool.invoke(
                    {"type": "tool_call", "id": "1", "name": tool.name, "args": {"name": name, "invented": name}}
                )
    messages = " ".join(str(message.content) for message in result["messages"])
    assert any(name in messages for name in names), "nobody was talked about"
    ours = [record for record in caplog.records if record.name.startswith(("langchain_ashby", "urllib3"))]
    assert sum("approval policy's rule" in record.getMessage() for record in ours) >= 2
    for record in ours:
        said = f"{record.getMessage()} {record.args} {record.exc_text} {logging.Formatter().format(record)}"
        assert not [name for name in names if name in said], record.name
