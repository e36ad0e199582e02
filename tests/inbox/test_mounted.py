"""The inbox as a part of another application."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from people import HOME
from starlette.testclient import TestClient

from langchain_ashby.agent import audit_trail
from langchain_ashby.inbox import LocalToken, Reviewer, create_app
from langchain_ashby.inbox.outbox import Agent

pytestmark = pytest.mark.slow


async def grace(_: object) -> Reviewer:
    return Reviewer("Grace")


async def nobody(_: object) -> None:
    return None


def mounted(agent: Agent, *, starts_it: bool, reviewers: Any = grace, name: str | None = None) -> FastAPI:
    inbox = create_app(agent, reviewers=reviewers, undo=timedelta(0))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if starts_it:
            async with inbox.router.lifespan_context(inbox):
                yield
        else:
            yield

    app = FastAPI(lifespan=lifespan)
    for taken in ("queue", "card", "static", "sign_in", "outcomes"):
        app.add_api_route(f"/host/{taken}", lambda: "", name=taken)
    app.mount("/inbox", inbox, name=name)
    return app


def links_of(page: str) -> list[str]:
    return re.findall(r' (?:href|src|action)="([^"]*)"', page)


def test_it_works_below_a_path_of_fastapi(agent: Agent) -> None:
    with TestClient(mounted(agent, starts_it=True), base_url=HOME) as client:
        page = client.get("/inbox/").text
        assert [it for it in links_of(page) if not it.startswith(("/inbox/", "#", "?", "https://ashby.example/"))] == []
        [address] = set(re.findall(r'href="(/inbox/approvals/[^"/?]+/\d+)"', page))
        card = client.get(address).text
        fields = {name: re.findall(rf'name="{name}" value="(\w+)"', card)[0] for name in ("csrf", "fingerprint")}
        answer = client.post(f"{address}/decision", data=fields | {"decision": "approve"}, headers={"origin": HOME})
        assert answer.status_code == 200
        assert agent.store is not None
        until = time.monotonic() + 20
        while not (made := audit_trail(agent.store)):
            assert time.monotonic() < until
            time.sleep(0.05)
        assert [(it.outcome, it.reviewer) for it in made] == [("applied", "Grace")]


def test_without_its_lifespan_it_says_so(agent: Agent) -> None:
    with TestClient(mounted(agent, starts_it=False), base_url=HOME) as client:
        assert client.get("/inbox/").status_code == 503


def test_its_links_are_its_own_whatever_it_is_called_and_the_host_has(agent: Agent) -> None:
    with TestClient(mounted(agent, starts_it=True, name="approvals"), base_url=HOME) as client:
        links = links_of(client.get("/inbox/").text)
        assert {"/inbox/", "/inbox/outcomes", "/inbox/static/style.css"} <= {*links}
        assert [it for it in links if not it.startswith(("/inbox/", "#", "?", "https://ashby.example/"))] == []


def test_a_page_that_lets_nobody_in_links_to_the_inbox_too(agent: Agent) -> None:
    with TestClient(mounted(agent, starts_it=True, reviewers=nobody), base_url=HOME) as client:
        refused = client.get("/inbox/")
        assert refused.status_code == 403 and "does not know you" in refused.text
        assert "/inbox/static/style.css" in links_of(refused.text)
        assert [it for it in links_of(refused.text) if not it.startswith(("/inbox/", "#"))] == []


def test_a_stranger_is_sent_to_its_own_sign_in(agent: Agent) -> None:
    door = LocalToken("Grace")
    with TestClient(mounted(agent, starts_it=True, reviewers=door), base_url=HOME) as client:
        sent = client.get("/inbox/", headers={"accept": "text/html"}, follow_redirects=False)
        assert sent.status_code == 303 and urlsplit(sent.headers["location"]).path == "/inbox/sign-in"
