"""Each message is sent once, though several processes run on one store, and though any of them may die."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from langgraph.store.base import PutOp
from langgraph.store.sqlite import SqliteStore
from recorder import Answer, Recorder
from told import BASE, NOON, Office, hook, put, question, record

from langchain_ashby.inbox.notifications import Notifier, Webhook
from langchain_ashby.inbox.notifications.post import UNSENT
from langchain_ashby.inbox.notifications.turn import NAMESPACE, PATIENCE, Turn


class Killed(BaseException):
    """Stands for the death of the process."""


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Office]:
    with SqliteStore.from_conn_string(str(tmp_path / "store.db")) as store:
        store.setup()
        yield Office(store)


def test_of_several_processes_one_tells_and_another_goes_on_when_it_ends(shared: Office, recorder: Recorder) -> None:
    crowd = [Notifier({"hook": hook(recorder)}, base_url=BASE) for _ in range(4)]
    rng = random.Random(16)
    for number in range(60):
        shared.questions.append(question(f"q{number}", since=shared.now))
        for one in rng.sample(crowd, len(crowd)):
            shared.tick(one, after=5)
        if number % 20 == 10:
            crowd[rng.randrange(4)].close()
    shared.tick(crowd[0], after=120)
    for _ in range(10):
        for one in crowd:
            shared.tick(one, after=10)
    told = [it["url"] for sent in recorder.requests for it in sent.body["data"]["items"]]
    assert len(told) == len({*told}) == 60


def test_a_process_that_hangs_is_relieved_after_a_while_and_tells_nothing_more(
    shared: Office, recorder: Recorder
) -> None:
    first, second = (Notifier({"hook": hook(recorder)}, base_url=BASE) for _ in range(2))
    shared.tick(first)
    shared.questions = [question()]
    shared.tick(second, after=31)
    assert not recorder.requests
    shared.tick(second, after=PATIENCE.total_seconds() + 1)
    shared.tick(second, after=31)
    assert len(recorder.requests) == 1
    shared.questions.append(question("q2", since=shared.now))
    shared.tick(first, after=31)
    assert len(recorder.requests) == 1
    shared.tick(second)
    assert len(recorder.requests) == 2


def test_a_store_outage_while_sending_makes_no_second_message(shared: Office, recorder: Recorder) -> None:
    one, connection = Notifier({"hook": hook(recorder)}, base_url=BASE), cast(Any, shared.store).conn

    def gone(_: Any) -> Answer:
        connection.execute("PRAGMA query_only = ON")
        return Answer()

    recorder.answers["hook"] = [gone]
    shared.questions = [question()]
    for after in (0, 31, 1):
        with suppress(sqlite3.OperationalError):
            shared.tick(one, after=after)
    connection.execute("PRAGMA query_only = OFF")
    shared.tick(one, after=31)
    assert len(recorder.requests) == 1 and not shared.store.search(UNSENT)


def test_a_process_that_was_relieved_while_it_sent_sends_nothing_more(shared: Office, recorder: Recorder) -> None:
    first = Notifier({"a": hook(recorder, "a"), "b": hook(recorder, "b")}, base_url=BASE)

    def relieved(_: Any) -> Answer:
        for item in shared.store.search(NAMESPACE):
            shared.store.delete(NAMESPACE, item.key)
        return Answer()

    recorder.answers["a"] = [relieved]
    shared.questions = [question()]
    shared.tick(first, after=31)
    assert recorder.endpoints() == ["a"]


def test_two_that_take_their_turn_at_once_both_step_back(shared: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Turn(shared.store), Turn(shared.store)
    put_claim = Turn._put

    def both(turn: Turn, name: str) -> None:
        put_claim(turn, name)
        with monkeypatch.context() as patch:
            patch.setattr(Turn, "_put", put_claim)
            if turn is one:
                put_claim(other, "of the other")

    monkeypatch.setattr(Turn, "_put", both)
    assert not one.taken(NOON)
    assert [it.key for it in shared.store.search(NAMESPACE)] == ["of the other"]


def test_as_long_as_one_goes_on_no_other_has_its_turn(shared: Office) -> None:
    one, other = Turn(shared.store), Turn(shared.store)
    for seconds in range(0, 600, 5):
        now = NOON + timedelta(seconds=seconds)
        assert one.taken(now) and not other.taken(now)
    one.end()
    assert other.taken(NOON)


@pytest.mark.slow
def test_a_process_that_was_killed_is_relieved_at_once(tmp_path: Path) -> None:
    file = str(tmp_path / "store.db")
    program = (
        "import os, sys\n"
        "from datetime import UTC, datetime\n"
        "from langgraph.store.sqlite import SqliteStore\n"
        "from langchain_ashby.inbox.notifications.turn import Turn\n"
        "with SqliteStore.from_conn_string(sys.argv[1]) as store:\n"
        "    store.setup()\n"
        "    assert Turn(store).taken(datetime.now(UTC))\n"
        "    os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", program, file], check=False).returncode == 9
    with SqliteStore.from_conn_string(file) as store:
        assert len(store.search(NAMESPACE)) == 1
        assert Turn(store).taken(NOON)


def test_a_message_that_was_noted_as_sent_is_not_sent_again(shared: Office, recorder: Recorder) -> None:
    first = Notifier({"hook": hook(recorder)}, base_url=BASE)
    batch = shared.store.batch

    def dying(ops: Any) -> Any:
        listed = list(ops)
        if any(isinstance(it, PutOp) and it.value is None and it.namespace == UNSENT for it in listed):
            raise Killed
        return batch(listed)

    shared.questions = [question()]
    shared.store.batch = dying  # type: ignore[method-assign]
    with pytest.raises(Killed):
        shared.tick(first, after=31)
    shared.store.batch = batch  # type: ignore[method-assign]
    second = Notifier({"hook": hook(recorder)}, base_url=BASE)
    shared.tick(second, after=1)
    shared.tick(second, after=PATIENCE.total_seconds() + 1)
    shared.tick(second, after=31)
    assert len(recorder.requests) == 1


@pytest.mark.parametrize("point", range(1, 9))
def test_a_process_that_dies_anywhere_loses_no_message_and_repeats_one_only_with_its_id(
    shared: Office, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, point: int
) -> None:
    """It dies before its store changes for the `point`-th time, or before the answer to a message is read."""
    changes = 0
    batch, post = SqliteStore.batch, Webhook.send

    def dying(self: Any, ops: Any) -> Any:
        nonlocal changes
        listed = list(ops)
        if any(type(it).__name__ == "PutOp" for it in listed):
            changes += 1
            if changes == point:
                raise Killed
        return batch(self, listed)

    def sending(self: Any, *given: Any) -> None:
        nonlocal changes
        post(self, *given)
        changes += 1
        if changes == point:
            raise Killed

    shared.questions = [question("q1"), question("q2")]
    put(shared.store, record(1))
    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "batch", dying)
        patch.setattr(Webhook, "send", sending)
        first = Notifier({"hook": hook(recorder)}, base_url=BASE)
        died = False
        try:
            shared.tick(first)
            shared.tick(first, after=31)
            shared.tick(first, after=31)
        except Killed:
            died = True
    assert died
    second = Notifier({"hook": hook(recorder)}, base_url=BASE)
    shared.tick(second, after=1)
    shared.tick(second, after=PATIENCE.total_seconds() + 1)
    shared.tick(second, after=31)
    by_id = {it.headers["webhook-id"]: it for it in recorder.requests}
    told = [it["url"] for sent in by_id.values() for it in sent.body["data"]["items"]]
    assert len(told) == len({*told}) and {f"{BASE}/approvals/q1/1", f"{BASE}/approvals/q2/1"} <= {*told}
    assert all(it.content == by_id[it.headers["webhook-id"]].content for it in recorder.requests)
