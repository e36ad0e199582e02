# ruff: noqa: F401
"""Imports and builds what each `langchain-ashby` process and each benchmark needs, so that forks share it.

Modules that read the environment or the terminal on import, such as typer, are left to the forks.
"""

import gc

import langchain.agents.middleware
import langchain.chat_models
import langchain_openai
import langgraph.checkpoint.postgres.aio
import langgraph.checkpoint.sqlite.aio
import langgraph.store.postgres
import langgraph.store.sqlite.aio
import rich.markdown
import uvicorn

import langchain_ashby.agent
import langchain_ashby.demo.afternoon
import langchain_ashby.inbox.demo
import langchain_ashby.mirror
import langchain_ashby.sandbox
from langchain_ashby import AshbyClient, AshbyToolkit

# A schema is made when it is first asked for: else each fork with a model would make them all.
SCHEMAS = [tool.tool_call_schema for tool in AshbyToolkit(AshbyClient("a-key"), toolsets="all").get_tools()]
gc.freeze()  # a fork's collector would copy what it looks at
gc.set_threshold(100_000)  # as in the tests: nearly all that it would look at is still in use
