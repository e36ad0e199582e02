"""`langchain-ashby tools`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from langchain_ashby.endpoint import Operation
    from langchain_ashby.toolkit.cost import ToolCost


def tools(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines.")] = False,
    tokens: Annotated[bool, typer.Option("--tokens", help="Show what the definitions cost a model (approx.).")] = False,
) -> None:
    """List the tools with their access and the permissions they need."""
    from langchain_ashby.endpoint import Access
    from langchain_ashby.endpoints import BY_DEFAULT, OPERATIONS
    from langchain_ashby.text.words import count

    if tokens:
        _print_costs(as_json)
        return
    if as_json:
        for name, operation in OPERATIONS.items():
            facts = {
                "name": name,
                "access": operation.access,
                "permissions": operation.permissions(),
                "toolset": operation.toolset(),
                "endpoint": operation.path,
                "on_request": operation.on_request,
            }
            typer.echo(json.dumps(facts))
        return
    _print_table(
        ("tool", "access", "permissions"),
        *([_row(it) for it in OPERATIONS.values() if it.on_request is on_request] for on_request in (False, True)),
    )
    writes = sum(operation.access is Access.WRITE for operation in BY_DEFAULT.values())
    more = count(len(OPERATIONS) - len(BY_DEFAULT), "more tool")
    typer.echo(f'{len(BY_DEFAULT)} tools; {writes} of them write. {more} on request: AshbyToolkit(toolsets="all").')


def _row(operation: type[Operation[Any]]) -> tuple[str, ...]:
    access = f"{operation.access}, on request" if operation.on_request else operation.access
    return operation.tool_name(), access, ", ".join(operation.permissions())


def _print_costs(as_json: bool) -> None:
    from langchain_ashby.cli.connect import without_key
    from langchain_ashby.endpoints import OPERATIONS
    from langchain_ashby.toolkit import AshbyToolkit

    with without_key() as client:
        costs = AshbyToolkit(client).describe()
        every = AshbyToolkit(client, toolsets="all").describe()
    if as_json:
        for tool in every.tools:
            facts = {"name": tool.name, "toolset": tool.toolset, "access": tool.access, **tool.cost._asdict()}
            typer.echo(json.dumps(facts))
        return
    _print_table(
        ("tool", "access", "characters", "tokens (approx.)"),
        *(
            [_cost_row(tool) for tool in every.tools if OPERATIONS[tool.name].on_request is on_request]
            for on_request in (False, True)
        ),
        [(toolset, "", str(cost.characters), str(cost.tokens)) for toolset, cost in costs.toolsets.items()],
    )
    typer.echo(f"All {len(costs.tools)} tools: {costs.total.characters} characters, about {costs.total.tokens} tokens.")
    typer.echo(f"With those on request, {len(every.tools)}: about {every.total.tokens} tokens.")


def _cost_row(tool: ToolCost) -> tuple[str, ...]:
    return tool.name, tool.access, str(tool.cost.characters), str(tool.cost.tokens)


def _print_table(titles: tuple[str, ...], *sections: list[tuple[str, ...]]) -> None:
    from rich.table import Table

    from langchain_ashby.cli.terminal import console

    table = Table(box=None, pad_edge=False)
    for place, title in enumerate(titles):
        table.add_column(title, no_wrap=not place)  # a name is for copying
    for rows in sections:
        for row in rows:
            table.add_row(*row)
        table.add_section()
    console().print(table)
