"""The pages of what became of each change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from langgraph.types import Command
from people import Browser, browser_of
from told import NOON, card, put, record

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.inbox.outbox import Agent
from langchain_ashby.inbox.reviewers import Routing
from langchain_ashby.inbox.trail import Trail
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(2)> \u202eevil https://evil.example'


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a page show what was just put into the trail, even if the inbox had read it a moment before."""
    defaults = Trail.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "every", 0.0)


@pytest.fixture
def browser(agent: Agent) -> Iterator[Browser]:
    with browser_of(agent, undo=timedelta(0)) as it:
        it.app.state.inbox.trail._every = 0  # type: ignore[attr-defined]
        yield it


def links(page: str, path: str) -> list[str]:
    return re.findall(rf'href="({path}[^"]*)"', page)


def text(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", page.split("<main", 1)[1]).split())


def test_an_outcome_is_shown_in_words_with_who_decided_and_the_card(agent: Agent, browser: Browser) -> None:
    assert agent.store is not None
    stale = "Not executed. What was approved has changed: the stage: Offer, was Onsite. Propose it again."
    put(agent.store, record(0), record(1, outcome="stale", decision="approve", detail=stale))
    page = browser.get("/outcomes").text
    assert "1 to 2 of 2" in text(page)
    assert "Out of date" in page and "the stage: Offer, was Onsite" in page and "Not executed" not in page
    assert "Rejected" in page and "rejected by Ben" in page and "too early" in page and "Their reason" not in page
    newest = links(page, "/outcomes/")[0]
    one = text(browser.get(newest).text)
    assert "What the card showed has since changed in Ashby. Nothing was written." in one
    assert "The card as it was shown" in one and "Onsite" in one and "approved by Ben" in one


def test_a_search_goes_through_pages_and_keeps_what_it_asks_for(agent: Agent, browser: Browser) -> None:
    assert agent.store is not None
    put(agent.store, *(record(it, outcome=["applied", "rejected"][it % 2]) for it in range(240)))
    seen: list[str] = []
    address = "/outcomes?q=lovelace&outcome=applied&reviewer=ben"
    while address:
        page = browser.get(address).text
        seen += links(page, "/outcomes/")
        address = next(
            (f"/outcomes{it.replace('&amp;', '&')}" for it in re.findall(r'rel="next" href="([^"]*)"', page)), ""
        )
        assert not any("page=" in it for it in links(page, r"\?") if "thread=" in it), "another search begins on page 1"
    assert len(seen) == len({*seen}) == 120
    assert "No outcomes found" in browser.get("/outcomes?q=nobody").text
    assert "No outcomes found" in browser.get("/outcomes?page=99").text


@pytest.mark.parametrize(
    "query", ["page=0", "page=-1", "page=x", "page=99999999999999999999", "from=0001-01-01&to=9999-12-31"]
)
def test_odd_addresses_are_read_as_well_as_can_be(agent: Agent, browser: Browser, query: str) -> None:
    assert agent.store is not None
    put(agent.store, record())
    page = browser.get(f"/outcomes?{query}")
    assert page.status_code == 200 and "1 to 1 of 1" in text(page.text)


def test_days_are_those_of_the_readers_zone_and_a_date_that_is_none_is_named(
    agent: Agent, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    assert agent.store is not None
    put(agent.store, record(at=NOON))  # 1:00 on the 25th there
    for query, found in [("from=2026-11-25", True), ("to=2026-11-24", False), ("to=2026-11-25", True)]:
        assert ("No outcomes found" not in browser.get(f"/outcomes?{query}").text) is found
    page = browser.get("/outcomes", params={"from": f"tomorrow{HOSTILE}"}).text
    assert "is not a date. Write it as 2026-11-24." in text(page) and "<script>alert" not in page


def test_what_strangers_wrote_is_text_on_the_pages(agent: Agent, browser: Browser) -> None:
    assert agent.store is not None
    shown = card(HOSTILE, changes=[{"field": HOSTILE, "before": HOSTILE, "after": HOSTILE}], warnings=[HOSTILE])
    shown["links"] = [{"title": HOSTILE, "url": "javascript:alert(3)"}]
    shown["refers"]["ada"]["name"] = HOSTILE
    hostile: dict[str, Any] = {
        name: HOSTILE for name in ("thread_id", "call_id", "tool", "detail", "reviewer", "part_of")
    }
    put(agent.store, record(card=shown, args={HOSTILE: HOSTILE}, original={"a": HOSTILE}, **hostile))
    listed = browser.get("/outcomes", params={"q": HOSTILE, "thread": HOSTILE}).text
    one = browser.get(links(browser.get("/outcomes").text, "/outcomes/")[0]).text
    for page in (listed, one):
        assert "<script>alert" not in page and "<img" not in page and "javascript:" not in page
        main = page.split("<main", 1)[1]
        assert "[U+202E]" in main and "&lt;script&gt;" in main and "&amp;lt;" not in main
        assert 'href="https://evil' not in page
    assert "1 to 1 of 1" in text(listed)


def test_files_have_what_was_searched_for(agent: Agent, browser: Browser) -> None:
    assert agent.store is not None
    put(agent.store, record(0), record(1, outcome="applied"))
    sheet = browser.get("/outcomes.csv?outcome=applied")
    assert (
        sheet.headers["content-type"] == "text/csv; charset=utf-8"
        and "attachment" in sheet.headers["content-disposition"]
    )
    assert sheet.content.startswith(b"\xef\xbb\xbfat,") and sheet.text.count("\r\n") == 2
    assert len(browser.get("/outcomes.jsonl").text.splitlines()) == 2


def test_nobody_reads_of_a_change_that_they_may_not_see(agent: Agent) -> None:
    assert agent.store is not None
    offer = record(0, tool="ashby_create_offer", card=card("Offer Ada 100,000", tool="ashby_create_offer"))
    put(agent.store, offer, record(1))
    routing = Routing(sees=lambda reviewer, approval: approval.tool != "ashby_create_offer")
    with browser_of(agent, routing=routing) as browser, browser_of(agent) as other:
        assert "100,000" in other.get("/outcomes").text
        [hidden] = {*links(other.get("/outcomes").text, "/outcomes/")} - {
            *links(browser.get("/outcomes").text, "/outcomes/")
        }
        for path in ("/outcomes", "/outcomes.csv?private=1", "/outcomes.jsonl?private=1", hidden):
            assert "100,000" not in browser.get(path).text and "create_offer" not in browser.get(path).text
        assert browser.get(hidden).status_code == 404 and other.get(hidden).status_code == 200
        assert "1 to 1," in text(browser.get("/outcomes").text), "nor how many there are"
    with browser_of(agent, "Stranger", "compensation") as stranger:
        assert "Lovelace" not in stranger.get("/outcomes").text + stranger.get("/outcomes.csv").text


def test_a_written_change_can_be_undone_from_its_page_with_a_card_of_its_own(sandbox: AshbySandbox) -> None:
    state = sandbox.state()
    person, tag = state["candidate"][0]["id"], state["candidateTag"][0]["id"]
    add = call("ashby_add_candidate_tag", candidate_id=person, tag_id=tag)
    note = call("ashby_create_candidate_note", candidate_id=person, note="Call back.")
    client = AshbyClient(sandbox.api_key, sandbox.url)
    model = ScriptedChatModel(script=lines(say("I tag.", add, note), say("Done.")))
    agent: Any = create_recruiting_agent(model, AshbyToolkit(client, toolsets="all"))
    config: Any = {"configurable": {"thread_id": "tags"}}
    agent.invoke({"messages": [("user", "Tag her.")]}, config)
    agent.invoke(Command(resume={"decisions": [{"type": "approve"}] * 2}), config)
    with browser_of(agent, undo=timedelta(0)) as browser, browser_of(agent, "Vi", "viewer") as viewer:
        pages = {it: browser.get(it).text for it in links(browser.get("/outcomes").text, "/outcomes/")}
        [tagged] = [it for it, page in pages.items() if f'action="{it}/undo"' in page]
        [noted] = [it for it in pages if it != tagged]
        assert "/undo" not in pages[noted]
        assert viewer.post(f"{tagged}/undo").status_code == 403 and "/undo" not in viewer.get(tagged).text
        with ThreadPoolExecutor() as clicks:
            card_page, *others = clicks.map(lambda _: browser.post(f"{tagged}/undo"), range(3))
        assert "/approvals/" in str(card_page.url) and "Remove" in text(card_page.text)
        assert browser.post(f"{noted}/undo").status_code == 409
        assert {str(it.url) for it in others} == {str(card_page.url)}, "asked at once, proposed once"
        assert str(browser.post(f"{tagged}/undo").url) == str(card_page.url), "asked twice, proposed once"


def test_an_entry_that_is_not_there_is_a_page_that_says_so(browser: Browser) -> None:
    page = browser.get("/outcomes/nothing")
    assert page.status_code == 404 and "There is no such entry" in page.text


def test_a_reviewers_edit_is_shown_beside_the_proposal(agent: Agent, browser: Browser) -> None:
    config: Any = {"configurable": {"thread_id": "note"}}
    [action] = agent.get_state(config).interrupts[0].value["action_requests"]
    edited = {"name": action["name"], "args": {**action["args"], "note": "Call back on Tuesday."}}
    agent.invoke(Command(resume={"decisions": [{"type": "edit", "edited_action": edited, "reviewer": "Ben"}]}), config)
    [address] = {*links(browser.get("/outcomes").text, "/outcomes/")}
    page = text(browser.get(address).text)
    assert "Field Proposed Decided Note Call back on Monday. Call back on Tuesday." in page
    assert "approved with edits by Ben" in page
    assert "Call back on Monday. → Call back on Tuesday." in browser.get("/outcomes.csv").text


def test_only_people_who_may_decide_can_export_private_values(agent: Agent) -> None:
    assert agent.store is not None
    put(agent.store, record(card=card("Offer Ada 132,000", private={"Salary": "compensation"}), args={"pay": 132_000}))
    with browser_of(agent) as browser, browser_of(agent, "Vi", "viewer") as viewer:
        for path in ("/outcomes.csv", "/outcomes.jsonl"):
            assert "132" not in browser.get(path).text + viewer.get(f"{path}?private=1").text
            assert "132" in browser.get(f"{path}?private=1").text and "compensation" in viewer.get(path).text
        assert "With private values" in browser.get("/outcomes").text
        assert "With private values" not in viewer.get("/outcomes").text
