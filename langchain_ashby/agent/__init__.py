"""The prebuilt recruiting agent: reads freely, and asks a person before anything is written to Ashby."""

from langchain_ashby.agent.graph import create_recruiting_agent
from langchain_ashby.agent.prompt import SYSTEM_PROMPT

__all__ = ["SYSTEM_PROMPT", "create_recruiting_agent"]
