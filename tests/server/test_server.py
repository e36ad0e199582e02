"""The agent on a real `langgraph dev`, over its SDK and as a RemoteGraph, through `kill -9` and a new start.

Ashby is a sandbox outside the server, so that its requests before and after can be counted.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jsonschema
import pytest
from langgraph.pregel.remote import RemoteGraph
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command
from langgraph_sdk import get_sync_client

from langchain_ashby.agent import Context, audit_trail
from langchain_ashby.sandbox import AshbySandbox

from browsing import approve, browser, until, waiting  # isort: skip
from openid_provider import CLIENT, SECRET, Provider, provider  # isort: skip
from serving import Server, serving, why_not  # isort: skip

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

GRAPH, GRACE = "recruiting_agent", "grace@example.com"
GO: Any = {"messages": [{"role": "user", "content": "Who is next?"}]}
APPROVE = {"type": "approve"}
REJECT = {"type": "reject", "message": "Not now."}
STAGE, NOTE, INTERVIEW = "application.changeStage", "candidate.createNote", "interviewSchedule.create"


@dataclass
class Person:
    """A person with a token, and the Ashby user that they act as."""

    token: str
    identity: str
    ashby_user_id: str | None = None

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def client(self, server: Server) -> Any:
        return get_sync_client(url=server.url, headers=self.headers(), timeout=60)

    def run(self, server: Server, thread: str, **what: Any) -> Any:
        """Runs the agent in a thread until it finishes or asks."""
        client = self.client(server)
        return client.runs.wait(thread, GRAPH, if_not_exists="create", durability="sync", **what)

    def decide(self, server: Server, thread: str, *decisions: dict[str, Any], **what: Any) -> Any:
        return self.run(server, thread, command={"resume": {"decisions": list(decisions)}}, **what)


def thread() -> str:
    return str(uuid4())


def asked(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The actions in the agent's question; asserts that they have everything a chat interface needs."""
    [interrupt] = result["__interrupt__"]
    request = interrupt["value"]
    assert [it["action_name"] for it in request["review_configs"]] == [it["name"] for it in request["action_requests"]]
    for action, config in zip(request["action_requests"], request["review_configs"], strict=True):
        assert config["allowed_decisions"] == ["approve", "edit", "reject", "respond"]
        assert isinstance(action["args"], dict)
        assert action["description"].startswith("**")
        assert action["card"]["args"] == action["args"]
    return list(request["action_requests"])


def answers(result: dict[str, Any]) -> list[str]:
    """The outcomes of the writes, in the order they were proposed."""
    told = {it["tool_call_id"]: it["content"] for it in result["messages"] if it["type"] == "tool"}
    proposing = [it for it in result["messages"] if it.get("tool_calls")][-1]
    return [told[call["id"]] for call in proposing["tool_calls"]]


def sent(sandbox: AshbySandbox, endpoint: str, since: int = 0) -> list[str | None]:
    """The users that an endpoint was called for."""
    return [it["on_behalf_of"] for it in sandbox.requests()[since:] if it["endpoint"] == endpoint]


def test_the_agent_on_a_server_asks_and_writes_once_even_if_the_server_is_killed(tmp_path: Path) -> None:
    with AshbySandbox() as sandbox, provider() as company:
        users = [it["id"] for it in sandbox.records("user") if it["isEnabled"]]
        cy, di = Person("c" * 20, "cy@example.org", users[0]), Person("d" * 20, "di@example.org")
        environment = {
            "ASHBY_API_KEY": sandbox.api_key,
            "ASHBY_BASE_URL": sandbox.url,
            "AGENT_PEOPLE": json.dumps(
                {it.token: {"identity": it.identity, "ashby_user_id": it.ashby_user_id} for it in (cy, di)}
            ),
            "INBOX_URL": "{url}/inbox",
            "INBOX_ISSUER": company.url,
            "INBOX_CLIENT_ID": CLIENT,
            "INBOX_CLIENT_SECRET": SECRET,
            "INBOX_PEOPLE": json.dumps({GRACE: ["reviewer"]}),
        }
        with serving(tmp_path, environment) as server:
            it_says_what_it_takes(server, di)
            it_lets_nobody_else_in(server, di)
            it_refuses_settings_that_the_application_does_not_allow(server, di, sandbox, users[1])
            approve_edit_and_reject_arrive_over_the_sdk(server, cy, sandbox)
            a_remote_graph_asks_and_is_answered(server, di, sandbox)
            someone_else_approves_in_the_inbox(server, cy, sandbox, company)
            waiting = an_open_question(server, di)
            dying = a_write_whose_reply_never_comes(server, cy, sandbox)
            server.kill()
        with serving(tmp_path, environment) as server:
            the_broken_off_write_is_told_and_not_made_again(server, cy, sandbox, dying)
            the_open_question_is_still_there_and_takes_its_answer(server, di, sandbox, waiting)
            server.kill()
        the_audit_trail_knows_who_decided(tmp_path, cy, di, dying)
        assert {it.stat().st_mode & 0o077 for it in tmp_path.rglob("langchain-ashby.db*")} == {0}


