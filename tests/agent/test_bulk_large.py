"""Many applications are archived in a few proposals; and a process that is killed on the way is no matter."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langgraph.types import Command
from office import made, user
from writing_room import Room

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, lines, say
from langchain_ashby.endpoints.bulk import MOST
from langchain_ashby.sandbox import AshbySandbox

pytestmark = pytest.mark.slow


def test_108_people_are_archived_in_2_proposals_with_a_decision_each() -> None:
    with AshbySandbox(candidates=300) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        state = sandbox.state()
        waiting = [it["id"] for it in state["application"] if it["status"] == "Active"][:108]
        assert len(waiting) == 108
        reason = next(it["id"] for it in state["archiveReason"] if not it["isArchived"])
        portions = [waiting[start : start + MOST] for start in range(0, len(waiting), MOST)]
        calls = [
            made("ashby_archive_applications", {"application_ids": it, "archive_reason_id": reason}) for it in portions
        ]
        agent = create_recruiting_agent(
            ScriptedChatModel(script=lines(*(say("", it) for it in calls), "Done.")),
            AshbyToolkit(client, toolsets="all"),
        )
        thread: Any = {"configurable": {"thread_id": "review"}}
        result, decisions = agent.invoke(user(), thread), 0
        while "__interrupt__" in result:
            decisions += 1
            result = agent.invoke(Command(resume={"decisions": [{"type": "approve"}]}), thread)
        answers = [it.text for it in result["messages"] if isinstance(it, ToolMessage)]
        after = {it["id"]: it for it in sandbox.records("application")}
    assert decisions == 2
    assert [it.partition(": ")[2] for it in answers] == [
        f"Archive applications: {number} of {number} archived." for number in (100, 8)
    ]
    assert {after[it]["status"] for it in waiting} == {"Archived"}
    others = {it["id"]: it for it in state["application"] if it["id"] not in {*waiting}}
    assert all(after[key] == it for key, it in others.items()), "nobody else was touched"


WORKER = """
import sys
sys.path[:0] = sys.argv[5:]
from pathlib import Path
from typing import Any
from writing_room import Room
from office import made
from langchain_ashby import AshbyClient

class Elsewhere:
    def __init__(self, url): self.url = url
    def state(self): return {"candidate": [{"id": ""}]}

url, key, directory, ids = sys.argv[1:5]
*ids, reason = ids.split(",")
client = AshbyClient(key, url)
room = Room(Elsewhere(url), client, Path(directory), {"configurable": {"thread_id": "killed"}})
call = made("ashby_archive_applications", {"application_ids": ids, "archive_reason_id": reason})
with room.agent(call, toolkit={"toolsets": "all"}) as graph:
    room.start(graph, durability="sync")
    room.resume(graph, durability="sync")
"""


def changes(sandbox: AshbySandbox) -> int:
    return sum(it["endpoint"] == "application.changeStage" for it in sandbox.requests())


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_process_that_is_killed_in_the_middle_leaves_nobody_out_and_archives_nobody_twice(tmp_path: Path) -> None:
    with AshbySandbox(candidates=120) as sandbox, AshbyClient(sandbox.api_key, sandbox.url) as client:
        state = sandbox.state()
        ids = [it["id"] for it in state["application"] if it["status"] == "Active"][:30]
        reason = next(it["id"] for it in state["archiveReason"] if not it["isArchived"])
        arguments = [sandbox.url, sandbox.api_key, str(tmp_path), ",".join([*ids, reason]), *sys.path]
        worker = subprocess.Popen([sys.executable, "-c", WORKER, *arguments])
        try:
            while changes(sandbox) < 11 and worker.poll() is None:
                time.sleep(0.01)
            assert worker.poll() is None, "it ended before it could be killed"
        finally:
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
        room = Room(sandbox, client, tmp_path, {"configurable": {"thread_id": "killed"}})
        call = made("ashby_archive_applications", {"application_ids": ids, "archive_reason_id": reason})
        with room.agent(call, toolkit={"toolsets": "all"}) as graph:
            result = graph.invoke(None, room.config, durability="sync")
        answer = next(it for it in result["messages"] if isinstance(it, ToolMessage))
        after_all = {it["id"]: it["status"] for it in sandbox.records("application")}
        assert {after_all[it] for it in ids} == {"Archived"}, answer.text
        moved = [
            it["body"]["applicationId"] for it in sandbox.requests() if it["endpoint"] == "application.changeStage"
        ]
    assert sorted(moved) == sorted(ids), "each once"
