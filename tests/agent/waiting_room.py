"""Turns of a thread kept in SQLite, each with a new graph; as a program, those after the first in another process.

python waiting_room.py DATABASE '{"decisions": [...]}' ...
"""

from __future__ import annotations

import json
import sys
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command
from office import Office, agent, calling, read, user, write

CONFIG: RunnableConfig = {"configurable": {"thread_id": "the-thread"}}


def turn(database: str, answer: Any = None) -> dict[str, Any]:
    """Starts the thread, or resumes it with an answer; returns the effects."""
    office = Office()
    with SqliteSaver.from_conn_string(database) as saver, SqliteStore.from_conn_string(database) as store:
        spoken = calling(write("ada"), read("ben"), write("cy")), "Done."
        graph = agent(office, *spoken, checkpointer=saver, store=store)
        result = graph.invoke(user() if answer is None else Command(resume=answer), CONFIG)
    return {
        "asked": [interrupt.value for interrupt in result.get("__interrupt__", ())],
        "reads": office.reads,
        "writes": office.writes,
        "last": result["messages"][-1].text,
    }


if __name__ == "__main__":
    database, *answers = sys.argv[1:]
    print(json.dumps([turn(database, json.loads(it)) for it in answers]))
