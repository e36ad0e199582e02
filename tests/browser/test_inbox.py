"""A reviewer in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from conftest import served
from playwright.sync_api import Page

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.inbox import create_app
from langchain_ashby.sandbox import AshbySandbox


def test_open(open_page: Callable[..., Page]) -> None:
    with AshbySandbox() as sandbox:
        candidate = sandbox.state()["candidate"][0]["id"]
        note = call("ashby_create_candidate_note", candidate_id=candidate, note="Call back on Monday.")
        model = ScriptedChatModel(script=lines(say("I add the note.", note), say("Done.")))
        agent = create_recruiting_agent(model, AshbyToolkit(AshbyClient(sandbox.api_key, sandbox.url)))
        agent.invoke({"messages": [("user", "Note to call back on Monday.")]}, {"configurable": {"thread_id": "note"}})
        with served(create_app(agent, undo=timedelta(0))) as address:
            page = open_page(address)
            assert page.title() == "1 waiting"
            page.click("ul a")
            page.click("text=Approve")
            page.wait_for_function("document.title == '1 waiting'")
