"""Every operation on Ashby as a LangChain tool."""

from langchain_ashby.toolkit.explain import explain_arguments
from langchain_ashby.toolkit.tool import AshbyTool
from langchain_ashby.toolkit.toolkit import AshbyToolkit

__all__ = ["AshbyTool", "AshbyToolkit", "explain_arguments"]
