"""What tools cost: every model call carries the definitions of all tools that are bound."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

CHARACTERS_PER_TOKEN = 4.42
"""Of definitions as JSON, in the vocabulary o200k. Measured over all tools by `python -m benchmarks.tokens`, which also
says how far off the estimate is: 1 % for all tools together, up to 9 % for a toolset, up to 15 % for a single tool."""


class Cost(NamedTuple):
    """The size of a definition, as the JSON that providers are sent: characters, and an estimate of tokens."""

    characters: int
    tokens: int


class ToolCost(NamedTuple):
    """A tool, what it does, and what its definition costs."""

    name: str
    toolset: str
    access: str
    cost: Cost


class Description(NamedTuple):
    """What a toolkit holds and costs.

    Attributes:
        tools: Each tool.
        toolsets: Each toolset that any of them belongs to, with what its tools cost.
        total: What all tools cost together, with each model call.
    """

    tools: tuple[ToolCost, ...]
    toolsets: dict[str, Cost]
    total: Cost


def definition(tool: BaseTool) -> str:
    """A tool's definition as JSON, as providers get it."""
    return json.dumps(convert_to_openai_tool(tool), ensure_ascii=False, separators=(",", ":"))


def describe(tools: Sequence[BaseTool]) -> Description:
    """What these tools are and cost."""
    told = tuple(_told(tool) for tool in tools)
    toolsets: dict[str, int] = {}
    for tool in told:
        toolsets[tool.toolset] = toolsets.get(tool.toolset, 0) + tool.cost.characters
    total = sum(tool.cost.characters for tool in told)
    return Description(told, {name: _cost(characters) for name, characters in toolsets.items()}, _cost(total))


def _told(tool: BaseTool) -> ToolCost:
    metadata: dict[str, Any] = tool.metadata or {}
    return ToolCost(
        name=tool.name,
        toolset=metadata["ashby"]["toolset"],
        access="read" if metadata["readOnlyHint"] else "write",
        cost=_cost(len(definition(tool))),
    )


def _cost(characters: int) -> Cost:
    return Cost(characters, round(characters / CHARACTERS_PER_TOKEN))
