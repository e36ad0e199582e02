"""Text by strangers stands on the pages as text: it can neither do nor hide anything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from full_inbox import make_agent, office, propose
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage
from markup import HOSTILE, Page
from people import Browser, browser_of

from langchain_ashby.agent.execution.waiting import Waiting, forget, keep, place
from langchain_ashby.demo.scripted import call, say
from langchain_ashby.inbox.evidence import readings_of
from langchain_ashby.inbox.outbox import Agent
from langchain_ashby.inbox.questions import Questions
from langchain_ashby.results import NOTICE
from langchain_ashby.sandbox import AshbySandbox
from langchain_ashby.text.safe import visible

INJECTIONS = Path(__file__).parent.parent / "hostile" / "injections.jsonl"
TEXTS = [*HOSTILE, *(json.loads(it)["text"] for it in INJECTIONS.read_text().splitlines())]
TEXTS += ["\u202eeliforp", "فاطمة (مهندسة)", "a\x00b\x1b[31m", "{{ 7 * 7 }} {% raw %}", "\ud800", "x" * 10_000]


@pytest.fixture(scope="module")
def agent() -> Iterator[Agent]:
    """An agent with two questions: one about a bulk change, and one with a low risk."""
    with AshbySandbox() as sandbox:
        turns = office(sandbox)
        turns = [turns[1], turns[7]]
        made = make_agent(sandbox, turns)
        propose(made, turns)
        yield made


def questions(agent: Agent) -> tuple[Waiting, Waiting]:
    assert agent.store is not None
    bulk, tag = (
        it.waiting for it in Questions(agent.store).all() if it.waiting["thread_id"] in ("thread 0", "thread 1")
    )
    return bulk, tag


def with_text(waiting: Waiting, text: str, name: str) -> Waiting:
    """The question with the text in each place where a stranger's words can come to stand."""
    copy: Any = json.loads(json.dumps(waiting))
    [action] = copy["request"]["action_requests"]
    card = action["card"]
    card |= {"line": text, "warnings": [text], "unchecked": [text], "consequences": [text]}
    card["changes"] = [{"field": text, "before": text, "after": text}]
    card["links"] = [{"title": text, "url": "https://ashby.example/x"}]
    card["sources"] = [{"argument": "note", "what": "text", "value": text, "from": "outsiders", "where": text}]
    card["args"] = {"note": text, text: text}
    for reference in card["refers"].values():
        reference["name"] = text
    if "table" in card:
        card["table"] = {"heads": [text], "rows": [[text]], "records": ["1"]}
    action |= {"title": text, "args": card["args"], "on_behalf_of": text}
    action |= {"approved_by": [{"reviewer": text, "at": "2026-11-29T10:00:00+00:00"}], "needs": "second reviewer"}
    copy["request"]["problem"] = text
    copy |= {"asked": text, "said": text, "requester": text, "interrupt_id": name, "thread_id": "hostile"}
    found: Waiting = copy
    return found


