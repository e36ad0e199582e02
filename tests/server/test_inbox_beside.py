"""The inbox as a process beside `langgraph dev`, on its SQLite file."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from langgraph_sdk import get_sync_client

from langchain_ashby.sandbox import AshbySandbox

from serving import serving, why_not  # isort: skip

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))

GRAPH, TOKEN = "recruiting_agent", "a-token-for-this-test"


def test_what_an_agent_on_a_server_asks_is_decided_in_the_inbox_and_the_server_goes_on(tmp_path: Path) -> None:
    with AshbySandbox() as sandbox:
        ashby = {"ASHBY_API_KEY": sandbox.api_key, "ASHBY_BASE_URL": sandbox.url}
        with serving(tmp_path, ashby | {"LANGCHAIN_ASHBY_TOKEN": TOKEN}, authenticated=False) as server:
            client: Any = get_sync_client(url=server.url, api_key=TOKEN, timeout=60)
            thread = str(uuid4())
            question = {"messages": [{"role": "user", "content": "Who is next?"}]}
            asked = client.runs.wait(thread, GRAPH, input=question, if_not_exists="create", durability="sync")
            assert len(asked["__interrupt__"][0]["value"]["action_requests"]) == 3

            store = f"sqlite:///{tmp_path}/.langgraph_api/langchain-ashby.db"
            command = [str(Path(sys.executable).with_name("langchain-ashby")), "inbox", "--no-open", "--store", store]
            inbox = subprocess.Popen(command, env={**os.environ, **ashby}, stdout=subprocess.PIPE, text=True)
            try:
                assert inbox.stdout is not None
                decide_all(re.findall(r"http://\S+", inbox.stdout.readline())[0])
            finally:
                inbox.send_signal(signal.SIGINT)
                assert inbox.wait(30) == 0

            state = client.threads.get_state(thread)
            assert state["interrupts"] == [] and len(sandbox.requests()) > 0
            made = [it["endpoint"] for it in sandbox.requests() if it["endpoint"] == "application.changeStage"]
            assert len(made) == 1
            told = client.runs.wait(thread, GRAPH, input=None, durability="sync")
            assert "Done: move" in told["messages"][-1]["content"]


def decide_all(address: str) -> None:
    home = address.partition("/sign-in")[0]
    with httpx.Client(headers={"accept": "text/html"}, follow_redirects=True, timeout=30) as browser:
        page = browser.get(address).text
        until = time.monotonic() + 60
        for path in dict.fromkeys(re.findall(r'href="(/approvals/[^"/?]+/\d+)"', page)):
            card = browser.get(home + path).text
            fields = {name: re.findall(rf'name="{name}" value="(\w+)"', card)[0] for name in ("csrf", "fingerprint")}
            decided = browser.post(
                f"{home}{path}/decision", data=fields | {"decision": "approve"}, headers={"origin": home}
            )
            assert decided.status_code == 200
        while re.search(r'href="/approvals/', browser.get(home).text):
            assert time.monotonic() < until
            time.sleep(0.2)
        time.sleep(2)  # what left the list may be on its way
