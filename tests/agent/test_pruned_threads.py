"""`langchain-ashby prune`: a thread loses only what it no longer needs, and continues as if nothing had happened."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import command_line
import pytest
from langchain_core.messages import RemoveMessage
from langgraph.graph import START, StateGraph
from langgraph.types import Command
from office import Office, agent, approve, calling, read, results, user, write

from langchain_ashby.agent import Journal, audit_trail
from langchain_ashby.agent.execution.store import thread_label
from langchain_ashby.cli import pruning
from langchain_ashby.cli.checkpoint_tables import Unneeded, tables_of
from langchain_ashby.cli.pruning import Left, Pruned
from langchain_ashby.cli.stores import Database, open_database, shrink
from langchain_ashby.errors import ConfigurationError

SECRET = "The candidate asked us to forget this sentence."


def at(thread: str) -> Any:
    return {"configurable": {"thread_id": thread}}


def on(database: Database, office: Office, *spoken: Any) -> Any:
    return agent(office, *spoken, checkpointer=database.checkpointer, store=database.store)


def checkpoints(database: Database, thread: str) -> int:
    return len(list(database.checkpointer.list(at(thread))))


def prune(url: str, *more: str) -> str:
    ran = command_line.run("prune", "--store", url, *more, env=dict(os.environ))
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def talk(database: Database, office: Office) -> None:
    """Makes three threads: one with a change that was made, one with a pending change, one of another program."""
    graph = on(
        database, office, calling(read("ada")), "One.", calling(write("ada")), "Made.", calling(read("ben")), "Two."
    )
    graph.invoke(user("First."), at("long"), durability="sync")
    graph.invoke(user("Write."), at("long"), durability="sync")
    graph.invoke(Command(resume=approve()), at("long"), durability="sync")
    graph.invoke(user("Last."), at("long"), durability="sync")
    graph = on(database, office, "Hello.", calling(write("cy")))
    graph.invoke(user("Hello?"), at("asking"), durability="sync")
    graph.invoke(user("Write."), at("asking"), durability="sync")
    other: Any = StateGraph(dict)
    other.add_node("count", lambda state: {"number": 1})
    other.add_edge(START, "count")
    other.compile(checkpointer=database.checkpointer).invoke({"number": 0}, at("foreign"))


@pytest.mark.slow
def test_pruned_threads_continue_and_pending_changes_can_be_decided(tmp_path: Path) -> None:
    _prunes_and_goes_on(f"sqlite:///{tmp_path}/agent.db")


@pytest.mark.slow
def test_the_same_on_postgresql(postgres: str) -> None:
    _prunes_and_goes_on(postgres)


def _prunes_and_goes_on(url: str) -> None:
    office = Office()
    with open_database(url, create=True) as database:
        talk(database, office)
        before = {name: (checkpoints(database, name)) for name in ("long", "asking", "foreign")}
        said = on(database, office).get_state(at("long")).values
    left = "1 thread (of another program or unreadable) and 1 thread (change waiting or run under way).\n"
    told = prune(url, "--dry-run")
    assert told.startswith("Would delete ") and told.count(left.partition(" and ")[0]) == 1
    assert prune(url, "--older-than", "1h").startswith("Deleted 0 checkpoints of 0 threads, 0.0 MB.")
    with open_database(url, create=False) as database:
        assert before == {name: checkpoints(database, name) for name in before}
    assert prune(url) == told.replace("Would delete", "Deleted")

    with open_database(url, create=False) as database:
        assert checkpoints(database, "long") < before["long"] / 2
        assert [checkpoints(database, it) for it in ("asking", "foreign")] == [before["asking"], before["foreign"]]
        graph = on(database, office, *["unsaid"] * 6, "Still here.")
        assert graph.get_state(at("long")).values == said
        assert len([*graph.get_state_history(at("long"))]) == checkpoints(database, "long")
        assert graph.invoke(user("And?"), at("long"), durability="sync")["messages"][-1].text == "Still here."
        done = on(database, office, *["unsaid"] * 2, "Done.").invoke(
            Command(resume=approve()), at("asking"), durability="sync"
        )
        assert results(done)[-1].status == "success"
        assert office.writes == [("ada", "Offer"), ("cy", "Offer")]
        # Other tests share the store.
        made = [it.outcome for it in audit_trail(database.store) if it.thread_id in before]
        assert made == ["applied", "applied"]


def test_a_thread_with_an_unsettled_change_is_skipped(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path}/agent.db", create=True) as database:
        talk(database, Office())
        Journal().claim(database.store, f"{thread_label('long')}/call", None)
        found = pruning.prune(on(database, Office()), database, datetime.now(UTC), "long", dry_run=False)
    assert found == Pruned(left={Left.UNSETTLED: 1})


@pytest.mark.parametrize("thread", ["nope", ""])
def test_a_thread_that_does_not_exist_is_not_pruned(tmp_path: Path, thread: str) -> None:
    url = f"sqlite:///{tmp_path}/agent.db"
    with open_database(url, create=True) as database:
        talk(database, Office())
        before = checkpoints(database, "long")
    ran = command_line.run("prune", "--store", url, "--thread", thread, env=dict(os.environ))
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", f"There is no thread {thread!r}.\n")
    with open_database(url, create=False) as database:
        assert checkpoints(database, "long") == before


def test_messages_removed_from_a_conversation_are_gone_from_the_file(tmp_path: Path) -> None:
    def in_files() -> bool:
        return any(SECRET.encode() in it.read_bytes() for it in tmp_path.iterdir())

    with open_database(f"sqlite:///{tmp_path}/agent.db", create=True) as database:
        graph = on(database, Office(), "Noted.", "Yes.")
        graph.invoke(user(SECRET), at("long"), durability="sync")
        said = graph.get_state(at("long")).values["messages"]
        graph.update_state(at("long"), {"messages": [RemoveMessage(str(it.id)) for it in said]})
        graph.invoke(user("Are you there?"), at("long"), durability="sync")
        assert in_files()
        database.checkpointer.conn.execute("PRAGMA secure_delete = OFF")  # type: ignore[attr-defined]  # as many have it
        pruning.prune(graph, database, datetime.now(UTC), dry_run=False)
        database.checkpointer.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
        assert not in_files()


def test_a_file_that_another_program_uses_is_not_shrunk(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/agent.db", tmp_path / "agent.db"
    with open_database(url, create=True) as database:
        on(database, Office(), "Noted.").invoke(user("x" * 100_000), at("long"), durability="sync")
        database.checkpointer.delete_thread("long")
        assert not shrink(url)
    size = file.stat().st_size
    assert shrink(url) and file.stat().st_size < size / 2


def test_a_thread_that_continued_meanwhile_is_not_touched(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path}/agent.db", create=True) as database:
        talk(database, Office())
        ids = [it.checkpoint["id"] for it in database.checkpointer.list(at("long"))]
        assert not tables_of(database.checkpointer).delete("long", Unneeded(ids[2:], [], ids[1]))
        assert checkpoints(database, "long") == len(ids)


def test_a_thread_that_continues_while_it_is_pruned_stays_readable(tmp_path: Path) -> None:
    """Many checkpoints are deleted in parts, between which others can write."""
    parts: list[str] = []

    def beside(statement: str) -> None:
        if "IMMEDIATE" in statement:
            parts.append(statement)
            if len(parts) == 2:
                on(other, Office(), *["unsaid"] * 13, "Beside.").invoke(user("?"), at("long"), durability="sync")

    url = f"sqlite:///{tmp_path}/agent.db"
    with open_database(url, create=True) as database, open_database(url, create=False) as other:
        graph = on(database, Office(), *["Said."] * 11, calling(write("ada")), "Done.")
        for _ in range(12):
            graph.invoke(user(), at("long"), durability="sync")
        graph.invoke(Command(resume=approve()), at("long"), durability="sync")
        before = checkpoints(database, "long")
        database.checkpointer.conn.set_trace_callback(beside)  # type: ignore[attr-defined]
        found = pruning.prune(graph, database, datetime.now(UTC), dry_run=False)
        database.checkpointer.conn.set_trace_callback(None)  # type: ignore[attr-defined]
        assert found.left == {Left.OPEN: 1} and before - 20 < checkpoints(database, "long") < before
        latest, *_ = graph.get_state_history(at("long"))
        assert latest.values["messages"][-1].text == "Beside."


async def test_a_run_from_a_checkpoint_that_is_gone_is_refused_and_leaves_the_conversation() -> None:
    graph = agent(Office(), "One.", "Two.")
    graph.invoke(user("First."), at("long"))
    gone = {"configurable": {"thread_id": "long", "checkpoint_id": "1f0c0000-0000-6000-8000-000000000000"}}
    with pytest.raises(ConfigurationError, match="does not exist, so nothing was executed"):
        graph.invoke(user("Again."), gone)
    with pytest.raises(ConfigurationError, match="does not exist, so nothing was executed"):
        await graph.ainvoke(user("Again."), gone)
    assert [it.text for it in graph.get_state(at("long")).values["messages"]] == ["First.", "One."]
