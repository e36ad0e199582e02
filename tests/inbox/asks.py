"""An agent in a process of its own that asks: `python asks.py STORE SANDBOX KEY THREAD`."""

from __future__ import annotations

import sys
from typing import Any

from desks import at

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, call, lines, say


def main() -> None:
    """Asks whenever a line comes, and then says so."""
    place, sandbox, key, candidate = sys.argv[1:]
    with at(place) as (saver, store):
        note = call("ashby_create_candidate_note", candidate_id=candidate, note="Call back.")
        model = ScriptedChatModel(script=lines(say("", note), "Done."))
        toolkit = AshbyToolkit(AshbyClient(key, sandbox))
        agent = create_recruiting_agent(model, toolkit, checkpointer=saver, store=store)
        print("ready", flush=True)
        for line in sys.stdin:
            told: Any = {"messages": [("user", "Go.")]}
            agent.invoke(told, {"configurable": {"thread_id": line.strip()}})
            print("asked", flush=True)


if __name__ == "__main__":
    main()
