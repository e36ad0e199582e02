"""`langchain-ashby inbox` as a process, with real browsers' requests, on SQLite and PostgreSQL."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from command_line import Piped, run
from langchain_core.messages import HumanMessage
from note_on_ada import environment, notes
from person import environment as clean
from postgres import postgres

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import audit_trail, create_recruiting_agent
from langchain_ashby.agent.execution.waiting import all_waiting, withdraw
from langchain_ashby.cli.stores import open_database
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.sandbox import AshbySandbox

__all__ = ["postgres"]


class Inbox:
    """The running command, and a browser that it would have opened."""

    def __init__(self, process: Piped) -> None:
        self.process = process
        self.browser = httpx.Client(headers={"accept": "text/html"}, follow_redirects=True, timeout=20)
        self.printed = self.line()
        self.address = re.findall(r"http://\S+", self.printed)[0]
        self.home = self.address.partition("/sign-in")[0]

    def line(self) -> str:
        return self.process.stdout.readline()

    def approve(self, path: str) -> None:
        page = self.browser.get(self.home + path).text
        fields = {name: re.findall(rf'name="{name}" value="(\w+)"', page)[0] for name in ("csrf", "fingerprint")}
        answer = self.browser.post(
            f"{self.home}{path}/decision", data=fields | {"decision": "approve"}, headers={"origin": self.home}
        )
        assert answer.status_code == 200

    def waiting(self) -> list[str]:
        page = self.browser.get(self.home).text
        return list(dict.fromkeys(re.findall(r'href="[^"]*(/approvals/[^"/?]+/\d+)"', page)))

    def ends(self, number: signal.Signals = signal.SIGINT) -> tuple[int | None, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@contextmanager
def inbox(*options: str, **variables: str) -> Iterator[Inbox]:
    with Piped(
        "inbox", "--no-open", "--reviewer", "Grace", *options, env={**os.environ, **clean(**variables)}
    ) as process:
        yield Inbox(process)


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def propose_a_note(sandbox: AshbySandbox, url: str, thread: str, *, is_listed: bool = True) -> None:
    """What an agent in another process left in the store."""
    candidate = sandbox.records("candidate")[len(thread)]["id"]
    note = call("ashby_create_candidate_note", candidate_id=candidate, note="Call back on Monday.")
    model = ScriptedChatModel(script=lines(say("I add the note.", note)))
    with AshbyClient(sandbox.api_key, sandbox.url) as client, open_database(url, create=True) as database:
        agent = create_recruiting_agent(
            model, AshbyToolkit(client), checkpointer=database.checkpointer, store=database.store
        )
        question = {"messages": [HumanMessage("A note.")]}
        agent.invoke(question, {"configurable": {"thread_id": thread}}, durability="sync")  # type: ignore[call-overload]
        if not is_listed:
            withdraw(database.store, thread)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_what_waits_in_a_store_is_decided_in_the_browser(
    sandbox: AshbySandbox, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres") if kind == "postgres" else f"sqlite:///{tmp_path / 'agent.db'}"
    propose_a_note(sandbox, url, "listed")
    propose_a_note(sandbox, url, "not listed", is_listed=False)
    with inbox("--store", url, **environment(sandbox)) as running:
        assert running.browser.get(running.home).url.path == "/sign-in"
        assert running.browser.get(running.address).status_code == 200
        until(lambda: len(running.waiting()) == 2)
        propose_a_note(sandbox, url, "while it runs")
        until(lambda: len(running.waiting()) == 3)
        for path in running.waiting():
            running.approve(path)
        until(lambda: len(notes(sandbox)) == 3)
        until(lambda: running.waiting() == [])
        status, out, err = running.ends()
    assert status == 0
    assert err == ""
    assert "token=" not in out
    with open_database(url, create=False) as database:
        assert all_waiting(database.store) == []
        made = audit_trail(database.store)
        assert [(it.outcome, it.reviewer) for it in made] == [("applied", "Grace")] * 3


def test_the_sandbox_has_twenty_changes_of_all_kinds_that_wait(tmp_path: Path) -> None:
    with inbox("--sandbox", **clean()) as running:
        page = running.browser.get(running.address)
        assert page.status_code == 200
        assert len(running.waiting()) == 20
        assert "<script>alert" not in page.text
        for path in running.waiting():
            assert "<img src=x" not in running.browser.get(running.home + path).text
        running.approve(running.waiting()[0])
        until(lambda: len(running.waiting()) == 19)
        status, _, err = running.ends(signal.SIGTERM)
    assert (status, err) == (0, "")


def test_it_needs_a_store_or_the_sandbox_and_says_what_is_wrong(sandbox: AshbySandbox, tmp_path: Path) -> None:
    def failed(*options: str, **variables: str) -> tuple[int, str]:
        done = run("inbox", *options, env={**os.environ, **clean(**variables)})
        return done.returncode, done.stderr

    assert failed() == (2, "Give either --store, such as sqlite:///agent.db, or --sandbox.\n")
    assert failed("--sandbox", "--store", "sqlite:///x")[0] == 2
    status, words = failed("--store", f"sqlite:///{tmp_path}/none.db", **environment(sandbox))
    assert status == 1 and "There is no file" in words
    nowhere = "postgresql://me:hunter2@127.0.0.1:1/db"
    status, words = failed("--store", nowhere, **environment(sandbox))
    assert status == 1 and words.startswith("The store in PostgreSQL cannot be read (OperationalError). Check that ")
    assert "hunter2" not in words
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, words = failed("--sandbox", "--port", str(port))
        assert status == 1 and f"cannot listen on port {port}" in words


@pytest.fixture
def empty(sandbox: AshbySandbox, tmp_path: Path) -> tuple[str, dict[str, str]]:
    """A store in which nothing waits, and the environment for it: `--sandbox` would first have its agent propose."""
    url = f"sqlite:///{tmp_path / 'agent.db'}"
    with open_database(url, create=True):
        return url, {**os.environ, **clean(**environment(sandbox))}


def test_enter_gives_an_address_for_another_browser(empty: tuple[str, dict[str, str]]) -> None:
    ours, theirs = pty.openpty()
    url, variables = empty
    try:
        with Piped("inbox", "--store", url, "--no-open", env=variables, stdin=theirs) as process:
            running = Inbox(process)
            running.line()
            os.write(ours, b"\n")
            another = running.line().strip()
            assert another != running.address
            assert running.browser.get(running.address).status_code == 401
            assert running.browser.get(another).status_code == 200
    finally:
        os.close(ours)
        os.close(theirs)


def test_the_browser_is_given_a_file_that_only_its_owner_can_read_and_no_token(
    empty: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/given\n')
    browser.chmod(0o700)
    url, variables = empty
    with Piped("inbox", "--store", url, env={**variables, "BROWSER": f"{browser} %s"}) as process:
        running = Inbox(process)
        assert "opened in your browser" in running.printed and "token" not in running.printed
        given = (tmp_path / "given").read_text().strip()
        assert given.startswith("file://") and "token" not in given
        page = Path(given.removeprefix("file://"))
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
        assert stat.S_IMODE(page.parent.stat().st_mode) == 0o700
        address = re.findall(r'href="([^"]+)"', page.read_text())[0]
        assert running.browser.get(address).status_code == 200
        assert running.ends()[0] == 0
        assert not page.exists()
