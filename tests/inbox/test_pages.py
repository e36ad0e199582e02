"""The list and the cards, as a reviewer without JavaScript sees and uses them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from full_inbox import make_agent, office, propose
from markup import Page
from people import Browser, browser_of

from langchain_ashby.agent.execution.waiting import forget, keep, place
from langchain_ashby.inbox import Routing
from langchain_ashby.inbox.outbox import Agent
from langchain_ashby.inbox.questions import Approval, Questions
from langchain_ashby.sandbox import AshbySandbox


@pytest.fixture(scope="module")
def agent() -> Iterator[Agent]:
    """An agent with some twenty changes that wait; the tests decide about none of them for good."""
    with AshbySandbox() as sandbox:
        turns = office(sandbox)
        made = make_agent(sandbox, turns)
        propose(made, turns)
        yield made


@pytest.fixture
def browser(agent: Agent) -> Iterator[Browser]:
    with browser_of(agent, "Grace", undo=timedelta(hours=1)) as it:
        yield it


@pytest.fixture
def change(agent: Agent) -> Callable[[str], Approval]:
    """Finds a change by how its line begins."""
    assert agent.store is not None
    all_changes = list(Questions(agent.store).approvals())
    return lambda begins: next(it for it in all_changes if it.line.startswith(begins))


@pytest.fixture(autouse=True)
def nothing_stays_decided(agent: Agent) -> Iterator[None]:
    yield
    with browser_of(agent, undo=timedelta(hours=1)) as it:
        outbox = it.app.state.inbox.outbox  # type: ignore[attr-defined]
        for interrupt_id, number in outbox.all():
            outbox.take_back(interrupt_id, number)


def rows(page: str) -> list[str]:
    return re.findall(r'<a data-address="([^"]+)"', page)


def decide(browser: Browser, change: Approval, query: str = "", **form: str) -> Any:
    data = {"fingerprint": change.fingerprint, **form}
    return browser.post(f"{change.address}/decision{query}", data=data, follow_redirects=False)


def test_everything_that_waits_is_listed_with_who_asks_and_its_risk(browser: Browser, agent: Agent) -> None:
    assert agent.store is not None
    waiting = list(Questions(agent.store).approvals())
    html = browser.get("/").text
    page = Page(html)
    assert page.is_balanced
    assert rows(html) == [it.address for it in waiting]
    assert f"({len(waiting)}) Approvals" in page.text
    for it in waiting:
        assert re.sub(r"\W+", "", it.line) in re.sub(r"\W+", "", page.text)
    assert "High risk" in page.text and "Tomás Ruiz" in page.text


@pytest.mark.parametrize(
    ("query", "admits"),
    [
        ("?kind=ashby_add_candidate_tag", lambda it: it.tool == "ashby_add_candidate_tag"),
        ("?job=Staff+Engineer", lambda it: it.job == "Staff Engineer"),
        ("?risk=high", lambda it: it.risk == "high"),
        ("?requester=Noor+Haddad", lambda it: it.question.waiting["requester"] == "Noor Haddad"),
        ("?q=SOREN+tag", lambda it: "Søren" in it.line),
        ("?risk=low&kind=ashby_add_candidate_tag", lambda it: it.risk == "low" and "tag" in it.tool),
        ("?mine=1", lambda it: True),
        ("?q=nobody", lambda it: False),
    ],
)
def test_filters_in_the_address_leave_the_others_out(
    browser: Browser, agent: Agent, query: str, admits: Callable[[Approval], bool]
) -> None:
    assert agent.store is not None
    expected = [it.address for it in Questions(agent.store).approvals() if admits(it)]
    assert rows(browser.get(f"/{query}").text) == expected


def test_a_viewer_sees_changes_but_can_not_decide(agent: Agent, change: Callable[[str], Approval]) -> None:
    with browser_of(agent, "Vera", "viewer") as viewer:
        html = viewer.get(change("Move Ada").address).text
        assert "not decide on it" in html and 'value="approve"' not in html
        assert rows(viewer.get("/?mine=1").text) == []
        assert decide(viewer, change("Move Ada"), decision="approve").status_code == 403


def test_a_card_is_shown_in_full_with_its_reason_and_what_was_asked(
    browser: Browser, change: Callable[[str], Approval]
) -> None:
    ada = change("Move Ada")
    page = Page(browser.get(ada.address).text)
    assert page.is_balanced
    for words in ("Onsite (order 5)", "Offer (order 6)", "Candidate in Ashby", "The agent's words", "All four"):
        assert words in page.text
    assert "Priya Raman asked" in page.text and "Ada did great on Tuesday" in page.text
    assert "3 changes were proposed at once. None is made until all of them are decided." in page.text
    assert '"interview_stage_id": "“Offer” → ' in page.text


def test_links_lead_only_to_the_inbox_and_to_ashby(browser: Browser, agent: Agent) -> None:
    assert agent.store is not None
    for it in Questions(agent.store).approvals():
        for address in Page(browser.get(it.address).text).addresses:
            assert address is not None
            assert address.startswith(("/", "#", "https://ashby.example/")), address


def test_nothing_on_the_pages_is_inline(browser: Browser, change: Callable[[str], Approval]) -> None:
    for address in ("/", change("Archive 6").address, f"{change('Move Ada').address}/evidence"):
        html = browser.get(address).text
        page = Page(html)
        assert "style" not in page.attributes and "style" not in page.tags
        assert not [it for it in page.attributes if it.startswith("on")]
        assert re.findall(r"<script(?![^>]* src=)", html) == []


def test_a_bulk_change_shows_each_record(browser: Browser, change: Callable[[str], Approval]) -> None:
    page = Page(browser.get(change("Archive 6").address).text)
    for name in ("Freya Nilsen", "Yusuf Demir", "Robert Ashdown", "No. 6: The job is confidential."):
        assert name in page.text


def test_a_long_text_is_folded_and_in_the_page_in_full(browser: Browser, change: Callable[[str], Approval]) -> None:
    note = change("Add a note to Mihail")
    whole = str(note.action["args"]["note"])
    assert len(whole) > 8000
    page = Page(browser.get(note.address).text)
    assert f"Show all {len(whole):,} characters" in page.text
    assert whole.replace("\u202e", "[U+202E]").replace("\u202c", "[U+202C]") in page.text


def test_a_decision_leads_to_the_next_change_and_can_be_taken_back(
    browser: Browser, change: Callable[[str], Approval]
) -> None:
    ada, note = change("Move Ada"), change("Add a note to Ada")
    answer = decide(browser, ada, decision="approve")
    assert (answer.status_code, answer.headers["location"]) == (303, note.address)
    page = browser.get(note.address).text
    assert "Approved by Grace" in page and "Undo" in page
    assert 'action="' + ada.address + '/take-back"' in page
    assert "2 other changes in this question must be decided" in browser.get(ada.address).text
    browser.post(f"{ada.address}/take-back")
    assert "Approved by Grace" not in browser.get(note.address).text


def test_the_next_change_is_one_that_the_filters_admit(browser: Browser, change: Callable[[str], Approval]) -> None:
    query = "?kind=ashby_add_candidate_tag&q=maritime"
    answer = decide(browser, change("Tag Bo"), query, decision="reject", message="Not yet.")
    assert answer.headers["location"] == change("Tag Søren").address + query


def test_after_the_last_change_comes_the_list(browser: Browser, change: Callable[[str], Approval]) -> None:
    answer = decide(browser, change("Tag Bo"), "?q=Bo+Ek", decision="approve")
    assert answer.headers["location"] == "/?q=Bo+Ek"


@pytest.mark.parametrize(
    ("form", "decision"),
    [
        ({"decision": "reject", "message": "No\r\nexperience "}, {"type": "reject", "message": "No\nexperience"}),
        ({"decision": "reject", "reason": "Not now"}, {"type": "reject", "message": "Not now"}),
        (
            {"decision": "reject", "reason": "Not now", "message": "Ask in May"},
            {"type": "reject", "message": "Not now: Ask in May"},
        ),
        ({"decision": "respond", "message": "Ask Ben"}, {"type": "respond", "message": "Ask Ben"}),
    ],
)
def test_a_rejection_or_an_answer_is_kept_with_its_words(
    browser: Browser, change: Callable[[str], Approval], form: dict[str, str], decision: dict[str, str]
) -> None:
    bo = change("Tag Bo")
    assert decide(browser, bo, **form).status_code == 303
    kept = browser.app.state.inbox.outbox.all()  # type: ignore[attr-defined]
    assert kept[bo.question.interrupt_id, 1].decision == decision


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"decision": "approve", "fingerprint": "0" * 32}, 409, "The card has changed"),
        ({"decision": "respond", "message": " "}, 422, "Write an answer for the agent"),
        ({"decision": "delete"}, 422, "Choose a decision"),
    ],
)
def test_what_can_not_be_decided_is_said_on_the_card(
    browser: Browser, change: Callable[[str], Approval], form: dict[str, str], status: int, said: str
) -> None:
    answer = decide(browser, change("Tag Bo"), **form)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert browser.app.state.inbox.outbox.all() == {}  # type: ignore[attr-defined]


def test_the_second_of_two_reviewers_is_told_who_was_first(
    agent: Agent, browser: Browser, change: Callable[[str], Approval]
) -> None:
    bo = change("Tag Bo")
    with browser_of(agent, "Ben", undo=timedelta(hours=1)) as ben:
        decide(ben, bo, decision="approve")
    answer = decide(browser, bo, decision="reject")
    assert answer.status_code == 409
    assert re.search(r"Ben approved this at \d\d:\d\d UTC\.", answer.text)


def test_what_is_put_off_leaves_ones_own_list_alone(
    agent: Agent, browser: Browser, change: Callable[[str], Approval]
) -> None:
    bo = change("Tag Bo")
    answer = browser.post(f"{bo.address}/put-off", data={"when": "hour"}, follow_redirects=False)
    assert answer.headers["location"] == change("Tag Søren").address
    assert bo.address not in rows(browser.get("/").text)
    assert rows(browser.get("/?later=1").text) == [bo.address]
    with browser_of(agent, "Ben") as ben:
        assert bo.address in rows(ben.get("/").text)
    browser.post(f"{bo.address}/put-off?later=1", data={"when": "back"})
    assert bo.address in rows(browser.get("/").text)


def test_a_time_that_has_passed_puts_nothing_off(browser: Browser, change: Callable[[str], Approval]) -> None:
    bo = change("Tag Bo")
    for when in ("2020-01-01T09:00", "soon", "", "9999-12-31T23:59-12:00"):
        answer = browser.post(f"{bo.address}/put-off", data={"time": when})
        assert answer.status_code == 422 and "Choose a time" in answer.text
    assert bo.address in rows(browser.get("/").text)


def test_many_decisions_are_taken_back_at_once_by_who_made_them(
    agent: Agent, browser: Browser, change: Callable[[str], Approval]
) -> None:
    for name in ("Tag Bo", "Tag Søren", "Tag Ethan", "Tag 陈慧玲"):
        decide(browser, change(name), decision="approve")
    page = browser.get("/").text
    assert "4 decisions" in page and "Undo all" in page
    named = re.findall(r'name="change" value="([^"]+)"', page)
    with browser_of(agent, "Ben", undo=timedelta(hours=1)) as ben:
        ben.post("/take-back", data={"change": named})
    assert len(browser.app.state.inbox.outbox.all()) == 4  # type: ignore[attr-defined]
    browser.post("/take-back", data={"change": named})
    assert browser.app.state.inbox.outbox.all() == {}  # type: ignore[attr-defined]


def test_the_evidence_says_who_it_is_and_what_the_agent_read(
    browser: Browser, change: Callable[[str], Approval]
) -> None:
    page = Page(browser.get(f"{change('Move Ada').address}/evidence").text)
    assert page.is_balanced
    for words in ("Principal Engineer, Analytical Engines", "Onsite, for", "Sofia Marchetti", "Strong Yes", "4 of 4"):
        assert words in page.text
    assert "List application feedback" in page.text and "May contain text by outsiders" in page.text


@pytest.mark.parametrize(
    ("fault", "said"),
    [({"status": 403}, "Ashby could not be read"), ({"delay": 3}, "Ashby did not answer within 0.3 seconds.")],
)
def test_evidence_that_can_not_be_read_is_said_and_hinders_nothing(
    sandbox: AshbySandbox, fault: dict[str, Any], said: str
) -> None:
    agent = make_agent(sandbox, turns := office(sandbox)[2:3])
    propose(agent, turns)
    assert agent.store is not None
    [kwame] = Questions(agent.store).approvals()
    sandbox.fault("application.info", **fault)
    with browser_of(agent, undo=timedelta(hours=1)) as browser:
        browser.app.state.inbox.evidence.seconds = 0.3  # type: ignore[attr-defined]
        page = browser.get(f"{kwame.address}/evidence")
        assert (page.status_code, said in page.text) == (200, True)
        assert decide(browser, kwame, decision="approve").status_code == 303


def standing(agent: Agent, change: Approval, **more: Any) -> str:
    """The page of a copy of the change that stands otherwise."""
    assert agent.store is not None
    copy: Any = json.loads(json.dumps(change.question.waiting))
    copy |= {"interrupt_id": uuid4().hex, "thread_id": "copy"}
    copy["request"]["action_requests"][0] |= more
    keep(agent.store, copy)
    with browser_of(agent, "Grace") as grace:
        html = grace.get(f"/approvals/{copy['interrupt_id']}/1").text
    forget(agent.store, place(copy))
    return html


def test_a_held_change_can_only_be_stopped(agent: Agent, change: Callable[[str], Approval]) -> None:
    approved = [{"reviewer": "Ben", "at": "2026-11-29T10:00:00+00:00"}]
    html = standing(agent, change("Tag Bo"), approved_by=approved, held_until="2100-01-31T12:00:00+00:00")
    assert "Approved by Ben. It will be made on Sun 31 Jan 2100, 12:00 UTC unless someone stops it first" in html
    assert "Stop the change" in html and 'value="approve"' not in html and 'id="edit"' not in html


@pytest.mark.parametrize(("first", "may"), [("Ben", True), ("Grace", False), (" GRACE\u200b", False)])
def test_who_approved_first_can_not_approve_as_the_second(
    agent: Agent, change: Callable[[str], Approval], first: str, may: bool
) -> None:
    approved = [{"reviewer": first, "at": "2026-11-29T10:00:00+00:00"}]
    html = standing(agent, change("Tag Bo"), approved_by=approved, needs="second reviewer")
    assert "a second reviewer has to approve" in html
    assert ('value="approve"' in html, 'id="reject"' in html) == (may, True)


def test_times_are_those_of_the_reviewers_clock(browser: Browser, change: Callable[[str], Approval]) -> None:
    bo = change("Tag Bo")
    browser.cookies.set("zone", "Asia/Tokyo")
    browser.post(f"{bo.address}/put-off", data={"when": "tomorrow"})
    assert re.search(r"until \w+ \d+ \w+ \d+, 09:00 JST", browser.get("/?later=1").text)
    browser.post(f"{bo.address}/put-off", data={"time": "2100-01-31T14:30"})
    assert "Sun 31 Jan 2100, 14:30 JST" in browser.get("/?later=1").text
    browser.post(f"{bo.address}/put-off", data={"when": "back"})


@pytest.mark.slow
def test_a_thousand_changes_are_listed_in_half_a_second(sandbox: AshbySandbox) -> None:
    agent = make_agent(sandbox, turns := office(sandbox))
    propose(agent, turns)
    assert agent.store is not None
    originals = [it.waiting for it in Questions(agent.store).all()]
    for number in range(1000):
        copy = json.loads(json.dumps(originals[number % len(originals)]))
        copy |= {"interrupt_id": uuid4().hex, "thread_id": f"copy {number}"}
        keep(agent.store, copy)
    with browser_of(agent) as browser:
        browser.get("/")  # reads them once
        spent = []
        for _ in range(3):
            began = time.process_time()
            html = browser.get("/").text
            spent.append(time.process_time() - began)
    assert len(rows(html)) == 100 and "Pages of the list" in html
    assert min(spent) < 0.5, spent


def test_a_change_does_not_tell_of_others_in_its_question_that_the_reviewer_may_not_see(agent: Agent) -> None:
    assert agent.store is not None
    question = next(it for it in Questions(agent.store).all() if len(it.approvals) > 1)
    shown, *hidden = question.approvals
    routing = Routing(sees=lambda _, it: it.address == shown.address)
    with browser_of(agent, undo=timedelta(hours=1)) as all_of_it, browser_of(agent, "Ben", routing=routing) as browser:
        for it in hidden:
            assert it.address in all_of_it.get(shown.address).text and it.address not in browser.get(shown.address).text
        browser.post(f"{shown.address}/decision", data={"decision": "reject", "fingerprint": shown.fingerprint})
        assert f"{len(hidden)} other changes in this question" in browser.get(shown.address).text


def test_the_agent_is_told_no_more_than_a_field_takes(
    agent: Agent, browser: Browser, change: Callable[[str], Approval]
) -> None:
    bo = change("Tag Bo")
    form = {"decision": "reject", "fingerprint": bo.fingerprint, "change": f"{bo.question.interrupt_id}.{bo.number}"}
    for address in (f"{bo.address}/decision", "/batch"):
        answer = browser.post(address, data=form | {"message": "x" * 4001})
        assert answer.status_code == 422 and "at most 4,000 characters" in answer.text
    typed = {"message": "ab\r\n" * 1333}
    assert browser.post(f"{bo.address}/decision", data=form | typed, follow_redirects=False).status_code == 303
