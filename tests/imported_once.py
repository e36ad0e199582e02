# ruff: noqa: F401
"""Imports and builds what each `langchain-ashby` process needs, so that the forks of one process share it.

Modules that read the environment or the terminal on import, such as typer, are left to the forks.
"""

import langchain.chat_models
import langchain_openai
import langgraph.checkpoint.sqlite
import langgraph.store.sqlite
import rich.markdown

import langchain_ashby.agent
import langchain_ashby.demo.afternoon
import langchain_ashby.mirror
import langchain_ashby.sandbox
from langchain_ashby import AshbyClient, AshbyToolkit

AshbyToolkit(AshbyClient("a-key"), toolsets="all").get_tools()
