"""An inbox in a process of its own: `python serves.py SANDBOX PORT`."""

from __future__ import annotations

import sys

import uvicorn

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.agent import create_recruiting_agent
from langchain_ashby.demo.scripted import ScriptedChatModel, lines
from langchain_ashby.inbox import Reviewer, create_app

if __name__ == "__main__":
    model = ScriptedChatModel(script=lines("Done."))
    agent = create_recruiting_agent(model, AshbyToolkit(AshbyClient("key", sys.argv[1])))
    uvicorn.run(create_app(agent, reviewers=lambda _: Reviewer("Ben")), port=int(sys.argv[2]), log_level="error")
