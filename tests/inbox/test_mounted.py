"""The inbox as a part of another application."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from fastapi import FastAPI
from people import HOME
from starlette.testclient import TestClient

from langchain_ashby.agent import audit_trail
from langchain_ashby.inbox import Reviewer, create_app
from langchain_ashby.inbox.outbox import Agent

pytestmark = pytest.mark.slow


async def grace(_: object) -> Reviewer:
    return Reviewer("Grace")


def mounted(agent: Agent, *, starts_it: bool) -> FastAPI:
    inbox = create_app(agent, reviewers=grace, undo=timedelta(0))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if starts_it:
            async with inbox.router.lifespan_context(inbox):
                yield
        else:
            yield

    app = FastAPI(lifespan=lifespan)
    app.mount("/inbox", inbox)
    return app


def test_it_works_below_a_path_of_fastapi(agent: Agent) -> None:
    with TestClient(mounted(agent, starts_it=True), base_url=HOME) as client:
        page = client.get("/inbox/").text
        links = re.findall(r' (?:href|src|action)="([^"]*)"', page)
        assert [it for it in links if not it.startswith(("/inbox/", "#", "?", "https://ashby.example/"))] == []
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
