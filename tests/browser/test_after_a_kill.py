"""The inbox and the agent are killed between the click and the write: after a restart each decision counts once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from command_line import Piped
from inbox_server import until
from playwright.sync_api import Page, expect

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.cli.stores import open_database
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.sandbox import AshbySandbox

SILENT = ("/", "/events", "/events/poll", "/strip", "/1", "/decision", "/evidence", "/htmx.min.js")
"""What an inbox that was killed does not answer, and who complains of it."""


class Running:
    """`langchain-ashby inbox` on a store."""

    def __init__(self, process: Piped) -> None:
        self.kill = process.kill
        self.address = re.findall(r"http://\S+", process.stdout.readline())[0]
        self.home = self.address.partition("/sign-in")[0]


@contextmanager
def inbox(store: Path, sandbox: AshbySandbox) -> Iterator[Running]:
    own = {"ASHBY_API_KEY": sandbox.api_key, "ASHBY_BASE_URL": sandbox.url}
    options = ("--no-open", "--reviewer", "Grace", "--store", f"sqlite:///{store}")
    with Piped("inbox", *options, env={**os.environ, **own}) as process:
        yield Running(process)


@pytest.fixture
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox() as it:
        yield it


@pytest.fixture
def store(tmp_path: Path, sandbox: AshbySandbox) -> Path:
    """A store in which an agent has asked that is no longer there."""
    place = tmp_path / "agent.db"
    note = call("ashby_create_candidate_note", candidate_id=sandbox.records("candidate")[0]["id"], note="Call back.")
    model = ScriptedChatModel(script=lines(say("", note)))
    asked: Any = {"messages": [("user", "Go.")]}
    with AshbyClient(sandbox.api_key, sandbox.url) as client, open_database(f"sqlite:///{place}", create=True) as it:
        agent = create_recruiting_agent(model, AshbyToolkit(client), checkpointer=it.checkpointer, store=it.store)
        agent.invoke(asked, {"configurable": {"thread_id": "note"}})
    return place


def written(sandbox: AshbySandbox) -> int:
    """How often the note was written."""
    return sum(it["content"] == "Call back." for it in sandbox.records("note"))


@pytest.mark.parametrize("at", ["before it leaves", "during the write"])
def test_a_decision_counts_once_although_the_inbox_is_killed(
    open_page: Callable[..., Page], sandbox: AshbySandbox, store: Path, at: str
) -> None:
    if at == "during the write":
        sandbox.fault("candidate.createNote", drip_head=5)  # it is written, and the answer is slow
    with inbox(store, sandbox) as first:
        page = open_page(first.address, ignores=SILENT)
        expect(page.locator(".row")).to_have_count(1)
        page.click("#approve")
        expect(page.locator("#undo .toast")).to_contain_text("Approved")
        if at == "during the write":
            until(lambda: written(sandbox) == 1)
        first.kill()
        page.context.close()
    assert written(sandbox) == (at == "during the write")
    with inbox(store, sandbox) as second:
        page = open_page(second.address)
        expect(page.locator("#results .toast")).to_contain_text("Add a note to Ada Lovelace", timeout=40_000)
        told = page.inner_text("#results")
        until(lambda: page.goto(f"{second.home}/outcomes") and page.locator("ol.outcomes > li").count())
        expect(page.locator("ol.outcomes > li")).to_contain_text("approved by Grace")
        page.context.close()
    assert written(sandbox) == 1
    assert told.startswith("Written" if at == "before it leaves" else ("Written", "Not known")), told
