"""An agent on the sandbox, with threads and journal in SQLite files, so that a new graph can resume them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolCall, ToolMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command
from office import made, results, user

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import AuditEntry, Journal, audit_trail, create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.sandbox import AshbySandbox

QUICK = {"patience": timedelta(seconds=5), "grace": timedelta(0)}
"""Journal settings for tests in which no request is still in flight."""

_numbers = itertools.count(1)


class Killed(BaseException):
    """Simulates the death of the process."""


class DyingJournal(Journal):
    """A journal whose process dies at one point: `before claim`, `after claim`, `before outcome` or `after outcome`."""

    def __init__(self, point: str) -> None:
        super().__init__(**QUICK)
        self._point = point

    def _pass(self, point: str) -> None:
        if point == self._point:
            raise Killed(point)

    def claim(self, *args: Any) -> Any:
        self._pass("before claim")
        claim = super().claim(*args)
        if self._point == "after claim":
            self.release(claim)  # like a dead process
        self._pass("after claim")
        return claim

    def conclude(self, *args: Any) -> None:
        self._pass("before outcome")
        super().conclude(*args)
        self._pass("after outcome")


@dataclass
class Room:
    """The sandbox, a client for it, and a directory for the files."""

    sandbox: AshbySandbox
    client: AshbyClient
    directory: Path
    config: RunnableConfig = field(
        default_factory=lambda: RunnableConfig(configurable={"thread_id": f"room.{next(_numbers)}"})
    )

    def __post_init__(self) -> None:
        self.number = next(_numbers)
        state = self.sandbox.state()
        self.candidate = state["candidate"][0]["id"]
        self.text = f"Note number {self.number}."

    @contextmanager
    def agent(self, *calls: ToolCall, journal: Journal | None = None, **options: Any) -> Iterator[Any]:
        """A new graph on the same files, as in a new process. Its model proposes the calls, then ends."""
        with (
            SqliteSaver.from_conn_string(str(self.directory / "threads.db")) as saver,
            SqliteStore.from_conn_string(str(self.directory / "store.db")) as store,
        ):
            yield create_recruiting_agent(
                ScriptedChatModel(script=lines(say("", *(calls or [self.note()])), "Done.", "Go on.")),
                AshbyToolkit(self.client, **options.pop("toolkit", {})),
                checkpointer=options.pop("checkpointer", saver),
                store=options.pop("store", store),
                journal=journal or Journal(**QUICK),
                **options,
            )

    def note(self, text: str | None = None, call_id: str | None = None) -> ToolCall:
        args = {"candidate_id": self.candidate, "note": text or self.text}
        return made("ashby_create_candidate_note", args, call_id)

    def start(self, graph: Any, **options: Any) -> dict[str, Any]:
        result: dict[str, Any] = graph.invoke(user(), self.config, **options)
        return result

    def resume(self, graph: Any, *decisions: Any, **options: Any) -> dict[str, Any]:
        answer = {"decisions": list(decisions) or [{"type": "approve"}]}
        result: dict[str, Any] = graph.invoke(Command(resume=answer), self.config, **options)
        return result

    def answer(self, result: dict[str, Any]) -> ToolMessage:
        [answer] = results(result)
        return answer

    def notes(self, text: str | None = None) -> int:
        """The number of notes with the text."""
        return sum((text or self.text) in str(note.get("content")) for note in self.sandbox.records("note"))

    def sent(self, endpoint: str = "candidate.createNote") -> int:
        """The number of calls to the endpoint with the text of this room's note."""
        return sum(
            it["endpoint"] == endpoint and (endpoint != "candidate.createNote" or self.text in str(it["body"]))
            for it in self.sandbox.requests()
        )

    def trail(self) -> list[AuditEntry]:
        with SqliteStore.from_conn_string(str(self.directory / "store.db")) as store:
            return list(audit_trail(store, self.config["configurable"]["thread_id"]))


@contextmanager
def opened(directory: Path) -> Iterator[Room]:
    with AshbySandbox(candidates=12) as sandbox, AshbyClient(sandbox.api_key, sandbox.url, timeout=5) as client:
        yield Room(sandbox, client, directory)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with opened(tmp_path) as room:
        yield room


def decide(room: Room, graph: Any, who: str | None, *decisions: Any, **context: Any) -> dict[str, Any]:
    return room.resume(graph, *decisions, context={"reviewer": who, **context}, durability="sync")
