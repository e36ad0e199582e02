"""Databases and threads of other programs: `pending` looks at them, says so, and changes nothing."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import command_line
import pytest
from langchain_core.tools import BaseTool, BaseToolkit, StructuredTool
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from note_on_ada import ADA, environment, proposes_a_note
from person import Person
from person import environment as clean
from provider import Provider

from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.cli.stores import open_database
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say
from langchain_ashby.sandbox import AshbySandbox

MODEL = ("chat", "--model", "openai:gpt-scripted")
SENDS_MONEY = {"tool_call_id": "1", "name": "send_money", "args": {"to": "me"}, "description": "d", "title": "Send"}


def run(*arguments: str, text: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    return command_line.run(*arguments, text=text, env=clean(**variables))


def asking(checkpointer: Any, question: object) -> Any:
    """Another program's graph, which asks one question and keeps the answer."""
    graph: Any = StateGraph(dict)
    graph.add_node("ask", lambda _: {"answer": interrupt(question)})
    graph.add_edge(START, "ask")
    return graph.compile(checkpointer=checkpointer)


def config(thread: str) -> Any:
    return {"configurable": {"thread_id": thread}}


def contents(directory: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in directory.iterdir()}


def test_pending_leaves_the_threads_of_other_programs_alone(sandbox: AshbySandbox, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chats.db"
    with Provider(proposes_a_note(sandbox)) as provider:
        run(*MODEL, "--thread", "ada", "--store", url, text="Go.\n", **environment(sandbox), **provider.environment())
    cards: list[Any] = [{}, {"version": 1}, "text", {"version": 1, "line": 7}]
    with open_database(url, create=False) as database:
        for number, card in enumerate(cards):
            asked = {"action_requests": [SENDS_MONEY | ({"card": card} if card else {})], "review_configs": []}
            asking(database.checkpointer, asked).invoke({}, config(f"theirs {number}\nThread forged, since"))
    listed = run("pending", "--store", url)
    assert listed.returncode == 3, listed.stderr
    assert listed.stdout.count("Thread ") == 1 and f"Add a note to {ADA}" in listed.stdout
    for number in range(len(cards)):
        skipped = f"Skipped thread theirs {number} ¶ Thread forged, since: it belongs to another program.\n"
        assert skipped in listed.stderr
    with Person("pending", "--store", url, **environment(sandbox)) as person:
        person.is_asked("Approve?")
        person.types("a")
        assert person.leaves() == 0
        assert "Send" not in person.seen
    with open_database(url, create=False) as database:
        name = "theirs 0\nThread forged, since"
        assert asking(database.checkpointer, {}).invoke(Command(resume="no"), config(name)) == {"answer": "no"}


def test_pending_leaves_changes_of_tools_that_it_does_not_have_open(sandbox: AshbySandbox, tmp_path: Path) -> None:
    url, sent = f"sqlite:///{tmp_path}/own.db", list[str]()

    def send_mail(to: str) -> str:
        """Send a mail."""
        sent.append(to)
        return "Sent."

    class Own(BaseToolkit):
        def get_tools(self) -> list[BaseTool]:
            return [StructuredTool.from_function(send_mail)]

    model = ScriptedChatModel(script=lines(say("", call("send_mail", to="ada@example.org")), "Done."))
    with open_database(url, create=True) as database:
        kept: Any = {"checkpointer": database.checkpointer, "store": database.store}
        asked: Any = {"messages": [("user", "Go.")]}
        create_recruiting_agent(model, Own(), **kept).invoke(asked, config("mail"))
    with Person("pending", "--store", url, **environment(sandbox)) as person:
        person.sees("This command cannot run send_mail. Decide in the application that proposed it.")
        assert person.leaves() == 3 and "Approve?" not in person.seen
    with open_database(url, create=False) as database:
        agent = create_recruiting_agent(model, Own(), checkpointer=database.checkpointer, store=database.store)
        agent.invoke(Command(resume={"decisions": [{"type": "approve"}]}), config("mail"))
    assert sent == ["ada@example.org"]


def test_chat_does_not_go_on_with_a_thread_of_another_program(sandbox: AshbySandbox, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/chats.db"
    with open_database(url, create=True) as database:
        asking(database.checkpointer, "Which one?").invoke({}, config("theirs"))
    with Provider(proposes_a_note(sandbox)) as provider:
        known = environment(sandbox) | provider.environment()
        ran = run(*MODEL, "--thread", "theirs", "--store", url, text="Go.\n", **known)
    assert ran.returncode == 1
    assert ran.stderr == "The thread 'theirs' belongs to another program.\n"


@pytest.mark.parametrize("command", ["pending", "audit"])
def test_a_file_of_another_program_is_refused_and_not_changed(tmp_path: Path, command: str) -> None:
    file = tmp_path / "theirs.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE store (id INTEGER, what TEXT)")
    before = contents(tmp_path)
    ran = run(command, "--store", f"sqlite:///{file}")
    assert ran.returncode == 1 and "has no LangGraph store in it" in ran.stderr
    assert contents(tmp_path) == before


def test_pending_says_that_a_store_has_no_threads_and_adds_none(tmp_path: Path) -> None:
    file = tmp_path / "audit.db"
    with open_database(f"sqlite:///{file}", create=True) as database:
        for table in ("checkpoints", "writes"):
            database.checkpointer.conn.execute(f"DROP TABLE {table}")  # type: ignore[attr-defined]
    before = contents(tmp_path)
    ran = run("pending", "--store", f"sqlite:///{file}")
    assert ran.returncode == 1 and "has no LangGraph threads in it" in ran.stderr
    assert contents(tmp_path) == before


@pytest.mark.parametrize("kept", ["ALTER TABLE writes DROP COLUMN task_path", "PRAGMA journal_mode = DELETE"])
def test_listing_changes_nothing_in_a_file_that_langgraph_would_mend(tmp_path: Path, kept: str) -> None:
    file = tmp_path / "theirs.db"
    with open_database(f"sqlite:///{file}", create=True) as database:
        asking(database.checkpointer, "Which one?").invoke({}, config("theirs"))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(kept)
    before = contents(tmp_path)
    ran = run("pending", "--store", f"sqlite:///{file}")
    assert ran.returncode == 0 and ran.stdout == "No changes are waiting for approval.\n"
    assert ran.stderr == "Skipped thread theirs: it belongs to another program.\n"
    assert contents(tmp_path) == before