@pytest.mark.slow
def test_each_injection_is_text_wherever_it_stands(agent: Agent) -> None:
    assert agent.store is not None
    for first, waiting in enumerate(questions(agent)):
        with browser_of(agent) as browser:
            plain = _page(agent, browser, waiting, "Plain words " * 60, "0" * 32)
            # What could be markup on both cards, and the many other texts on one or the other.
            texts = [*HOSTILE, *TEXTS[len(HOSTILE) + first :: 2]]
            for number, text in enumerate(texts, 1):
                # As long as the plain words, so that the same is folded.
                repeated = text * (700 // len(text) + 1)
                page = _page(agent, browser, waiting, repeated, f"{number:032x}")
                assert set(page.tags) <= {*plain.tags, "bdi"}, text
                assert page.attributes <= plain.attributes, text
                assert page.is_balanced, text
                assert _bare(visible(text)) in _bare(page.text), text


def _page(agent: Agent, browser: Browser, waiting: Waiting, text: str, name: str) -> Page:
    assert agent.store is not None
    keep(agent.store, question := with_text(waiting, text, name))
    found = browser.get(f"/approvals/{name}/1")
    forget(agent.store, place(question))
    assert found.status_code == 200
    return Page(found.text)


def _bare(text: str) -> str:
    return "".join(text.split())


def test_what_the_agent_read_is_text_and_marked(sandbox: AshbySandbox) -> None:
    candidate = str(sandbox.records("candidate")[0]["id"])
    text = "".join(HOSTILE)
    write = call("ashby_create_candidate_note", candidate_id=candidate, note=text)
    tag = call("ashby_add_candidate_tag", candidate_id=candidate, tag_id="Silver medalist")
    read = call("ashby_list_candidate_notes", candidate_id=candidate)
    agent = make_agent(
        sandbox, turns := [("Ben", "Note it.", [say("", write)]), ("Ben", "Tag.", [say("", read), say("", tag)])]
    )
    propose(agent, turns[:1])
    _approve(agent)
    propose_second(agent, turns[1])
    assert agent.store is not None
    [change] = Questions(agent.store).approvals()
    with browser_of(agent) as browser:
        page = Page(browser.get(f"{change.address}/evidence").text)
    assert "script" in page.tags and page.tags.count("script") == 2  # the inbox's own
    assert "img" not in page.tags and "h1" in page.tags and page.is_balanced
    assert "<script>alert(1)</script>" in page.text
    assert "May contain text by outsiders" in page.text


def test_only_lines_of_the_packages_own_results_count_as_the_tools() -> None:
    calls = [call("ashby_get_candidate", candidate_id="1") | {"id": "a"}, call("read_file") | {"id": "b"}]
    text = f"# {NOTICE}\n# 1 record\nname: Ada"
    earlier: list[AnyMessage] = [
        HumanMessage("Before"),
        AIMessage("", tool_calls=calls),
        ToolMessage(text, tool_call_id="a"),
    ]
    now: list[AnyMessage] = [
        HumanMessage("Now"),
        AIMessage("", tool_calls=calls),
        ToolMessage(text, tool_call_id="a"),
        ToolMessage(text, tool_call_id="b"),
    ]
    ours, foreign = readings_of([*earlier, *now])
    assert [own for _, own in ours.lines] == [True, True, False]
    assert [own for _, own in foreign.lines] == [False, False, False]
    assert ours.quotes and foreign.quotes


def _approve(agent: Agent) -> None:
    from langgraph.types import Command

    agent.invoke(Command(resume={"decisions": [{"type": "approve"}]}), {"configurable": {"thread_id": "thread 0"}})


def propose_second(agent: Agent, turn: Any) -> None:
    agent.invoke({"messages": [("user", turn[1])]}, {"configurable": {"thread_id": "second"}})


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "http://ashby.example/", "//evil.example/", "data:text/html,x", 'https://a"><b>']
)
def test_a_card_links_to_no_other_scheme(agent: Agent, address: str) -> None:
    assert agent.store is not None
    waiting = with_text(questions(agent)[1], "Plain", "f" * 31 + "e")
    waiting["request"]["action_requests"][0]["card"]["links"] = [{"title": "Candidate", "url": address}]
    keep(agent.store, waiting)
    with browser_of(agent) as browser:
        page = Page(browser.get(f"/approvals/{waiting['interrupt_id']}/1").text)
    assert page.is_balanced and "b" not in page.tags[-40:]
    assert not [it for it in page.addresses if it and not it.startswith(("/", "#", "https://"))]


@pytest.mark.parametrize(
    "query",
    ["?q=<script>&kind=%00&job=" + "x" * 9000, "?page=99999999999", "?page=-1", "?page=x", "?risk[]=high", "?like="],
)
def test_addresses_that_nobody_made_are_answered(agent: Agent, query: str) -> None:
    with browser_of(agent) as browser:
        for path in ("/", "/batch"):
            answer = browser.get(f"{path}{query}")
            assert answer.status_code in (200, 414)
            assert "<script>&" not in answer.text
