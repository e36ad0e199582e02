"""Workers without a LangGraph server: plain processes that share a PostgreSQL."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from typing import Any

from command_line import Piped
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.store.postgres import PostgresStore

from langchain_ashby.agent import audit_trail
from langchain_ashby.sandbox import AshbySandbox

WRITES = ["application.changeStage", "candidate.createNote", "interviewSchedule.create"]


class Worker(Piped):
    """A process ready to start."""

    def __init__(self, sandbox: AshbySandbox, *words: str) -> None:
        theirs, self._ours = os.pipe()
        environment = os.environ | {"ASHBY_API_KEY": sandbox.api_key, "ASHBY_BASE_URL": sandbox.url}
        super().__init__(*words, env=environment, stdin=theirs, module="tests.server.worker")
        os.close(theirs)

    def is_ready(self) -> None:
        assert self.stdout.readline() == "ready\n"

    def begin(self) -> None:
        os.write(self._ours, b"\n")
        os.close(self._ours)

    def result(self) -> dict[str, Any]:
        told, failed = self.communicate()
        assert self.returncode == 0, failed
        result: dict[str, Any] = json.loads(told)
        return result


def test_one_worker_asks_and_two_bring_the_answer_and_each_change_is_made_once(postgres: str) -> None:
    with PostgresSaver.from_conn_string(postgres) as saver, PostgresStore.from_conn_string(postgres) as store:
        saver.setup()
        store.setup()
        with AshbySandbox() as sandbox, ExitStack() as stack:
            steps = ("ask", "approve", "approve")
            workers = [stack.enter_context(Worker(sandbox, postgres, "shared", what)) for what in steps]
            for worker in workers:
                worker.is_ready()
            workers[0].begin()
            assert len(workers[0].result()["asked"]) == len(WRITES)
            for worker in workers[1:]:
                worker.begin()
            told = [worker.result() for worker in workers[1:]]
            sent = [it["endpoint"] for it in sandbox.requests() if it["endpoint"] in WRITES]
        assert sorted(sent) == WRITES
        assert all(it["asked"] == [] for it in told)
        said = [it["said"] for it in told if it["said"] is not None]
        assert said and all("Done: add a note to " in it for it in said)
        assert [it.reviewer for it in audit_trail(store, "shared")] == ["cy@example.org"] * len(WRITES)
