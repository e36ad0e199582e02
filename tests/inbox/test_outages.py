"""A database that goes down and comes back: pages say so, and no decision is lost or made twice."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from desks import at, desk, new_database, note
from desks import until as soon
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.store.base import PutOp
from langgraph.store.memory import InMemoryStore
from langgraph.store.postgres import PostgresStore
from people import HOME, Browser, browser_of
from postgres import data, server, why_not
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool
from starlette.testclient import TestClient

from langchain_ashby.demo.scripted import say
from langchain_ashby.inbox.questions import Approval
from langchain_ashby.inbox.security import is_outage
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow

AWAY, NOT_KNOWN = "The database does not answer.", "It is not known whether anything was changed"


def decide(browser: Browser, token: str, approval: Approval) -> Any:
    """Approves a change with a form that was loaded before."""
    form = {"decision": "approve", "fingerprint": approval.fingerprint, "csrf": token}
    address = f"{approval.address}/decision"
    return TestClient.request(
        browser, "POST", address, data=form, headers={"origin": HOME}, follow_redirects=False
    )  # without reading the list, as the browser's own `post` would


def until(true: Callable[[], object]) -> None:
    """Waits for a condition: a busy machine takes time to start a server, and a pool to retry."""
    soon(true, 60)


@contextmanager
def pooled(url: str) -> Iterator[Any]:
    """Yields a checkpointer and a store on a pool as documented, but with short timeouts."""
    options: Any = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    check = ConnectionPool.check_connection
    with ConnectionPool[Connection[dict[str, Any]]](
        url, min_size=1, max_size=8, timeout=0.5, kwargs=options, check=check
    ) as pool:
        made = PostgresSaver(pool), PostgresStore(pool)
        made[0].setup()
        made[1].setup()
        yield made


@pytest.mark.skipif(why_not() is not None, reason="no PostgreSQL server is installed")
def test_while_postgresql_is_stopped_pages_say_so_and_afterwards_each_decision_counts_once(
    sandbox: AshbySandbox,
) -> None:
    with data() as home, ExitStack() as running:
        url = running.enter_context(server(home))
        with pooled(url) as pair:
            for number in range(2):
                made = desk(sandbox, pair, say("", note(of=number)), "Done.")
                made.ask(f"thread {number}")
            with browser_of(made.agent, "Ben", undo=timedelta(seconds=0.5)) as browser:
                token, (one, two) = browser.csrf_token, made.approvals()
                assert decide(browser, token, one).status_code == 303
                running.close()
                page = browser.get("/")
                assert page.status_code == 503 and AWAY in page.text and page.headers["refresh"]
                refused = decide(browser, token, two)
                assert refused.status_code == 503 and NOT_KNOWN in refused.text and "refresh" not in refused.headers
                running.enter_context(server(home))
                until(lambda: browser.get("/").status_code == 200)
                until(lambda: made.results() == ["applied"])
                assert decide(browser, token, two).status_code == 303
                until(lambda: made.results() == ["applied"] * 2)
        assert len(made.notes()) == 2


def test_killed_connections_neither_lose_nor_repeat_a_decision(sandbox: AshbySandbox, postgres: str) -> None:
    url, over = new_database(postgres), threading.Event()

    def kill() -> None:
        others = b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
        with psycopg.connect(url, autocommit=True) as connection:
            while not over.wait(0.2):
                connection.execute(others + b"pid <> pg_backend_pid()")

    with pooled(url) as pair:
        for number in range(8):
            made = desk(sandbox, pair, say("", note(of=number)), "Done.")
            made.ask(f"thread {number}")
        with browser_of(made.agent, "Ben", undo=timedelta(0)) as browser:
            token, approvals = browser.csrf_token, made.approvals()
            killer = threading.Thread(target=kill)
            killer.start()
            statuses: Counter[int] = Counter()
            try:
                for it in approvals:
                    statuses[decide(browser, token, it).status_code] += 1
            finally:
                over.set()
                killer.join()
            for it in approvals:  # the page did not know the outcome: the second click is refused if the first counted
                until(lambda it=it: decide(browser, token, it).status_code in (303, 404, 409))  # type: ignore[misc]
            until(lambda: not made.approvals() and not browser.app.state.inbox.outbox.all())  # type: ignore[attr-defined]
            assert [it.outcome for it in made.outbox.results.of("Ben", unseen=False)] == ["applied"] * 8, statuses
    assert len(made.notes()) == 8


def _locked(file: Path, store: Any) -> Callable[[], object]:
    store.conn.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other.close


def _full(file: Path, store: Any) -> Callable[[], object]:
    store.conn.execute("PRAGMA max_page_count = 1")
    with suppress(sqlite3.OperationalError):
        for number in range(1000):  # the free space in the file is used up first
            store.put(("filler",), str(number), {"text": "x" * 4000})
    return lambda: store.conn.execute("PRAGMA max_page_count = 1000000")


def _read_only(file: Path, store: Any) -> Callable[[], object]:
    store.conn.execute("PRAGMA query_only = ON")
    return lambda: store.conn.execute("PRAGMA query_only = OFF")


@pytest.mark.parametrize("happens", [_locked, _full, _read_only])
def test_an_unwritable_file_is_explained_and_a_later_decision_counts(
    sandbox: AshbySandbox, tmp_path: Path, happens: Callable[[Path, Any], Callable[[], object]]
) -> None:
    file = tmp_path / "agent.db"
    with at(str(file)) as pair:
        made = desk(sandbox, pair)
        made.ask()
        with browser_of(made.agent, "Ben", undo=timedelta(0)) as browser:
            token, [approval] = browser.csrf_token, made.approvals()
            over = happens(file, pair[1])
            refused = decide(browser, token, approval)
            assert refused.status_code == 503 and AWAY in refused.text and NOT_KNOWN in refused.text
            over()
            until(lambda: decide(browser, token, approval).status_code in (303, 404, 409))
            until(lambda: made.results() == ["applied"])
    assert len(made.notes()) == 1


def test_only_database_errors_of_drivers_count_as_an_outage() -> None:
    class OperationalError(Exception):
        pass

    assert is_outage(sqlite3.OperationalError()) and is_outage(psycopg.errors.AdminShutdown())
    assert is_outage(psycopg.InterfaceError()) and is_outage(TimeoutError())
    assert not is_outage(sqlite3.IntegrityError()) and not is_outage(OperationalError()) and not is_outage(KeyError())


class Flaky(InMemoryStore):
    """Fails once on the next batch with a matching put, before or after it takes effect."""

    wanted: Callable[[PutOp], bool] | None = None
    counts = False

    def batch(self, ops: Iterable[Any]) -> list[Any]:
        given = [*ops]
        fails = self.wanted and any(isinstance(it, PutOp) and self.wanted(it) for it in given)
        if fails:
            self.wanted = None
        done = super().batch(given) if self.counts or not fails else []
        if fails:
            raise sqlite3.OperationalError("away")
        return done


def test_leftover_marks_block_no_one_and_undo_no_later_decision(sandbox: AshbySandbox) -> None:
    store = Flaky()
    made = desk(sandbox, (InMemorySaver(), store))
    made.ask()
    [approval] = made.approvals()
    question = approval.question.interrupt_id

    def fails(part: str, *, counts: bool = False) -> None:
        store.wanted, store.counts = (lambda it: part in f"{it.key} {it.value}"), counts

    fails('"settled": true')  # the claim stays, but is not a decision
    with pytest.raises(sqlite3.OperationalError):
        made.outbox.keep(approval, {"type": "reject"}, "Ann")
    made.deliver()
    made.outbox.keep(approval, {"type": "reject"}, "Ann")
    fails("back.1")
    with pytest.raises(sqlite3.OperationalError):
        made.outbox.take_back(question, 1)
    fails("back.1", counts=True)
    with pytest.raises(sqlite3.OperationalError):
        made.outbox.take_back(question, 1)
    made.outbox.take_back(question, 1)
    assert not made.outbox.all()
    made.outbox.keep(approval, {"type": "approve"}, "Ben")
    fails("leaving.", counts=True)
    made.deliver()
    made.deliver(datetime.now(UTC) + timedelta(seconds=6))
    made.deliver(datetime.now(UTC) + timedelta(seconds=12))
    assert made.results() == ["applied"] and len(made.notes()) == 1 and not made.outbox.all()
