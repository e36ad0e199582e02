"""The page of tools, generated from the declarations: `make regenerate` writes it into docs/reference/tools.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from langchain_ashby import AshbyClient, AshbyToolkit
from langchain_ashby.endpoint import Operation
from langchain_ashby.endpoints import TOOLSETS
from langchain_ashby.toolkit.arguments import arguments_of

HEAD = """\
# Tools

What each tool does and takes, as a model sees it. A toolkit has the tools marked *on request* only if their toolset or
their name is given, or `toolsets="all"`. `make regenerate` generates this page from the declarations.
"""


def page() -> str:
    """The table of tools, then each tool by toolset, in Markdown."""
    return "\n".join([HEAD, *table(), *every_tool()])


def every_tool() -> Iterator[str]:
    """Each tool by toolset, with its arguments."""
    for toolset, operations in TOOLSETS.items():
        yield f"\n## {toolset}"
        for name, operation in operations.items():
            permissions = ", ".join(f"`{permission}`" for permission in operation.permissions())
            does = f"{operation.access.capitalize()}s"
            yield f"\n### {name}\n"
            yield f"{' '.join(operation.tool_description().split())}\n"
            when = " On request." if operation.on_request else ""
            yield f"*{does}* by `{operation.path}` with {permissions}; in Python `{operation.__name__}`.{when}"
            yield "\n".join(["", *arguments(operation)])


def table() -> Iterator[str]:
    """A row for each tool."""
    tokens = {tool.name: tool.cost.tokens for tool in AshbyToolkit(AshbyClient("key"), toolsets="all").describe().tools}
    yield "| tool | access | permissions | toolset | tokens (approx.) |"
    yield "|---|---|---|---|---|"
    for toolset, operations in TOOLSETS.items():
        for name, operation in operations.items():
            permissions = ", ".join(operation.permissions())
            yield f"| [`{name}`](#{name}) | {access(operation)} | {permissions} | {toolset} | {tokens[name]} |"


def access(operation: type[Operation[Any]]) -> str:
    """Read or write, and whether a toolkit has the tool on request only."""
    return f"{operation.access}, on request" if operation.on_request else str(operation.access)


def arguments(operation: type[Operation[Any]]) -> Iterator[str]:
    """A line for each of an operation's arguments."""
    schema = arguments_of(operation).argument_schema()
    for name, described in schema["properties"].items():
        needed = ", required" if name in schema.get("required", ()) else ""
        said = " ".join((described.get("description") or "").split())
        yield f"- `{name}`: {kind(described, schema.get('$defs', {}))}{needed}{f'. {said}' if said else ''}"


def kind(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """A JSON Schema's type in words."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(branch, definitions) for branch in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}), definitions)}"
    if schema.get("type") == "object" and "properties" in schema:
        return f"object: {', '.join(f'`{name}`' for name in schema['properties'])}"
    return str(schema.get("format") or schema.get("type") or "any JSON")