def it_says_what_it_takes(server: Server, person: Person) -> None:
    schemas = person.client(server).assistants.get_schemas(
        person.client(server).assistants.search(graph_id=GRAPH)[0]["assistant_id"]
    )
    for name in ("input_schema", "output_schema", "state_schema", "context_schema"):
        jsonschema.Draft202012Validator.check_schema(schemas[name])
    assert schemas["input_schema"]["properties"].keys() == {"messages"}
    assert schemas["output_schema"]["properties"].keys() == {"messages"}
    assert schemas["state_schema"]["properties"].keys() >= {"messages", "proposals", "approvals", "edits", "problem"}
    settings = schemas["context_schema"]
    assert settings["properties"].keys() == Context.model_fields.keys()
    assert "offers" in settings["properties"]["toolsets"]["items"]["enum"]
    for form in settings["properties"].values():
        assert isinstance(form["type"], str), "a form needs one type"
        assert form["title"] and form["description"]


def it_lets_nobody_else_in(server: Server, person: Person) -> None:
    # LangSmith Studio's header would let anyone in if the configuration allowed it.
    studio = {"x-auth-scheme": "langsmith"}
    for headers in (studio, {**studio, "Authorization": "Bearer nobody's"}):
        sent = {"assistant_id": GRAPH, "input": GO, "if_not_exists": "create"}
        reply = httpx.post(f"{server.url}/threads/{thread()}/runs/wait", json=sent, headers=headers)
        assert reply.status_code in (401, 403)
    with pytest.raises(httpx.HTTPStatusError, match="Unauthorized"):
        Person("x" * 20, "x").run(server, thread(), input=GO)
    with pytest.raises(httpx.HTTPStatusError, match="Not Found"):
        person.client(server).store.search_items(["langchain_ashby"])
    own = thread()
    person.client(server).threads.create(thread_id=own, graph_id=GRAPH)
    with pytest.raises(httpx.HTTPStatusError, match="Forbidden"):
        person.client(server).threads.update_state(own, {"approvals": []})
    for command in ({"goto": {"node": "writes", "input": {}}}, {"resume": {}, "update": {"approvals": []}}):  # type: ignore[var-annotated]
        with pytest.raises(httpx.HTTPStatusError, match="Forbidden"):
            person.run(server, own, command=command)
    claim = {"type": "tool", "tool_call_id": "1", "content": "Successfully handled tool call."}
    for messages in ([claim], [claim, *GO["messages"]]):
        with pytest.raises(httpx.HTTPStatusError, match="Forbidden"):
            person.run(server, own, input={"messages": messages})


def it_refuses_settings_that_the_application_does_not_allow(
    server: Server, person: Person, sandbox: AshbySandbox, user: str
) -> None:
    before = len(sandbox.requests())
    for context, problem in [
        ({"model": "a:b"}, "there is no model 'a:b' that a run may choose. Did you mean default?"),
        ({"on_behalf_of": user}, "the application does not let runs act for this user"),
    ]:
        with pytest.raises(Exception, match="SettingsError") as refused:
            person.run(server, thread(), input=GO, context=context)
        assert problem in str(refused.value)
    assert len(sandbox.requests()) == before
    result = person.run(server, thread(), input=GO, context={"toolsets": ["candidates"]})
    assert any("There is no tool 'ashby_search_jobs'" in str(it["content"]) for it in result["messages"])
    assert [it["endpoint"] for it in sandbox.requests()[before:]] == ["apiKey.info"]


def approve_edit_and_reject_arrive_over_the_sdk(server: Server, person: Person, sandbox: AshbySandbox) -> None:
    before, conversation = len(sandbox.requests()), thread()
    result = person.run(server, conversation, input=GO)
    assert "I'm a scripted model" in result["messages"][1]["content"]
    _, note, _ = asked(result)
    [question] = result["__interrupt__"]
    assert question["value"]["request_id"] == question["id"]
    with pytest.raises(Exception, match="answer is not for the question"):
        person.run(server, conversation, command={"resume": {"0" * 32: {"decisions": [APPROVE] * 3}}})
    stale = {"request_id": "0" * 32, "decisions": [APPROVE] * 3}
    again = person.run(server, conversation, command={"resume": stale})
    assert "for another request" in again["__interrupt__"][0]["value"]["problem"]
    assert sent(sandbox, STAGE, before) == []
    edit = {"name": note["name"], "args": {**note["args"], "note": "As Cy would say it."}}
    result = person.decide(server, conversation, APPROVE, {"type": "edit", "edited_action": edit}, REJECT)
    moved, noted, declined = answers(result)
    assert "Offer" in moved
    assert noted.startswith("Executed as edited by a person.")
    assert declined == "Not executed. A person rejected this call. Their reason: Not now."
    assert sent(sandbox, STAGE, before) == sent(sandbox, NOTE, before) == [person.ashby_user_id]
    assert sent(sandbox, INTERVIEW, before) == []
    assert {it["on_behalf_of"] for it in sandbox.requests()[before:]} == {person.ashby_user_id}
    assert sum("As Cy would say it." in str(it) for it in sandbox.records("note")) == 1


