"""The toolkit in other agents: `create_agent` and deepagents ask before each write, and only then."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.language_models import BaseChatModel
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

THREAD: Any = {"configurable": {"thread_id": "1"}}
Make = Callable[[BaseChatModel, AshbyToolkit], Any]


def with_create_agent(model: BaseChatModel, toolkit: AshbyToolkit) -> Any:
    approval = HumanInTheLoopMiddleware(interrupt_on=toolkit.interrupt_on())  # type: ignore[arg-type]
    return create_agent(model, toolkit.get_tools(), middleware=[approval], checkpointer=InMemorySaver())


def with_deepagents(model: BaseChatModel, toolkit: AshbyToolkit) -> Any:
    deepagents = pytest.importorskip("deepagents")
    return deepagents.create_deep_agent(
        model=model, tools=toolkit.get_tools(), interrupt_on=toolkit.interrupt_on(), checkpointer=InMemorySaver()
    )


@pytest.fixture
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox(candidates=3) as running:
        yield running


@pytest.mark.parametrize("make", [with_create_agent, with_deepagents])
@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_read_runs_at_once_and_a_write_runs_when_it_is_approved(
    make: Make, decision: str, sandbox: AshbySandbox
) -> None:
    candidate = sandbox.records("candidate")[0]["id"]
    script = lines(
        say("", call("ashby_get_candidate", candidate_id=candidate)),
        say("", call("ashby_create_candidate_note", candidate_id=candidate, note="Hello")),
        "Done.",
    )
    with AshbyClient(sandbox.api_key, sandbox.url) as client:
        agent = make(ScriptedChatModel(script=script), AshbyToolkit(client))
        asked = agent.invoke({"messages": [("user", "Leave a note.")]}, THREAD)
        assert [entry["endpoint"] for entry in sandbox.requests()] == ["candidate.info"]
        [action] = asked["__interrupt__"][0].value["action_requests"]
        assert action["name"] == "ashby_create_candidate_note"
        said = agent.invoke(Command(resume={"decisions": [{"type": decision}]}), THREAD)
    assert said["messages"][-1].text == "Done."
    written = [entry["endpoint"] for entry in sandbox.requests()][1:]
    assert written == (["candidate.createNote"] if decision == "approve" else [])


FAULTS: dict[str, dict[str, Any]] = {
    "401": {"status": 401},
    "403": {"status": 403},
    "404": {"status": 404},
    "429": {"status": 429, "headers": {"Retry-After": "0"}},
    "502": {"status": 502},
    "no answer": {"drop": "after"},
    "HTML": {"body": "<!doctype html>", "content_type": "text/html"},
}


@pytest.mark.parametrize("make", [with_create_agent, with_deepagents])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_is_told_to_the_model_and_the_run_goes_on(make: Make, fault: str, sandbox: AshbySandbox) -> None:
    candidate = sandbox.records("candidate")[0]["id"]
    for endpoint in ("candidate.info", "candidate.createNote"):
        sandbox.fault(endpoint, times=9, **FAULTS[fault])
    script = lines(
        say("", call("ashby_get_candidate", candidate_id=candidate)),
        say("", call("ashby_create_candidate_note", candidate_id=candidate, note="Hello")),
        "Ashby does not work.",
    )
    with AshbyClient(sandbox.api_key, sandbox.url, max_retries=0) as client:
        agent = make(ScriptedChatModel(script=script), AshbyToolkit(client))
        agent.invoke({"messages": [("user", "Leave a note.")]}, THREAD)
        said = agent.invoke(Command(resume={"decisions": [{"type": "approve"}]}), THREAD)
    assert [it.status for it in said["messages"] if it.type == "tool"] == ["error", "error"]
    assert said["messages"][-1].text == "Ashby does not work."
