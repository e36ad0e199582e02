"""Threads that share a store take turns at a record."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from office import approve, made, user
from writing_room import QUICK, Killed, Room, opened

from langchain_ashby.agent import Journal
from langchain_ashby.agent.execution.executor import WriteExecutor
from langchain_ashby.agent.execution.journal_record import ROOT, Claim
from langchain_ashby.agent.execution.store import items_under

pytestmark = pytest.mark.slow


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


class Taken(Journal):
    """A journal in which another write has every record until it is `free`."""

    def __init__(self) -> None:
        super().__init__(**QUICK)
        self.waits, self.free = threading.Event(), threading.Event()

    def claim_record(self, *args: Any) -> Claim | None:
        self.waits.set()
        return super().claim_record(*args) if self.free.is_set() else None


@pytest.mark.parametrize("tool", ["ashby_create_candidate_note", "ashby_add_note_to_candidates"])
async def test_a_run_that_waits_for_a_record_keeps_no_thread_from_the_run_that_has_it(room: Room, tool: str) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    whom = {"candidate_ids": [room.candidate]} if tool.endswith("candidates") else {"candidate_id": room.candidate}
    options: dict[str, Any] = {"toolkit": {"toolsets": "all"}, "checkpointer": InMemorySaver()}
    taken = Taken()
    with room.agent(made(tool, {**whom, "note": room.text}), journal=taken, store=InMemoryStore(), **options) as graph:
        await graph.ainvoke(user(), room.config)
        run = asyncio.create_task(graph.ainvoke(Command(resume=approve()), room.config))
        while not taken.waits.is_set():
            await asyncio.sleep(0.01)
        await asyncio.wait_for(asyncio.to_thread(taken.free.set), 1)
        assert room.answer(await run).text.startswith("# Done")


def test_a_worker_that_slept_past_the_lease_between_its_second_look_and_its_claim_sends_nothing(room: Room) -> None:
    class Sleeper(Journal):
        def claim_record(self, *args: Any) -> Claim | None:
            claim = super().claim_record(*args)
            return claim and replace(claim, began=claim.began - self.lease.total_seconds())

    with room.agent(journal=Sleeper(**QUICK)) as graph:
        room.start(graph)
        room.resume(graph)
    assert room.sent() == 0


def test_a_second_look_that_is_broken_off_leaves_the_record_to_other_processes(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(*args: Any) -> None:
        raise Killed

    store = InMemoryStore()
    with room.agent(checkpointer=InMemorySaver(), store=store) as graph:
        room.start(graph)
        monkeypatch.setattr(WriteExecutor, "second_look", broken_off)
        with pytest.raises(Killed):
            room.resume(graph)
    assert not items_under(store, (*ROOT, "records"))
