"""Measures the inbox's pages in Chromium: the list with many changes waiting, and a hundred cards to decide together.

    python -m benchmarks.inbox_pages --waiting 1000 --store sqlite

Gives for each page the time of the server, and the time until Chromium has read it (DOMContentLoaded). The first visit
reads what waits from the store, the others are those of a reviewer at work. Ends with status 1 if the list takes 0.5
seconds or more, or the cards 1 second, in the median of the visits.
"""

from __future__ import annotations

import json
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import uvicorn
from playwright.sync_api import sync_playwright
from postgres import cluster
from starlette.applications import Starlette

from benchmarks.running import parser, rows_file, say, stores, surroundings, table
from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.agent.execution.waiting import keep
from langchain_ashby.cli.stores import open_database
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines
from langchain_ashby.demo.scripted import say as said
from langchain_ashby.inbox import Reviewer, create_app, upkeep
from langchain_ashby.inbox.questions import Questions
from langchain_ashby.sandbox import AshbySandbox

LIMITS = {"list": 0.5, "batch": 1.0}
ALIKE = 100


def main() -> int:
    """Measures and prints."""
    options = parser(__doc__)
    options.add_argument("--waiting", type=int, default=1000, help="changes that wait")
    options.add_argument("--visits", type=int, default=10)
    arguments = options.parse_args()
    say(surroundings())
    rows: list[dict[str, Any]] = []
    with ExitStack() as stack:
        write = stack.enter_context(rows_file(arguments.rows))
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="inbox-")))
        for name in stores(arguments.store):
            url = f"sqlite:///{directory / 'agent.db'}"
            if name == "postgres":
                url = arguments.postgres or stack.enter_context(cluster())
            for row in _measured(name, url, arguments.waiting, arguments.visits):
                rows.append(row)
                write(row)
    say(table([{key: f"{it:.2f} s" if isinstance(it, float) else it for key, it in row.items()} for row in rows]))
    return int(any(row["read by Chromium"] >= LIMITS[row["page"]] for row in rows))


def _measured(name: str, url: str, waiting: int, visits: int) -> Iterator[dict[str, Any]]:
    with AshbySandbox() as sandbox, open_database(url, create=True) as database, sync_playwright() as playwright:
        client = AshbyClient(sandbox.api_key, sandbox.url)
        candidate = sandbox.records("candidate")[0]["id"]
        note = call("ashby_create_candidate_note", candidate_id=candidate, note="Call back on Monday.")
        tag = call("ashby_add_candidate_tag", candidate_id=candidate, tag_id="Silver medalist")
        model = ScriptedChatModel(script=lines(said("I propose it.", note, tag)))
        agent = create_recruiting_agent(
            model, AshbyToolkit(client), checkpointer=database.checkpointer, store=database.store
        )
        agent.invoke({"messages": [("user", "Do it.")]}, {"configurable": {"thread_id": "first"}})
        _fill(database.store, waiting)
        upkeep._SOON = timedelta(hours=1)  # it would remove questions without a thread from the list
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with _served(create_app(agent, reviewers=lambda _: Reviewer("Grace"))) as home:
            page = browser.new_page()
            page.goto(home)
            batch = str(page.locator(".together a").first.get_attribute("href"))
            for kind, path in (("list", "/"), ("batch", batch)):
                times = [_visit(page, home + path) for _ in range(visits + 1)]
                first, rest = times[0], times[1:]
                if kind == "batch" and page.locator(".card.small").count() != ALIKE:
                    raise RuntimeError(f"the page has {page.locator('.card.small').count()} cards")
                yield {
                    "store": name,
                    "page": kind,
                    "waiting": waiting,
                    "first visit": first[1],
                    "server": median(it[0] for it in rest),
                    "read by Chromium": median(it[1] for it in rest),
                    "longest": max(it[1] for it in rest),
                }
        browser.close()


def _fill(store: Any, number: int) -> None:
    """Lists so many more questions, each of one change, of two kinds."""
    [original] = [it.waiting for it in Questions(store).all()]
    for place in range(number):
        waiting = json.loads(json.dumps(original)) | {"interrupt_id": uuid4().hex, "thread_id": f"thread {place}"}
        actions = waiting["request"]["action_requests"]
        waiting["request"]["action_requests"] = [actions[place % 2]]
        keep(store, waiting)


def _visit(page: Any, address: str) -> tuple[float, float]:
    """Seconds until the server had answered, and until the page was read."""
    page.goto(address, wait_until="domcontentloaded")
    timing = page.evaluate("performance.getEntriesByType('navigation')[0].toJSON()")
    return timing["responseEnd"] / 1000, timing["domContentLoadedEventEnd"] / 1000


@contextmanager
def _served(app: Starlette) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        time.sleep(3)  # what is read ahead at the start is not a page's
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        app.state.inbox.events.close()
        server.should_exit = True
        thread.join()
        listening.close()


if __name__ == "__main__":
    sys.exit(main())
