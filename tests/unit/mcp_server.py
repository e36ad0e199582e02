"""All tools on an MCP server that speaks over its standard input and output, as a program for tests."""

from __future__ import annotations

from langchain_mcp_adapters.tools import to_fastmcp
from mcp.server.fastmcp import FastMCP
from mcp.types import ToolAnnotations

from langchain_ashby import AshbyToolkit

if __name__ == "__main__":
    exported = []
    for tool in AshbyToolkit().get_tools():
        made = to_fastmcp(tool)
        hints = {key: value for key, value in (tool.metadata or {}).items() if key != "ashby"}
        made.annotations = ToolAnnotations(**hints)
        exported.append(made)
    FastMCP("ashby", tools=exported).run()
