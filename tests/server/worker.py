"""One of several workers sharing a PostgreSQL, without a LangGraph server: asks, or answers a question.

python -m tests.server.worker DATABASE THREAD ask|approve
"""

from __future__ import annotations

import json
import sys
from typing import Any

from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.store.postgres import PostgresStore
from langgraph.types import Command
from psycopg import Connection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from langchain_ashby import AshbyToolkit, create_recruiting_agent
from langchain_ashby.agent import QuestionClosedError
from langchain_ashby.demo.afternoon import recruiters_afternoon
from langchain_ashby.demo.scripted import ScriptedChatModel

GO: Any = {"messages": [{"role": "user", "content": "Who is next?"}]}
APPROVE: Command[Any] = Command(resume={"decisions": [{"type": "approve"}] * 3})

if __name__ == "__main__":
    database, thread, what = sys.argv[1:]
    options: dict[str, Any] = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    with ConnectionPool[Connection[DictRow]](database, min_size=1, max_size=8, kwargs=options) as pool:
        agent = create_recruiting_agent(
            ScriptedChatModel(script=recruiters_afternoon),
            AshbyToolkit(),
            checkpointer=PostgresSaver(pool),
            store=PostgresStore(pool),
        )
        print("ready", flush=True)
        sys.stdin.readline()
        try:
            result = agent.invoke(  # type: ignore[call-overload]
                GO if what == "ask" else APPROVE,
                {"configurable": {"thread_id": thread}},
                context={"reviewer": "cy@example.org"},
                durability="sync",
            )
        except QuestionClosedError:  # another worker was here first
            sys.exit(print(json.dumps({"asked": [], "said": None})))
    asked = [it["name"] for interrupt in result.get("__interrupt__", ()) for it in interrupt.value["action_requests"]]
    print(json.dumps({"asked": asked, "said": result["messages"][-1].text}))
