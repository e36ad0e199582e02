"""The token cost of tool definitions, which are sent with every model call."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

CHARACTERS_PER_TOKEN = 4.42
"""For definitions as JSON and the vocabulary o200k, measured by `python -m benchmarks.tokens`. The estimate is off by
1 % for all tools together, up to 9 % for a toolset and up to 15 % for a single tool."""


class Cost(NamedTuple):
    """The size of a definition as providers receive it: characters of JSON, and an estimate of tokens."""

    characters: int
    tokens: int


class ToolCost(NamedTuple):
    """A tool, its toolset, its access (read or write) and the cost of its definition."""

    name: str
    toolset: str
    access: str
    cost: Cost


class Description(NamedTuple):
    """The tools of a toolkit and their cost.

    Attributes:
        tools: Each tool.
        toolsets: The cost of the tools of each toolset.
        total: The cost of all tools together.
    """

    tools: tuple[ToolCost, ...]
    toolsets: dict[str, Cost]
    total: Cost


def definition(tool: BaseTool) -> str:
    """Writes a tool's definition as JSON, as providers receive it."""
    seen = tool.tool_call_schema
    # Our own tools keep the class that says all of it; those of others make one each time they are asked.
    return _written(seen) if isinstance(seen, type) and seen is tool.tool_call_schema else _written.__wrapped__(tool)


@cache
def _written(tool: Any) -> str:
    return json.dumps(convert_to_openai_tool(tool), ensure_ascii=False, separators=(",", ":"))


def describe(tools: Sequence[BaseTool]) -> Description:
    """Lists the tools and their cost."""
    costs = tuple(map(_tool_cost, tools))
    toolsets: dict[str, int] = {}
    for tool in costs:
        toolsets[tool.toolset] = toolsets.get(tool.toolset, 0) + tool.cost.characters
    total = sum(tool.cost.characters for tool in costs)
    return Description(costs, {name: _cost(characters) for name, characters in toolsets.items()}, _cost(total))


def _tool_cost(tool: BaseTool) -> ToolCost:
    metadata: dict[str, Any] = tool.metadata or {}
    return ToolCost(
        name=tool.name,
        toolset=metadata["ashby"]["toolset"],
        access="read" if metadata["readOnlyHint"] else "write",
        cost=_cost(len(definition(tool))),
    )


def _cost(characters: int) -> Cost:
    return Cost(characters, round(characters / CHARACTERS_PER_TOKEN))
