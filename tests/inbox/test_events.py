"""Open pages learn within two seconds what other processes did."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from command_line import Piped
from desks import Desk, at, desk, new_database, place, until
from people import browser_of
from postgres import postgres as postgres

from langchain_ashby.inbox import Reviewer, create_app
from langchain_ashby.inbox.events import Events
from langchain_ashby.sandbox import AshbySandbox

APPROVE = {"type": "approve"}


@pytest.fixture
def sandbox() -> Iterator[AshbySandbox]:
    with AshbySandbox() as it:
        yield it


@contextmanager
def served(made: Desk, name: str = "Ben", **how: Any) -> Iterator[str]:
    """The inbox of a desk behind a real server."""
    app = create_app(made.agent, reviewers=lambda _: Reviewer(name), store=made.store, **how)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        until(lambda: server.started)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            app.state.inbox.events.close()
            server.should_exit = True
            running.join(20)


class Stream:
    """A page that listens."""

    def __init__(self, url: str, **headers: str) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.ids: list[str] = []
        self.ended = threading.Event()
        self.listening = threading.Event()
        self._url, self._headers = url, headers
        threading.Thread(target=self._listen, daemon=True).start()
        assert self.listening.wait(10)

    def _listen(self) -> None:
        try:
            with httpx.stream("GET", f"{self._url}/events", headers=self._headers, timeout=60) as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")
                name = ""
                for line in answer.iter_lines():
                    self.listening.set()
                    if line.startswith("event: "):
                        name = line.removeprefix("event: ")
                    elif line.startswith("id: "):
                        self.ids.append(line.removeprefix("id: "))
                    elif line.startswith("data: "):
                        self.events.append((name, json.loads(line.removeprefix("data: "))))
        finally:
            self.ended.set()

    def names(self) -> list[str]:
        return [name for name, _ in self.events]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return new_database(request.getfixturevalue("postgres"))
    return str(tmp_path / "agent.db")


class AnotherProcess:
    """An agent that asks whenever it is told a thread."""

    def __init__(self, process: Piped, threads: int) -> None:
        self._process, self._threads = process, threads
        assert process.stdout.readline() == "ready\n"

    @classmethod
    @contextmanager
    def at(cls, url: str, sandbox: AshbySandbox) -> Iterator[AnotherProcess]:
        candidate = sandbox.records("candidate")[0]["id"]
        theirs, ours = os.pipe()
        with open(theirs), open(ours, "w"):
            arguments = (url, sandbox.url, sandbox.api_key, candidate)
            with Piped(*arguments, env=os.environ, stdin=theirs, module="asks") as process:
                yield cls(process, ours)

    def ask(self, thread: str) -> None:
        os.write(self._threads, f"{thread}\n".encode())
        assert self._process.stdout.readline() == "asked\n"


@pytest.mark.slow
def test_what_an_agent_in_another_process_asks_is_told_within_two_seconds(sandbox: AshbySandbox, url: str) -> None:
    with at(url) as pair, AnotherProcess.at(url, sandbox) as another:
        made = desk(sandbox, pair)
        with served(made, undo=timedelta(0)) as address:
            page = Stream(address)
            for number in range(3):
                another.ask(f"thread {number}")
                assert until(lambda n=number: page.names() == ["waiting"] * (n + 1)) < 2  # type: ignore[misc]
            assert page.events[-1][1]["count"] == 3
            [approval, *_] = made.approvals()
            made.outbox.keep(approval, APPROVE, "Ben")  # as another process of the inbox does
            until(lambda: "outcome" in page.names())
            told = dict(page.events)
            assert told["outcome"]["address"] == approval.address and told["outcome"]["outcome"] == "applied"
            assert told["waiting"]["count"] == 2 and approval.address in told["waiting"]["gone"]


def test_a_page_is_told_who_decided_and_what_came_while_it_loaded(sandbox: AshbySandbox, tmp_path: Path) -> None:
    with place("memory", tmp_path, None) as pair:
        made = desk(sandbox, pair, undo=timedelta(seconds=30))
        with served(made) as address:
            until(lambda: httpx.get(f"{address}/events/poll").json()["count"] == 0)
            made.ask()
            until(lambda: httpx.get(f"{address}/events/poll").json()["count"] == 1)
            page = Stream(address)
            until(lambda: page.names() == ["waiting"])
            [approval] = made.approvals()
            made.outbox.keep(approval, {"type": "reject"}, "Ann")
            until(lambda: page.names() == ["waiting", "decided"])
            assert page.events[1][1] == {"count": 0, "address": approval.address, "by": "Ann", "decision": "reject"}
            made.outbox.take_back(approval.question.interrupt_id, 1, by="Ben")
            until(lambda: len(page.events) == 3)
            assert page.events[2][1]["by"] is None and page.events[2][1]["count"] == 1
            same, other = Stream(address, **{"Last-Event-ID": page.ids[-1]}), Stream(address, **{"Last-Event-ID": "x"})
            until(lambda: other.events == [("waiting", {"count": 1})])
            assert same.events == []


def test_a_page_is_told_only_of_what_its_reviewer_may_see(sandbox: AshbySandbox, tmp_path: Path) -> None:
    from langchain_ashby.inbox.reviewers import Routing

    with place("memory", tmp_path, None) as pair:
        made = desk(sandbox, pair)
        made.ask()
        events = Events(made.questions, made.outbox)
        events.look(datetime.now(UTC))
        blind = Reviewer("Ben", routing=Routing(sees=lambda who, approval: False))
        assert events.view(Reviewer("Ann")).count == 1
        assert events.view(blind).count == 0 and events.view(blind).waiting == frozenset()


def test_polling_tells_whether_anything_changed(sandbox: AshbySandbox, tmp_path: Path) -> None:
    with place("memory", tmp_path, None) as pair:
        made = desk(sandbox, pair)
        with browser_of(made.agent) as browser:
            first = browser.get("/events/poll").json()
            assert first["changed"] and first["count"] == 0
            assert not browser.get("/events/poll", params={"since": first["id"]}).json()["changed"]
            made.ask()
            until(lambda: browser.get("/events/poll", params={"since": first["id"]}).json()["changed"])


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_server_with_open_pages_ends_when_it_is_told_to(sandbox: AshbySandbox, how: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Piped(sandbox.url, str(port), env=os.environ, module="serves") as server:
        until(lambda: _answers(port), 30)
        page = Stream(f"http://127.0.0.1:{port}")
        began = time.monotonic()
        server.send_signal(how)
        server.communicate(10)
        assert page.ended.wait(5) and time.monotonic() - began < 5


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/events/poll").is_success
    except httpx.TransportError:
        return False
