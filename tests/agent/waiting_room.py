"""One process of a thread kept in SQLite: starts it, or resumes it and prints its effects.

python waiting_room.py DATABASE start
python waiting_room.py DATABASE resume '{"decisions": [...]}'
"""

from __future__ import annotations

import json
import sys

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.store.sqlite import SqliteStore
from langgraph.types import Command
from office import Office, agent, calling, read, user, write

CONFIG = {"configurable": {"thread_id": "the-thread"}}

if __name__ == "__main__":
    database, what, *answer = sys.argv[1:]
    office = Office()
    with SqliteSaver.from_conn_string(database) as saver, SqliteStore.from_conn_string(database) as store:
        spoken = calling(write("ada"), read("ben"), write("cy")), "Done."
        graph = agent(office, *spoken, checkpointer=saver, store=store)
        told = user() if what == "start" else Command(resume=json.loads(answer[0]))
        result = graph.invoke(told, CONFIG)
    print(
        json.dumps(
            {
                "asked": [interrupt.value for interrupt in result.get("__interrupt__", ())],
                "reads": office.reads,
                "writes": office.writes,
                "last": result["messages"][-1].text,
            }
        )
    )
