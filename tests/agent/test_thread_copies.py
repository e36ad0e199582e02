"""A thread and its copy, as servers make it: a call that both go on with is made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.store.memory import InMemoryStore
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command
from office import Office, agent, approve, calling, request, results, thread, user, write

from langchain_ashby.agent import ApprovalPolicy, audit_trail


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[tuple[SqliteSaver, SqliteStore]]:
    name = str(tmp_path / "threads.db")
    with SqliteSaver.from_conn_string(name) as saver, SqliteStore.from_conn_string(name) as store:
        saver.setup()
        store.setup()
        yield saver, store


def copied(saver: SqliteSaver, config: Any) -> Any:
    """Copies a thread with all of its checkpoints, and returns the config of the copy."""
    copy = thread()
    names = {"source": config["configurable"]["thread_id"], "copy": copy["configurable"]["thread_id"]}
    for table in ("checkpoints", "writes"):
        columns = [row[1] for row in saver.conn.execute(f"PRAGMA table_info({table})") if row[1] != "thread_id"]
        rest = ", ".join(columns)
        saver.conn.execute(
            f"INSERT INTO {table} (thread_id, {rest}) SELECT :copy, {rest} FROM {table} WHERE thread_id = :source",
            names,
        )
    saver.conn.commit()
    return copy


def test_a_write_that_may_pass_is_made_once_though_a_thread_and_its_copy_go_on(kept: Any) -> None:
    office, config, (saver, store) = Office(), thread(), kept
    policy = ApprovalPolicy(default="allow")
    graph = agent(office, calling(write("ada")), "Done.", "Done.", policy=policy, checkpointer=saver, store=store)
    graph.invoke(user(), config, interrupt_before=["prepare"], durability="sync")
    copy = copied(saver, config)
    both = [graph.invoke(None, it, durability="sync") for it in (config, copy)]
    assert [[it.text for it in results(it)] for it in both] == [["moved ada to Offer"]] * 2
    assert len(office.writes) == 1
    assert [it.outcome for it in audit_trail(store)] == ["applied"]


@pytest.mark.parametrize("before", ["prepare", "review"])
@pytest.mark.parametrize("last", [approve(), {"decisions": [{"type": "reject"}]}], ids=["approved", "rejected"])
def test_what_was_made_in_a_thread_is_told_in_its_copy_whatever_is_decided_there(
    kept: Any, before: str, last: dict[str, Any]
) -> None:
    office, config, (saver, store) = Office(), thread(), kept
    graph = agent(office, calling(write("ada")), "Done.", "Done.", checkpointer=saver, store=store)
    graph.invoke(user(), config, interrupt_before=[before], durability="sync")
    copy = copied(saver, config)
    for it in (config, copy):
        request(graph.invoke(None, it, durability="sync"))
    graph.invoke(Command(resume=approve()), config, durability="sync")
    result = graph.invoke(Command(resume=last), copy, durability="sync")
    assert [it.text for it in results(result)] == ["moved ada to Offer"]
    assert len(office.writes) == 1


def test_what_is_proposed_after_a_copy_was_made_is_a_write_of_its_own(kept: Any) -> None:
    office, config, (saver, _) = Office(), thread(), kept
    made = calling(write("ada"))
    graph = agent(office, "Hello.", made, "Done.", made, "Done.", checkpointer=saver, store=InMemoryStore())
    graph.invoke(user("Hello?"), config, durability="sync")
    for it in (copied(saver, config), config):
        request(graph.invoke(user(), it, durability="sync"))
        graph.invoke(Command(resume=approve()), it, durability="sync")
    assert len(office.writes) == 2
