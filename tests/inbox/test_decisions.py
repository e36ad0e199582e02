"""Decisions in the inbox reach the agent."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta

from people import Browser, browser_of

from langchain_ashby.agent import audit_trail
from langchain_ashby.inbox.outbox import Agent
from langchain_ashby.inbox.questions import fingerprint
from langchain_ashby.inbox.reviewers import Routing
from langchain_ashby.sandbox import AshbySandbox


def notes(sandbox: AshbySandbox) -> list[str]:
    return [entry["body"]["note"] for entry in sandbox.requests() if entry["endpoint"] == "candidate.createNote"]


def approve(browser: Browser) -> None:
    address = re.findall(r'href="[^"]*(/approvals/[^"/]+/1)"', browser.get("/").text)[0]
    fingerprint = re.findall(r'name="fingerprint" value="(\w+)"', browser.get(address).text)[0]
    answer = browser.post(f"{address}/decision", data={"decision": "approve", "fingerprint": fingerprint})
    assert answer.status_code == 200


def test_an_approved_change_is_written_once_and_does_not_wait_any_more(
    agent: Agent, browser: Browser, sandbox: AshbySandbox
) -> None:
    page = browser.get("/").text
    assert 'data-count="1"' in page
    approve(browser)
    assert agent.store is not None
    until = time.monotonic() + 10
    while not audit_trail(agent.store):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert [it.outcome for it in audit_trail(agent.store)] == ["applied"]
    assert len(notes(sandbox)) == 1
    assert 'data-count="0"' in browser.get("/").text


def test_who_opens_a_change_too_late_is_told_who_decided_how_and_when(agent: Agent, browser: Browser) -> None:
    [address] = {*re.findall(r'(/approvals/\w+/1)"', browser.get("/").text)}
    fingerprint = re.findall(r'name="fingerprint" value="(\w+)"', browser.get(address).text)[0]
    browser.post(f"{address}/decision", data={"decision": "reject", "fingerprint": fingerprint})
    until = time.monotonic() + 10
    while (page := browser.get(address)).status_code == 200:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert page.status_code == 404 and re.search(r"Grace rejected this at \d\d:\d\d UTC\.", page.text)
    browser.cookies.set("zone", "Asia/Tokyo")
    assert re.search(r"Grace rejected this (at|on .*,) \d\d:\d\d JST\.", browser.get(address).text)
    for name, is_told in [("Lea", True), ("Eve", False)]:
        with browser_of(agent, name, routing=Routing(sees=lambda person, _: person.name == "Lea")) as other:
            answer = other.get(address)
            assert answer.status_code == 404 and ("Grace" in answer.text) is is_told


def test_what_became_of_a_decision_is_told_to_the_request_that_shows_it(browser: Browser) -> None:
    approve(browser)
    until = time.monotonic() + 20
    told = ""
    while "Written:" not in told:
        assert time.monotonic() < until
        for part in ("rows", "pane", "filters"):
            assert "Written:" not in browser.get("/", headers={"hx-request": "true", "hx-trigger": part}).text
        told = browser.get("/strip", headers={"hx-request": "true", "hx-trigger": "strip"}).text
    assert "Written:" not in browser.get("/").text
    [at] = re.findall(r'data-at="([^"]*)"', told)
    before = datetime.fromisoformat(at) - timedelta(seconds=1)
    assert "Written:" in browser.get("/strip", params={"since": before.isoformat()}).text, "in another window, too"
    assert "Written:" not in browser.get("/strip", params={"since": at}).text
    assert browser.get("/strip", params={"since": "yesterday"}).status_code == 200


def test_a_card_with_characters_that_a_server_replaces_keeps_its_fingerprint() -> None:
    def of(note: str) -> str:
        return fingerprint("id", {"name": "ashby_create_candidate_note", "args": {"note": note}})

    assert of("a\0b \ud83d c") == of("a\ufffdb ? c") != of("ab ? c")
