"""The Undo button: it proposes the opposite of a change, which is then decided about as any other change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desks import Pair, desk, place, until
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command
from people import Browser, browser_of

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import ApprovalPolicy, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.inbox.reviewers import Routing
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

MOVE, TAG, NOTE = "ashby_change_application_stage", "ashby_add_candidate_tag", "ashby_create_candidate_note"
CONFIG: Any = {"configurable": {"thread_id": "it"}}


@dataclass
class Office:
    """The sandbox, and agents that make changes in it."""

    sandbox: AshbySandbox

    def agent(self, *calls: Any, approve: bool = True, tools: Any = "all", **options: Any) -> Any:
        """An agent that has made these changes; asked again, its model fails."""
        toolkit = AshbyToolkit(AshbyClient(self.sandbox.api_key, self.sandbox.url), toolsets=tools)
        model = ScriptedChatModel(script=lines(say("I do it.", *calls), "Done."))
        made: Any = create_recruiting_agent(model, toolkit, **options)
        if calls:
            made.invoke({"messages": [("user", "Do it.")]}, CONFIG)
            if approve:
                made.invoke(Command(resume={"decisions": [{"type": "approve"}] * len(calls)}), CONFIG)
        return made

    @property
    def application(self) -> dict[str, Any]:
        """An active application."""
        return next(it for it in self.sandbox.records("application") if it["status"] == "Active")

    def move(self) -> Any:
        """A call that moves it to another stage."""
        now, plans = self.application["currentInterviewStageId"], self.sandbox.records("interviewStage")
        plan = next(it["interviewPlanId"] for it in plans if it["id"] == now)
        other = next(it for it in plans if it["interviewPlanId"] == plan and it["type"] == "Active" and it["id"] != now)
        return call(MOVE, application_id=self.application["id"], interview_stage_id=other["id"])

    @property
    def tags(self) -> list[list[str]]:
        """The tags of the first three candidates."""
        return [sorted(it["tagIds"]) for it in self.sandbox.records("candidate")[:3]]


@pytest.fixture
def office(sandbox: AshbySandbox) -> Office:
    return Office(sandbox)


@contextmanager
def opened(agent: Any, name: str = "Grace", *roles: str, **settings: Any) -> Iterator[Browser]:
    """A browser in which decisions leave at once, and what became of them is seen at once."""
    with browser_of(agent, name, *roles, undo=timedelta(0), **settings) as it:
        it.app.state.inbox.trail._every = 0  # type: ignore[attr-defined]
        yield it


def entries(browser: Browser) -> dict[str, str]:
    """The addresses of the entries on the first page of outcomes, the newest first, and their pages."""
    listed = re.findall(r'<li>\s*<a href="(/outcomes/\w+)"', browser.get("/outcomes").text)
    return {it: browser.get(it).text for it in listed}


def section(page: str) -> str:
    """What a page says of undoing."""
    found = re.search(r'<section class="undo".*?</section>', page, re.DOTALL)
    return " ".join(re.sub("<[^>]*>", " ", found[0]).split()) if found else ""


def approval(card: Any, **other: str) -> dict[str, str]:
    """The form with which a card is approved."""
    [fingerprint] = {*re.findall(r'name="fingerprint" value="(\w+)"', card.text)}
    return {"decision": "approve", "fingerprint": fingerprint, **other}


def test_a_change_is_undone_by_a_button_and_a_card_of_its_own(office: Office) -> None:
    before = office.application["currentInterviewStageId"]
    with opened(office.agent(office.move())) as browser:
        [(moved, page)] = entries(browser).items()
        assert office.application["currentInterviewStageId"] != before
        assert f'action="{moved}/undo"' in page and f'action="{moved}/undo"' in browser.get("/outcomes").text
        card = browser.post(f"{moved}/undo")
        assert "/approvals/" in str(card.url) and "Undoes the change of" in card.text
        assert "Grace asked" in card.text
        assert office.application["currentInterviewStageId"] != before, "nothing is made yet"
        waiting = browser.get(moved).text
        assert "Its undo is waiting for a decision" in section(waiting) and str(card.url.path) in waiting
        assert "/undo" not in waiting and "/undo" not in browser.get("/outcomes").text
        browser.post(f"{card.url.path}/decision", data=approval(card))
        until(lambda: office.application["currentInterviewStageId"] == before)
        until(lambda: "This change has been undone" in browser.get(moved).text)
        found = entries(browser)
        assert f'action="{moved}/undo"' not in browser.get("/outcomes").text
        [undo] = found.keys() - {moved}
        assert "This change has been undone" in section(found[moved]) and f'href="{undo}"' in found[moved]
        assert "/undo" not in found[moved]
        assert f'<dt>Undoes</dt><dd><a href="{moved}"' in found[undo]
        assert f'<a href="{undo}">Undone</a>' in browser.get("/outcomes").text
        again = browser.post(f"{moved}/undo")
        assert again.status_code == 409 and "It has already been undone" in again.text
        assert "Undoes the change of" in browser.post(f"{undo}/undo").text, "an undo can be undone"


def test_whoever_asks_second_is_led_to_the_same_card(office: Office) -> None:
    agent = office.agent(office.move())
    with opened(agent) as browser, opened(agent, "Ben") as other:
        [moved] = entries(browser)
        first, second, third = browser.post(f"{moved}/undo"), other.post(f"{moved}/undo"), browser.post(f"{moved}/undo")
        assert first.url.path == second.url.path == third.url.path
        other.post(f"{second.url.path}/decision", data=approval(second))
        until(lambda: "This change has been undone" in browser.get(moved).text)
        assert browser.post(f"{moved}/undo").status_code == 409
    assert sum(it["endpoint"] == "application.changeStage" for it in office.sandbox.requests()) == 2


def test_two_people_who_undo_at_once_in_two_processes_get_one_card(office: Office, memory: Pair) -> None:
    agent = office.agent(office.move(), checkpointer=memory[0], store=memory[1])
    with opened(agent) as browser, opened(agent, "Ben") as other:  # the two applications share only the store
        [moved] = entries(browser)
        tokens = {it: it.csrf_token for it in (browser, other)}
        with ThreadPoolExecutor(2) as both:
            ask = [both.submit(it.post, f"{moved}/undo", headers={"x-csrf-token": tokens[it]}) for it in tokens]
        assert len({it.result().url.path for it in ask}) == 1
        assert len({*re.findall(r'href="(/approvals/\w+/\d+)"', browser.get("/").text)}) == 1
        assert not memory[1].search(("langchain_ashby", "undoing"))


def test_a_change_that_cannot_be_undone_says_why(office: Office) -> None:
    person = office.sandbox.records("candidate")[0]["id"]
    with opened(office.agent(call(NOTE, candidate_id=person, note="Call back."))) as browser:
        [(noted, page)] = entries(browser).items()
        assert "/undo" not in browser.get("/outcomes").text
        assert section(page) == "Undo Ashby has no method that deletes a note."
        refused = browser.post(f"{noted}/undo")
        assert refused.status_code == 409 and 'role="alert">Ashby has no method that deletes a note.' in refused.text


def test_an_agent_without_the_tool_says_so_before_anybody_asks(office: Office) -> None:
    state = office.sandbox.state()
    tag = call(TAG, candidate_id=state["candidate"][0]["id"], tag_id=state["candidateTag"][0]["id"])
    with opened(office.agent(tag, tools=None)) as browser:
        [(_, page)] = entries(browser).items()
        assert (
            "ashby_remove_candidate_tag, a tool that the agent does not have" in section(page) and "/undo" not in page
        )


def test_what_was_not_written_has_no_undo(office: Office) -> None:
    agent = office.agent(office.move(), approve=False)
    agent.invoke(Command(resume={"decisions": [{"type": "reject", "message": "No."}]}), CONFIG)
    with opened(agent) as browser:
        [(rejected, page)] = entries(browser).items()
        assert not section(page)
        assert "Nothing was written" in browser.post(f"{rejected}/undo").text


def test_only_who_may_decide_has_the_button_and_a_forged_request_is_refused(office: Office) -> None:
    agent = office.agent(office.move())
    routing = Routing(decides={MOVE: ["lead"]})
    with (
        opened(agent) as browser,
        opened(agent, "Vi", "viewer") as viewer,
        opened(agent, "Ben", routing=routing) as other,
    ):
        [moved] = entries(browser)
        for it in (viewer, other):
            page = it.get(moved).text
            assert "/undo" not in it.get("/outcomes").text
            assert section(page) and "/undo" not in page
            assert it.post(f"{moved}/undo").status_code == 403
        for headers in (
            {"x-csrf-token": "0" * 64},
            {"origin": "https://evil.example"},
            {"sec-fetch-site": "cross-site"},
        ):
            assert browser.post(f"{moved}/undo", headers=headers).status_code == 403
        assert browser.get(f"{moved}/undo").status_code == 405
    assert not [it for it in agent.checkpointer.list(None) if it.config["configurable"]["thread_id"] != "it"]


def test_the_undo_of_a_rejected_undo_can_be_asked_for_again(office: Office) -> None:
    with opened(office.agent(office.move())) as browser:
        [moved] = entries(browser)
        card = browser.post(f"{moved}/undo")
        form = approval(card, decision="reject", message="Leave it.")
        browser.post(f"{card.url.path}/decision", data=form)
        until(lambda: "Rejected" in browser.get(moved).text)
        page = browser.get(moved).text
        assert "Rejected rejected by Grace" in section(page) and f'action="{moved}/undo"' in page
        assert browser.post(f"{moved}/undo").url.path != card.url.path


def test_a_bulk_change_is_undone_for_each_record(office: Office) -> None:
    state, before = office.sandbox.state(), office.tags
    people = [it["id"] for it in state["candidate"][:3]]
    tag = next(it["id"] for it in state["candidateTag"] if not any(it["id"] in has for has in before))
    with opened(office.agent(call("ashby_add_tag_to_candidates", candidate_ids=people, tag_id=tag))) as browser:
        assert [len(it) for it in office.tags] == [len(it) + 1 for it in before]
        [whole] = [it for it, page in entries(browser).items() if "<dt>Part of</dt>" not in page]
        card = browser.post(f"{whole}/undo")
        assert "In the same question" in card.text and "3 changes were proposed at once" in card.text
        for number in (1, 2, 3):
            card = browser.get(re.sub(r"\d$", str(number), card.url.path))
            assert browser.post(f"{card.url.path}/decision", data=approval(card)).is_success
        until(lambda: office.tags == before)
        until(lambda: "This change has been undone" in browser.get(whole).text)


def test_the_strip_offers_it_right_after_a_change_was_written(office: Office) -> None:
    person = office.sandbox.records("candidate")[0]["id"]
    agent = office.agent(office.move(), call(NOTE, candidate_id=person, note="Call back."), approve=False)
    with opened(agent) as browser:
        cards = [browser.get(it) for it in sorted({*re.findall(r'href="(/approvals/\w+/\d+)"', browser.get("/").text)})]
        for card in cards:
            decided = browser.post(f"{card.url.path}/decision", data=approval(card), follow_redirects=False)
            assert decided.status_code == 303
        results = browser.app.state.inbox.outbox.results  # type: ignore[attr-defined]
        until(lambda: len(results.of("Grace")) == 2)
        browser.head("/")  # these messages are not shown to anyone
        browser.get("/", headers={"sec-purpose": "prefetch"})
        strip = browser.get("/strip").text
        assert strip.count("Written:") == 2
        [undo] = re.findall(r'action="(/outcomes/\w+/undo)"', strip)
        assert "Undoes the change of" in browser.post(undo).text


def test_an_agent_in_a_larger_graph_says_that_it_cannot(office: Office, sandbox: AshbySandbox) -> None:
    whole = office.agent(office.move())
    parent: Any = StateGraph(MessagesState).add_node("agent", whole).add_edge(START, "agent")
    graph = parent.compile(checkpointer=whole.checkpointer, store=whole.store)
    with opened(graph) as browser:
        [(moved, page)] = entries(browser).items()
        assert "cannot propose changes" in section(page) and "/undo" not in page
        assert browser.post(f"{moved}/undo").status_code == 409


def test_a_policy_that_allows_it_leads_to_what_became_of_it(office: Office) -> None:
    before = office.application["currentInterviewStageId"]
    first = office.agent(office.move())
    kept: dict[str, Any] = {"store": first.store, "checkpointer": first.checkpointer}
    with opened(office.agent(policy=ApprovalPolicy({MOVE: "never"}), **kept)) as browser:
        [moved] = entries(browser)
        page = browser.post(f"{moved}/undo")
        assert "/outcomes/" in str(page.url) and "Not allowed" in page.text
    with opened(office.agent(policy=ApprovalPolicy({MOVE: "allow"}), **kept)) as browser:
        page = browser.post(f"{moved}/undo")
        assert "/outcomes/" in str(page.url) and "Written" in page.text
    assert office.application["currentInterviewStageId"] == before


@pytest.mark.parametrize("kind", ["sqlite", "async sqlite"])
def test_it_works_on_a_database(office: Office, tmp_path: Path, kind: str) -> None:
    before = office.application["currentInterviewStageId"]
    with place(kind, tmp_path, None) as pair:
        given = desk(office.sandbox, pair, say("I move them.", office.move()), say("Done."))
        given.ask()
        given.go("note", Command(resume={"decisions": [{"type": "approve"}]}))
        with opened(given.agent) as browser:
            [moved] = entries(browser)
            card = browser.post(f"{moved}/undo")
            browser.post(f"{card.url.path}/decision", data=approval(card))
            until(lambda: office.application["currentInterviewStageId"] == before)
            until(lambda: "This change has been undone" in browser.get(moved).text)
