"""Tools as HTML for notebooks: a toolkit by toolset, and a single tool with its arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from langchain_core.tools import BaseTool
from pydantic import BaseModel

from langchain_ashby.endpoint import Operation
from langchain_ashby.text.html import Words, bold, box, code, details, joined, paragraph, table
from langchain_ashby.toolkit.cost import ToolCost, describe

FEW = 15
"""The most tools that are shown unfolded; more are folded up by toolset."""


def toolkit_html(tools: Sequence[BaseTool], base_url: str) -> str:
    """Shows the tools of a toolkit for the Ashby at `base_url`, a table per toolset."""
    described = describe(tools)
    permissions = {tool.name: _permissions(_operation(tool)) for tool in tools}
    parts = [paragraph(bold("AshbyToolkit"), f" for {base_url}: {_sum(described.tools, described.total.tokens)}")]
    for toolset, cost in described.toolsets.items():
        costs = [it for it in described.tools if it.toolset == toolset]
        rows = [[code(it.name), it.access, permissions[it.name], f"{it.cost.tokens:,}"] for it in costs]
        parts.append(
            details(
                joined(bold(toolset), f": {_sum(costs, cost.tokens)}"),
                table(["tool", "access", "permissions", "tokens, about"], rows),
                is_open=len(tools) <= FEW,
            )
        )
    return box(*parts)


def tool_html(tool: BaseTool) -> str:
    """Shows a tool of this package with its description, arguments and permissions."""
    [cost] = describe([tool]).tools
    operation = _operation(tool)
    arguments = list(_arguments(cast(type[BaseModel], tool.tool_call_schema).model_json_schema()))
    parts = [
        paragraph(bold(operation.tool_title()), " ", code(tool.name)),
        paragraph(tool.description),
        paragraph(
            f"access: {cost.access} · permissions: {_permissions(operation)} · toolset: {cost.toolset} · "
            f"about {cost.cost.tokens:,} tokens"
        ),
        table(["argument", "takes", ""], arguments) if arguments else paragraph("It takes no arguments."),
    ]
    if operation.exactly_one:
        parts.append(paragraph(f"Exactly one of {', '.join(operation.exactly_one)} is required."))
    if operation.at_least_one:
        parts.append(paragraph(f"At least one of {', '.join(operation.at_least_one)} is required."))
    return box(*parts)


def _operation(tool: BaseTool) -> type[Operation[Any]]:
    return cast(type[Operation[Any]], tool.args_schema)


def _permissions(operation: type[Operation[Any]]) -> str:
    return ", ".join(operation.permissions())


def _sum(tools: Sequence[ToolCost], tokens: int) -> str:
    reads = sum(tool.access == "read" for tool in tools)
    number = "1 tool" if len(tools) == 1 else f"{len(tools)} tools"
    return f"{number} ({reads} read, {len(tools) - reads} write), about {tokens:,} tokens"


def _arguments(schema: Mapping[str, Any], depth: int = 0) -> Iterator[Sequence[Words]]:
    """Makes a row per argument: name, type, description. Nested ones follow their parent, with a dot per level."""
    for name, argument in schema.get("properties", {}).items():
        required = ", required" if name in schema.get("required", ()) else ""
        yield [joined("· " * depth, code(name)), f"{_takes(argument)}{required}", argument.get("description", "")]
        yield from _arguments(argument["items"] if argument.get("type") == "array" else argument, depth + 1)


def _takes(argument: Mapping[str, Any]) -> str:
    """Says in words what an argument takes."""
    if branches := argument.get("anyOf"):
        return " or ".join(dict.fromkeys(map(_takes, branches)))
    if choices := argument.get("enum"):
        return ", ".join(map(str, choices))
    if argument.get("type") == "array":
        return f"list of {_takes(argument['items'])}s"
    return str(argument.get("format") or argument.get("type") or "anything")
