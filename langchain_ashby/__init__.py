"""LangChain tools and a LangGraph agent for Ashby, the applicant tracking system.

The public names are loaded when they are first used: importing the package for its tools does not import LangGraph.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_ashby.agent import create_recruiting_agent
    from langchain_ashby.client import AshbyClient
    from langchain_ashby.errors import AshbyError
    from langchain_ashby.toolkit import AshbyToolkit

__version__ = "0.1.0"

logging.getLogger(__name__).addHandler(logging.NullHandler())  # the application decides what is shown

__all__ = ["AshbyClient", "AshbyError", "AshbyToolkit", "__version__", "create_recruiting_agent"]

_HOME = {
    "AshbyClient": "langchain_ashby.client",
    "AshbyError": "langchain_ashby.errors",
    "AshbyToolkit": "langchain_ashby.toolkit",
    "create_recruiting_agent": "langchain_ashby.agent",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
