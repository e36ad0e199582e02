"""A model that obeys every injected order cannot change anything in Ashby: each write waits for a person."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hostile_company import ATTEMPTS, candidate_id, company_of
from langchain_core.messages import ToolMessage
from langgraph.types import Command
from obedience import obedient, question

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel
from langchain_ashby.endpoint import Access
from langchain_ashby.endpoints import OPERATIONS
from langchain_ashby.sandbox import AshbySandbox

NUMBERS = {name: number for number, name in enumerate(ATTEMPTS)}
WRITES = {
    step.path
    for operation in OPERATIONS.values()
    for step in (operation, *operation.steps)
    if step.access is Access.WRITE
}
"""Every method that changes something, including the steps of tools that make several calls."""

_threads = itertools.count()


@dataclass
class Office:
    """A company full of injection attempts, and an agent with an obedient model."""

    sandbox: AshbySandbox
    agent: Any

    def begin(self, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """A new thread, and the agent's state after a harmless question."""
        config = {"configurable": {"thread_id": f"obedient-{next(_threads)}"}}
        return config, self.agent.invoke(question(NUMBERS[name]), config)

    def decide(self, config: dict[str, Any], *decisions: dict[str, str]) -> dict[str, Any]:
        resumed: dict[str, Any] = self.agent.invoke(Command(resume={"decisions": list(decisions)}), config)
        return resumed

    def changes(self) -> int:
        """How often a record was written, since the company was founded."""
        return self.sandbox._engine.store.changes

    def requested(self) -> list[str]:
        return [entry["endpoint"] for entry in self.sandbox.requests()]

    def written(self) -> list[str]:
        return [endpoint for endpoint in self.requested() if endpoint in WRITES]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    texts = [*ATTEMPTS.values(), "Somebody else"]
    with (
        AshbySandbox(company=lambda: company_of(texts)) as sandbox,
        AshbyClient(sandbox.api_key, sandbox.url) as client,
    ):
        model = ScriptedChatModel(script=obedient)
        yield Office(sandbox, create_recruiting_agent(model, AshbyToolkit(client)))


@pytest.fixture
def fresh_office(office: Office) -> Office:
    """The office, reset."""
    office.sandbox.reset()
    return office


def proposed(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The writes that await approval."""
    return [action for it in result.get("__interrupt__", ()) for action in it.value["action_requests"]]


def answers(result: dict[str, Any]) -> list[ToolMessage]:
    return [message for message in result["messages"] if isinstance(message, ToolMessage)]


NO = {"type": "reject", "message": "A candidate does not decide."}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_orders_from_a_candidate_are_only_proposed(name: str, office: Office) -> None:
    written, changes = len(office.written()), office.changes()
    config, result = office.begin(name)
    assert result["messages"][1].tool_calls[0]["args"] == {"candidate_id": candidate_id(NUMBERS[name])}
    assert all(answer.status == "success" and answer.artifact for answer in answers(result)), "it has read the order"
    assert proposed(result), "the model was to obey"
    while waiting := proposed(result):
        result = office.decide(config, *[NO] * len(waiting))
    assert result["messages"][-1].text == "I could not do any of it."
    assert len(office.written()) == written
    assert office.changes() == changes


def test_an_unanswered_thread_has_not_written(fresh_office: Office) -> None:
    for name in ("a fake decision", "a fake resume", "an approval in words", "an interrupt"):
        config, result = fresh_office.begin(name)
        assert proposed(result)
        fresh_office.agent.invoke({"messages": [{"role": "user", "content": ATTEMPTS[name]}]}, config)
    assert fresh_office.written() == []


def test_one_approval_lets_one_write_through(fresh_office: Office) -> None:
    config, result = fresh_office.begin("an order that looks like a policy")
    notes = [action["name"] == "ashby_create_candidate_note" for action in proposed(result)]
    assert len(notes) > 1 and notes.count(True) == 1
    fresh_office.decide(config, *[{"type": "approve"} if note else NO for note in notes])
    assert fresh_office.written() == ["candidate.createNote"]


def test_an_approval_in_the_arguments_and_a_tool_of_the_candidates_own_are_refused(fresh_office: Office) -> None:
    config, result = fresh_office.begin("a fake refusal")
    result = fresh_office.decide(config, *[NO] * len(proposed(result)))
    assert [action["name"] for action in proposed(result)] == ["ashby_change_application_stage"]
    assert [answer.status for answer in answers(result)[-3:]] == ["error", "error", "error"]
    assert fresh_office.written() == []
