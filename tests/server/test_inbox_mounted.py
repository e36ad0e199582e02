"""The inbox on the port of `langgraph dev`: it shows the questions of the server's runs and resumes its threads."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from langgraph_sdk import get_sync_client

from langchain_ashby.sandbox import AshbySandbox

from browsing import approve, browser, until, waiting  # isort: skip
from serving import serving, why_not  # isort: skip

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

GRAPH, TOKEN = "recruiting_agent", "a-token-for-this-test"
GO: Any = {"messages": [{"role": "user", "content": "Who is next?"}]}
WRITES = ["application.changeStage", "candidate.createNote", "interviewSchedule.create"]


def test_approving_in_the_inbox_resumes_the_servers_own_thread(tmp_path: Path) -> None:
    with AshbySandbox() as sandbox:
        environment = {
            "ASHBY_API_KEY": sandbox.api_key,
            "ASHBY_BASE_URL": sandbox.url,
            "LANGCHAIN_ASHBY_TOKEN": TOKEN,
            "LANGCHAIN_ASHBY_REVIEWER": "Grace",
        }
        with serving(tmp_path, environment, authenticated=False) as server:
            client: Any = get_sync_client(url=server.url, api_key=TOKEN, timeout=60)
            thread, inbox = str(uuid4()), f"{server.url}/inbox"
            ada = client.assistants.create(GRAPH, context={"reviewer": "Ada"})["assistant_id"]
            asked = client.runs.wait(thread, ada, input=GO, if_not_exists="create", durability="sync")
            assert client.threads.get(thread)["status"] == "interrupted"
            with browser() as there:
                assert there.get(f"{inbox}/").status_code == 401
                home = there.get(f"{server.url}/{TOKEN}/inbox")
                assert (str(home.url), home.status_code) == (f"{inbox}/", 200)
                assert there.get(f"{server.url}/threads/{thread}").status_code == 401, (
                    "the session is the inbox's alone"
                )
                for address in waiting(there, inbox, 3):
                    assert 'class="person"' in there.get(f"{address}/evidence").text
                    assert there.post(f"{address}/decision", headers={"origin": server.url}).status_code == 403
                    assert approve(there, address, origin="http://localhost:3000") == 403
                    assert approve(there, address) == 200
                until(lambda: client.threads.get(thread)["status"] == "idle", within=60)
                outcomes = f"{inbox}/outcomes?reviewer=Grace"
                until(lambda: there.get(outcomes).text.count('class="outcome applied"') == 3, within=5)

            assert sorted(it["endpoint"] for it in sandbox.requests() if it["endpoint"] in WRITES) == WRITES
            assert [(it["status"], it["assistant_id"]) for it in client.runs.list(thread)] == [("success", ada)] * 2
            assert "Done: move" in client.threads.get_state(thread)["values"]["messages"][-1]["content"]
            late = {"resume": {asked["__interrupt__"][0]["id"]: {"decisions": [{"type": "approve"}] * 3}}}
            with pytest.raises(Exception, match="Nothing in this thread is waiting"):
                client.runs.wait(thread, GRAPH, command=late, durability="sync")
        log = server.log.read_text()
        assert TOKEN not in log and "reviewer=Grace" not in log
