"""Measures what a long thread costs: the size of its checkpoints, and the time of a turn.

    python -m benchmarks.threads --store both --listings 50

In each turn the model lists 100 candidates and says a sentence. LangChain's `create_agent` with the same tools, without
approvals, is measured beside ours.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from crash.persistence import is_postgres, opened, set_up
from crash.points import Points
from langchain.agents import create_agent
from langchain_core.messages import ToolMessage
from langgraph.checkpoint.postgres import PostgresSaver

from benchmarks.running import harness, parser, say, stores, surroundings, table
from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines
from langchain_ashby.demo.scripted import say as spoken
from langchain_ashby.sandbox import AshbySandbox

CANDIDATES = 3_000


def main() -> int:
    """Measures and prints."""
    options = parser(__doc__)
    options.add_argument("--listings", type=int, default=50)
    arguments = options.parse_args()
    say(f"{arguments.listings} listings of 100 candidates\n{surroundings()}\n")
    rows = []
    with harness(arguments) as ready, AshbySandbox(candidates=CANDIDATES) as ashby:
        for store in stores(arguments.store):
            for name, build in {"ours": create_recruiting_agent, "create_agent": _theirs}.items():
                place = ready.place(store)
                set_up(place)
                rows.append({"agent": name, "store": store, **_measured(build, ashby, place, arguments.listings)})
    say(table(rows))
    return 0


def _theirs(model: Any, toolkit: AshbyToolkit, **options: Any) -> Any:
    return create_agent(model, toolkit.get_tools(), **options)


def _measured(build: Callable[..., Any], ashby: AshbySandbox, place: str, listings: int) -> dict[str, str]:
    turns = [[spoken("", call("ashby_list_candidates", limit=100)), f"Answer {number}."] for number in range(listings)]
    model = ScriptedChatModel(script=lines(*(line for turn in turns for line in turn)))
    thread: Any = {"configurable": {"thread_id": "long"}}
    times = []
    with AshbyClient(ashby.api_key, ashby.url) as client, opened(place, Points()) as (saver, store):
        agent = build(model, AshbyToolkit(client), checkpointer=saver, store=store)
        before = _size(place)
        for number in range(listings):
            began = time.perf_counter()
            result = agent.invoke({"messages": [("user", f"Page {number}?")]}, thread, durability="sync")
            times.append(time.perf_counter() - began)
        told = [it for it in result["messages"] if isinstance(it, ToolMessage)]
        size = _size(place) - before
    return {
        "text of the results": f"{sum(len(it.text) for it in told) / 1e6:.1f} MB",
        "database": f"{size / 1e6:.1f} MB",
        "first turn": f"{times[0]:.2f} s",
        "last turns (median of 5)": f"{median(times[-5:]):.2f} s",
    }


def _size(place: str) -> int:
    """The bytes of the database."""
    if not is_postgres(place):
        return sum(it.stat().st_size for it in Path(place).parent.glob(f"{Path(place).name}*"))
    with PostgresSaver.from_conn_string(place) as saver:
        [row] = saver.conn.execute("SELECT pg_database_size(current_database()) AS size").fetchall()  # type: ignore[union-attr]
    return int(row["size"])


if __name__ == "__main__":
    sys.exit(main())
