"""Editing a change in the browser: what is typed is what is written."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from controls import Controls
from examples import EXAMPLES, Company
from langchain_core.tools import BaseToolkit, StructuredTool
from people import Browser, browser_of

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import audit_trail, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.inbox.outbox import Agent
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

Desk = Callable[..., tuple[Browser, Agent]]


@pytest.fixture
def desk(sandbox: AshbySandbox) -> Iterator[Desk]:
    """Opens an inbox with one change that waits: a tool, and its arguments or the sandbox's example of them."""
    with ExitStack() as stack:
        client = stack.enter_context(AshbyClient(sandbox.api_key, sandbox.url))

        def opened(tool: str, toolkit: BaseToolkit | None = None, **args: Any) -> tuple[Browser, Agent]:
            given = args or EXAMPLES[tool](Company(sandbox.state(), client, Path()))
            model = ScriptedChatModel(script=lines(say("I do.", call(tool, **given)), say("Done.")))
            agent = create_recruiting_agent(model, toolkit or AshbyToolkit(client, toolsets="all"))
            asked: Any = {"messages": [("user", "Please.")]}
            agent.invoke(asked, {"configurable": {"thread_id": "one"}})
            return stack.enter_context(browser_of(agent, undo=timedelta(0), time_zone="Europe/Berlin")), agent

        yield opened


def address_of(browser: Browser) -> str:
    found: list[str] = re.findall(r'"(?:http://[^/"]+)?(/approvals/\w+/1)[?"]', browser.get("/").text)
    return f"{found[0]}/edit"


def sent_by(browser: Browser, address: str, **over: Any) -> dict[str, Any]:
    """What the form of a page sends after these values were typed, with the button that decides."""
    held = Controls(browser.get(address).text).sent
    return {**held, "decision": "edit", **over}


def written(agent: Agent) -> list[Any]:
    """What became of the agent's calls, by its audit trail."""
    assert agent.store is not None
    return [(it.outcome, it.decision, it.args) for it in audit_trail(agent.store)]


def waited(agent: Agent, entries: int) -> list[Any]:
    """What the agent wrote, once there are so many entries."""
    until = time.monotonic() + 10
    while len(found := written(agent)) < entries and time.monotonic() < until:
        time.sleep(0.05)
    return found


def test_an_edit_is_written_as_it_was_typed(desk: Desk, sandbox: AshbySandbox) -> None:
    browser, agent = desk("ashby_create_candidate_note")
    address = address_of(browser)
    answer = browser.post(
        address, data=sent_by(browser, address, note="Call\r\non <b>Tuesday</b>"), follow_redirects=False
    )
    assert answer.status_code == 303
    [(outcome, decision, args)] = waited(agent, 1)
    assert (outcome, decision, args["note"]) == ("applied", "edit", "Call\non <b>Tuesday</b>")
    bodies = [it["body"] for it in sandbox.requests() if it["endpoint"] == "candidate.createNote"]
    assert [it["note"]["value"] for it in bodies] == ["Call\non <b>Tuesday</b>"]


def test_what_became_of_an_edit_is_told_in_the_words_of_what_was_made(desk: Desk, sandbox: AshbySandbox) -> None:
    ada = sandbox.records("candidate")[0]["id"]
    browser, agent = desk("ashby_update_candidate", candidate_id=ada, name="Ada King")
    address = address_of(browser)
    browser.post(address, data=sent_by(browser, address, name="Ada Byron"))
    waited(agent, 1)
    until, page = time.monotonic() + 10, ""
    while "Written:" not in page and time.monotonic() < until:
        page = Controls(browser.get("/").text).text
        time.sleep(0.05)
    assert "to Ada Byron" in page and "Ada King" not in page


def test_the_page_shows_the_card_beside_the_form_and_names_for_ids(desk: Desk) -> None:
    browser, _ = desk("ashby_change_application_stage")
    page = browser.get(address_of(browser))
    text = Controls(page.text).text
    assert page.status_code == 200
    assert "Ada Lovelace, Staff Engineer (Onsite, since " in text
    assert "Technical Phone Screen" in text and "Rejection after onsite" in text
    assert "Europe/Berlin" in text
    assert "10:32" in next(it for name, it in Controls(page.text).sent.items() if name.endswith("send_at"))[0]


