"""Pending approvals in the worklist of an agent's mirror: their owners and the candidates they concern."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langgraph.store.base import Op
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from test_honesty import ask, rows

from langchain_ashby import AshbyClient, AshbyToolkit, create_recruiting_agent
from langchain_ashby.agent import Context
from langchain_ashby.agent.execution.waiting import approvals, keep, waiting
from langchain_ashby.demo.scripted import ScriptedChatModel, call, say
from langchain_ashby.mirror import Mirror
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

SECRET = "will be paid 170,000"


@pytest.mark.usefixtures("first_run")
def test_a_question_of_one_thread_is_on_the_worklist_of_another_until_it_is_decided(
    mirror: Mirror, client: AshbyClient, sandbox: AshbySandbox
) -> None:
    state = sandbox.state()
    application = state["application"][0]
    person = next(it for it in state["candidate"] if it["id"] == application["candidateId"])
    job = next(it for it in state["job"] if it["id"] == application["jobId"])
    user = next(it for it in state["user"] if it["isEnabled"])  # others are called deactivated

    def script(messages: Sequence[BaseMessage]) -> AIMessage:
        if isinstance(messages[-1], ToolMessage):
            return say("That is all.")
        if "waits" in messages[-1].text:
            return say("I look.", call("ashby_list_worklist", kinds=["approval"]))
        note = call("ashby_create_candidate_note", candidate_id=person["id"], note=SECRET)
        source = call("ashby_change_application_source", application_id=application["id"], source_id=None)
        return say("I propose.", note, source)

    toolkit = AshbyToolkit(client, mirror=mirror)
    agent = create_recruiting_agent(ScriptedChatModel(script=script), toolkit)
    first: Any = {"configurable": {"thread_id": "1"}}
    asked = agent.invoke({"messages": [HumanMessage("Go on.")]}, first, context=Context(reviewer=user["email"].upper()))

    def worklist(thread: str) -> ToolMessage:
        config: Any = {"configurable": {"thread_id": thread}}
        found = asyncio.run(agent.ainvoke({"messages": [HumanMessage("What waits?")]}, config))["messages"][-2]
        assert isinstance(found, ToolMessage)
        return found

    answer = worklist("2")
    owner = f"{user['firstName']} {user['lastName']}"
    [about_person, about_application] = [line for line in answer.text.splitlines() if line.startswith("approval")]
    assert about_person.startswith(f"approval|{owner}|{person['name']}|")
    assert about_application.startswith(f"approval|{owner}|{person['name']}|{job['title']}|")
    assert SECRET not in answer.text and user["email"] not in answer.text.lower()
    decisions = {"decisions": [{"type": "reject"}] * 2}
    agent.invoke(Command(resume={asked["__interrupt__"][0].id: decisions}), first)
    assert "# 0 items" in worklist("3").text


def test_a_run_for_a_user_sees_only_that_users_changes_and_only_of_its_account() -> None:
    store = InMemoryStore()
    for account, user_id in (("a", None), ("a", "ben"), ("a", "eve"), ("b", "ben")):
        action = {"name": "ashby_create_offer", "args": {}, **({"on_behalf_of": user_id} if user_id else {})}
        proposal: Any = {"made": "2026-11-29T12:00:00+00:00", "account": account}
        asked = {"action_requests": [action]}
        more: Any = {"proposals": [proposal], "messages": [], "requester": None, "settings": {}, "ttl": None}
        keep(store, waiting(f"{account}{user_id}", f"{account}{user_id}", asked, **more))
    assert [it.user_id for it in approvals(store, "a", "ben")] == ["ben"]
    assert {it.user_id for it in approvals(store, "a", None)} == {None, "ben", "eve"}


@pytest.mark.usefixtures("first_run")
def test_a_worklist_without_an_agent_or_with_a_failing_store_says_that_approvals_are_not_known(
    mirror: Mirror, client: AshbyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "approval" not in ask(mirror, "list_worklist").text
    alone = ask(mirror, "list_worklist", kinds=["approval"])
    assert rows(alone) == [] and "# approval: not known here; only a recruiting agent keeps a list" in alone.text

    class Broken(InMemoryStore):
        def batch(self, ops: Iterable[Op]) -> list[Any]:
            raise ConnectionError("password=hunter2")

    script = [say("I look.", call("ashby_list_worklist"))]
    model = ScriptedChatModel(script=lambda it: say("Done.") if isinstance(it[-1], ToolMessage) else script[0])
    agent = create_recruiting_agent(model, AshbyToolkit(client, mirror=mirror), store=Broken())
    config: Any = {"configurable": {"thread_id": "1"}}
    answer = agent.invoke({"messages": [HumanMessage("What waits?")]}, config)["messages"][-2].text
    assert "# approval: not checked, because the agent's list of pending approvals cannot be read" in answer
    assert "hunter2" not in answer and "# 0 items" not in answer