def a_remote_graph_asks_and_is_answered(server: Server, person: Person, sandbox: AshbySandbox) -> None:
    before = len(sandbox.requests())
    graph = RemoteGraph(GRAPH, url=server.url, headers=person.headers())
    config: Any = {"configurable": {"thread_id": thread()}}
    result = graph.invoke(GO, config, context={"reviewer": "Somebody else"}, durability="sync")
    actions = asked(result)
    result = graph.invoke(
        Command(resume={"decisions": [REJECT, APPROVE, REJECT]}), config, context={"reviewer": "Somebody else"}
    )
    assert len(actions) == len(answers(result)) == 3
    assert [it.startswith("Not executed.") for it in answers(result)] == [True, False, True]
    assert (sent(sandbox, STAGE, before), sent(sandbox, NOTE, before)) == ([], [None])


def someone_else_approves_in_the_inbox(
    server: Server, person: Person, sandbox: AshbySandbox, company: Provider
) -> None:
    """The write is made for the user of the person who asked, and the reviewer is who approved it."""
    before, conversation, inbox = len(sandbox.requests()), thread(), f"{server.url}/inbox"
    asked(person.run(server, conversation, input=GO))
    with browser() as there:
        assert there.get(f"{inbox}/", headers=person.headers()).url.path == "/inbox/sign-in"
        assert GRACE in there.get(f"{inbox}/sign-in/start").text
        addresses = waiting(there, inbox, 3)
        assert [approve(there, it) for it in addresses] == [200] * 3
        until(lambda: person.client(server).threads.get(conversation)["status"] == "idle", within=60)
    assert [sent(sandbox, it, before) for it in (STAGE, NOTE, INTERVIEW)] == [[person.ashby_user_id]] * 3
    assert company.problems == []


def an_open_question(server: Server, person: Person) -> str:
    conversation = thread()
    asked(person.run(server, conversation, input=GO))
    return conversation


def a_write_whose_reply_never_comes(server: Server, person: Person, sandbox: AshbySandbox) -> str:
    """Waits until the change is in Ashby while the server still awaits the reply."""
    conversation, before = thread(), len(sandbox.requests())
    asked(person.run(server, conversation, input=GO))
    sandbox.fault(STAGE, drip_head=60)
    person.client(server).runs.create(
        conversation,
        GRAPH,
        command={"resume": {"decisions": [APPROVE, REJECT, REJECT]}},
        durability="sync",
    )
    deadline = time.monotonic() + 30
    while not sent(sandbox, STAGE, before):
        assert time.monotonic() < deadline, "the write did not come"
        time.sleep(0.05)
    return conversation


def the_broken_off_write_is_told_and_not_made_again(
    server: Server, person: Person, sandbox: AshbySandbox, conversation: str
) -> None:
    before = len(sandbox.requests())
    result = person.run(server, conversation, input=None)
    assert "__interrupt__" not in result
    moved, *_ = answers(result)
    assert moved.startswith("Executed. The run was interrupted while this approved call was being made.")
    assert sent(sandbox, STAGE, before) == []


def the_open_question_is_still_there_and_takes_its_answer(
    server: Server, person: Person, sandbox: AshbySandbox, conversation: str
) -> None:
    before = len(sandbox.requests())
    result = person.decide(server, conversation, REJECT, REJECT, APPROVE)
    assert [it.startswith("Not executed.") for it in answers(result)] == [True, True, False]
    again = person.run(server, conversation, input=None)
    assert answers(again) == answers(result)
    assert sent(sandbox, INTERVIEW, before) == [None]


def the_audit_trail_knows_who_decided(directory: Path, cy: Person, di: Person, dying: str) -> None:
    with SqliteStore.from_conn_string(str(directory / ".langgraph_api" / "langchain-ashby.db")) as store:
        entries = list(audit_trail(store))
        applied = [it for it in entries if it.outcome == "applied"]
        assert sorted((it.reviewer, it.on_behalf_of) for it in applied) == sorted(
            [(cy.identity, cy.ashby_user_id)] * 3 + [(di.identity, None)] * 2 + [(GRACE, cy.ashby_user_id)] * 3
        )
        [told] = [it for it in audit_trail(store, dying) if it.outcome == "applied"]
    assert told.detail == ""
