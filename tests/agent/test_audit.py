"""The audit trail: who decided what, when, on which card, and the outcome."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command_line import run
from langgraph.store.base import BaseStore
from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore
from langgraph.store.sqlite.aio import AsyncSqliteStore
from langgraph.types import Command
from office import Office, agent, approve, calling, thread, user, write
from writing_room import Room, opened

from langchain_ashby.agent import AuditEntry, aaudit_trail, audit_trail, to_jsonl
from langchain_ashby.agent.execution.audit_log import audit_op as written

pytestmark = pytest.mark.slow


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


def entry(number: int = 0, **other: Any) -> AuditEntry:
    facts: dict[str, Any] = {
        "at": datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=number),
        "thread_id": "a thread",
        "call_id": f"call_{number}",
        "tool": "ashby_create_candidate_note",
        "args": {"note": "Hello."},
        "original": None,
        "card": {"line": "Add a note to Ada Lovelace"},
        "decision": "approve",
        "reviewer": "Kim",
        "decided_at": "2026-11-24T00:00:00+00:00",
        "policy": "ask",
        "outcome": "applied",
        "detail": "",
        "request_ids": ["01J"],
    }
    return AuditEntry(**facts | other)


def test_an_applied_write_is_in_the_trail_with_everything_about_it(room: Room) -> None:
    began = datetime.now(UTC)
    with room.agent() as graph:
        room.start(graph)
        room.config["configurable"]["reviewer"] = "kim@example.com"
        room.resume(graph)
    [found] = room.trail()
    assert began < found.at < datetime.now(UTC)
    assert found.thread_id == room.config["configurable"]["thread_id"]
    assert (found.tool, found.args["note"], found.original) == ("ashby_create_candidate_note", room.text, None)
    assert found.card and found.card["line"].startswith("Add a note to ")
    assert (found.decision, found.reviewer, found.policy, found.outcome) == (
        "approve",
        "kim@example.com",
        "ask",
        "applied",
    )
    assert found.decided_at and began < datetime.fromisoformat(found.decided_at) < found.at
    assert found.detail == "" and [len(request_id) for request_id in found.request_ids] == [26]


def test_every_way_in_which_a_call_can_end_is_in_the_trail() -> None:
    config, store = thread(), InMemoryStore()
    graph = agent(Office(), calling(write("a"), write("b"), write("c")), calling(write("d")), "Done.", store=store)
    graph.invoke(user(), config)
    decisions = [
        {"type": "reject", "message": "too early", "reviewer": "Kim"},
        {"type": "respond", "message": "b has withdrawn", "reviewer": "Lee"},
        {"type": "approve"},
    ]
    graph.invoke(Command(resume={"decisions": decisions}), config)
    graph.invoke(user("Never mind."), config)
    found = {it.args["candidate_id"]: (it.decision, it.reviewer, it.outcome) for it in audit_trail(store)}
    assert found == {
        "a": ("reject", "Kim", "rejected"),
        "b": ("respond", "Lee", "responded"),
        "c": ("approve", None, "applied"),
        "d": (None, None, "superseded"),
    }
    [rejected] = [it for it in audit_trail(store) if it.outcome == "rejected"]
    assert "too early" in rejected.detail


@pytest.mark.parametrize(
    ("configurable", "reviewer"),
    [
        ({}, "in the decision"),
        ({"user_id": "u"}, "u"),
        ({"user_id": "u", "reviewer": "r"}, "r"),
        ({"user_id": "u", "reviewer": "r", "langgraph_auth_user_id": "authenticated"}, "authenticated"),
    ],
)
def test_the_reviewer_of_the_run_takes_precedence_over_one_in_the_answer(
    configurable: dict[str, str], reviewer: str
) -> None:
    config, store = thread(), InMemoryStore()
    graph = agent(Office(), calling(write("ada")), "Done.", store=store)
    graph.invoke(user(), config)
    config["configurable"] |= configurable
    graph.invoke(Command(resume={"decisions": [{"type": "approve", "reviewer": "in the decision"}]}), config)
    assert [it.reviewer for it in audit_trail(store)] == [reviewer]


@pytest.mark.parametrize("reviewer", [5, ["Kim"], {"name": "Kim"}, "K" * 201])
def test_a_reviewer_that_is_no_name_is_asked_for_again(reviewer: Any) -> None:
    office, config = Office(), thread()
    graph = agent(office, calling(write("ada")), "Done.")
    graph.invoke(user(), config)
    answer = {"decisions": [{"type": "approve", "reviewer": reviewer}]}
    assert (
        '"reviewer" must be text' in graph.invoke(Command(resume=answer), config)["__interrupt__"][0].value["problem"]
    )
    assert office.writes == []


def test_the_key_is_nowhere_in_the_store(room: Room) -> None:
    with room.agent() as graph:
        room.start(graph)
        room.resume(graph)
    files = b"".join(file.read_bytes() for file in room.directory.iterdir())
    assert room.text.encode() in files and room.sandbox.api_key.encode() not in files


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BaseStore]:
    if request.param == "memory":
        yield InMemoryStore()
        return
    with SqliteStore.from_conn_string(str(tmp_path / "store.db")) as store:
        yield store


def keep(store: BaseStore, *entries: AuditEntry) -> None:
    store.batch([written(it, it.call_id) for it in entries])


def test_the_trail_is_told_oldest_first_for_one_thread_or_all(store: BaseStore) -> None:
    made = [entry(number, thread_id="one" if number % 3 else "two.three") for number in range(1203)]
    keep(store, *reversed(made))
    assert list(audit_trail(store)) == made
    assert list(audit_trail(store, "two.three")) == made[::3]
    assert list(audit_trail(store, "none")) == []


def test_an_entry_as_a_line_of_json_has_everything() -> None:
    odd = entry(thread_id=None, args={"note": "\ud800 \x1b[2J \u202e é"})
    [line] = to_jsonl([odd])
    assert line.isascii() and "\n" not in line
    told = json.loads(line)
    assert AuditEntry(**told | {"at": datetime.fromisoformat(told["at"])}) == odd


# The command.


def audit(*arguments: str) -> subprocess.CompletedProcess[str]:
    return run("audit", *arguments, env={"COLUMNS": "160", "PATH": ""})


@pytest.mark.slow
async def test_the_trail_of_an_async_store_is_read_from_its_event_loop() -> None:
    made = [entry(number, thread_id="one" if number % 2 else "two") for number in range(1_003)]
    async with AsyncSqliteStore.from_conn_string(":memory:") as store:
        await store.setup()
        await store.abatch([written(it, it.call_id) for it in reversed(made)])
        assert list(await aaudit_trail(store)) == made
        assert list(await aaudit_trail(store, "two")) == made[::2]
        assert list(await aaudit_trail(store, "none")) == []


def test_the_command_shows_the_trail_with_everything_in_it_inert(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    with SqliteStore.from_conn_string(str(file)) as store:
        keep(store, entry(1), entry(2, thread_id="other", reviewer="[red]\x1b[2J", outcome="unknown"))
    shown = audit("--store", f"sqlite:///{file}")
    assert shown.returncode == 0, shown.stderr
    assert "Add a note to Ada Lovelace" in shown.stdout and "approve by Kim" in shown.stdout
    assert "\x1b" not in shown.stdout and "[red]" in shown.stdout
    for option in ("--json", "--jsonl"):
        shown = audit("--store", f"sqlite:///{file}", "--thread", "other", option)
        [line] = shown.stdout.splitlines()
        assert json.loads(line)["outcome"] == "unknown"


@pytest.mark.slow
def test_the_command_explains_errors_and_creates_no_store(tmp_path: Path) -> None:
    for store, words in [
        ("redis://x", "sqlite:///FILE"),
        (f"sqlite:///{tmp_path}/none.db", "There is no file"),
        ("postgresql://nobody:secret@127.0.0.1:1/none", "cannot be read"),
    ]:
        shown = audit("--store", store)
        assert shown.returncode == 1 and words in shown.stderr and "secret" not in shown.stderr
        assert "Traceback" not in shown.stderr
    (tmp_path / "other.db").touch()
    assert "has no LangGraph store" in audit("--store", f"sqlite:///{tmp_path}/other.db").stderr
    assert (tmp_path / "other.db").stat().st_size == 0


def test_an_approval_that_is_given_twice_is_one_entry() -> None:
    config, store = thread(), InMemoryStore()
    graph = agent(Office(), calling(write("ada")), "Done.", store=store)
    graph.invoke(user(), config)
    before = graph.get_state(config).config
    for _ in range(2):
        graph.invoke(Command(resume=approve()), before)
    assert len(list(audit_trail(store))) == 1