def test_an_edit_that_cannot_be_used_keeps_what_was_typed_and_sends_nothing(desk: Desk, sandbox: AshbySandbox) -> None:
    browser, agent = desk("ashby_create_interview_schedule")
    address = address_of(browser)
    over = {"interview_events.0.start_time": "2026-03-29T02:30", "interview_events.0.interviewers.0.email": "no one"}
    answer = browser.post(address, data=sent_by(browser, address, **over))
    assert answer.status_code == 422
    again = Controls(answer.text)
    assert [again.sent[name] for name in over] == [[it] for it in over.values()]
    assert "does not exist in Europe/Berlin" in again.text
    form = {name: it for name, it in sent_by(browser, address, **over).items() if name != "decision"}
    looked_at = browser.post(address, data=form | {"~again": "1"})
    assert "does not exist in Europe/Berlin" in Controls(looked_at.text).text, "looking at the changes checks them too"
    assert written(agent) == []


def test_nothing_is_sent_before_the_button_that_decides(desk: Desk) -> None:
    browser, agent = desk("ashby_create_interview_schedule")
    address = address_of(browser)
    people = "interview_events.0.interviewers"
    more = sent_by(browser, address, decision="", **{"~add": people, f"{people}.0.email": "ravi@example.com"})
    answer = browser.post(address, data=more)
    assert answer.status_code == 200
    assert Controls(answer.text).sent[f"{people}.2.email"] == [""]
    assert "ravi@example.com" in answer.text and "Your changes" in answer.text
    assert written(agent) == []


def test_an_edit_without_a_change_or_of_another_card_does_not_count(desk: Desk) -> None:
    browser, agent = desk("ashby_create_candidate_note")
    address = address_of(browser)
    assert browser.post(address, data=sent_by(browser, address)).status_code == 422
    stale = sent_by(browser, address, note="Other", fingerprint="0" * 32)
    answer = browser.post(address, data=stale)
    assert answer.status_code == 409 and "Other" in answer.text
    assert written(agent) == []


def test_an_edit_of_whom_it_is_about_is_asked_about_again_with_a_new_card(desk: Desk, sandbox: AshbySandbox) -> None:
    browser, agent = desk("ashby_create_candidate_note")
    address = address_of(browser)
    other = sandbox.records("candidate")[5]
    found = browser.post(address, data=sent_by(browser, address, decision="", **{"candidate_id~q": other["name"]}))
    assert f'<option value="{other["id"]}">' in found.text
    browser.post(address, data=sent_by(browser, address, candidate_id=other["id"]))
    assert [it[:2] for it in waited(agent, 1)] == [("edited", "edit")]
    until, pages = time.monotonic() + 10, ""  # what became of a decision is told once
    while not (other["name"] in pages and "Review it again" in pages) and time.monotonic() < until:
        pages += browser.get("/").text
        time.sleep(0.1)
    assert other["name"] in pages and "Review it again" in pages


def test_who_may_only_look_cannot_edit(desk: Desk) -> None:
    _, agent = desk("ashby_create_candidate_note")
    with browser_of(agent, "Vera", "viewer") as viewer:
        address = address_of(viewer)
        assert viewer.get(address).status_code == 403, "it lists records of Ashby's"
        assert viewer.post(address, data={"decision": "edit"}).status_code == 403


def test_the_stages_are_those_of_the_job_that_is_chosen_now(desk: Desk) -> None:
    browser, _ = desk("ashby_transfer_application")
    address = address_of(browser)
    before = browser.get(address).text
    plan = re.findall(r'<option value="([\w-]+)"[^>]*>Engineering</option>', before)[0]
    assert "Technical Phone Screen" not in before
    again = browser.post(address, data=sent_by(browser, address, decision="", interview_plan_id=plan))
    assert "Technical Phone Screen" in again.text


def test_a_tool_that_is_not_ashbys_has_a_form_by_its_schema(desk: Desk) -> None:
    asked: list[Any] = []

    def send(text: str, times: int = 1) -> str:
        asked.append((text, times))
        return "sent"

    class Mine(BaseToolkit):
        def get_tools(self) -> list[Any]:
            return [StructuredTool.from_function(send, name="send_telegram", description="Sends a telegram.")]

    browser, agent = desk("send_telegram", Mine(), text="STOP", times=2)
    address = address_of(browser)
    answer = browser.post(address, data=sent_by(browser, address, text="GO", times="3"), follow_redirects=False)
    assert answer.status_code == 303
    waited(agent, 1)
    assert asked == [("GO", 3)]


@pytest.mark.parametrize(
    "tool",
    [
        "ashby_update_candidate",
        "ashby_submit_application_feedback",
        "ashby_set_custom_field_values",
        "ashby_create_opening",
        "ashby_add_tag_to_candidates",
    ],
)
def test_a_page_that_nobody_touched_changes_nothing(desk: Desk, tool: str) -> None:
    browser, _ = desk(tool)
    address = address_of(browser)
    answer = browser.post(address, data=sent_by(browser, address))
    assert answer.status_code == 422 and "You have not changed anything" in answer.text
